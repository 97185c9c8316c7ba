"""The shipped docker-compose.yml under test: started, asked, stopped."""

from __future__ import annotations

import json
import random
import re
import socket
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from engine import REPOSITORY, WORK, Engine, run, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PORTS = ("EXPORTER", "GRAFANA", "PROMETHEUS", "ALERTMANAGER", "MAIL")


def free_port() -> int:
    """A free TCP port of loopback, below those that other programs get by themselves while the stack is down."""
    while True:
        port = random.SystemRandom().randrange(21_000, 31_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Stack:
    """One compose project on the shipped file."""

    def __init__(
        self, engine: Engine, compose: Path, project: str, settings: Mapping[str, str], *more_files: str
    ) -> None:
        """``settings`` become its .env; ``more_files`` are added to the shipped file."""
        self.engine = engine
        self.ports = {name: free_port() for name in PORTS}
        ports = {f"OPD_{name}_PORT": str(port) for name, port in self.ports.items()}
        self.folder = WORK / project
        self.folder.mkdir(parents=True, exist_ok=True)
        env_file = self.folder / "env"
        env_file.write_text(
            "".join(f"{key}={value}\n" for key, value in {**settings, **ports}.items()), encoding="utf-8"
        )
        files = [part for name in ("docker-compose.yml", *more_files) for part in ("-f", name)]
        self._command = [
            *(str(compose), "-p", project, "--project-directory", str(REPOSITORY)),
            *("--env-file", str(env_file)),
            *files,
        ]

    def compose(self, *arguments: str) -> str:
        """Run docker compose."""
        return run(*self._command, *arguments, env=self.engine.environment, cwd=REPOSITORY)

    def url(self, service: str, path: str = "/") -> str:
        """The published address of ``service``."""
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def get(self, service: str, path: str) -> str:
        """What ``service`` answers."""
        with urllib.request.urlopen(self.url(service, path), timeout=15) as answer:
            return str(answer.read().decode())

    def json(self, service: str, path: str) -> Any:
        """The same, decoded."""
        return json.loads(self.get(service, path))

    def query(self, expr: str, at: float | None = None) -> list[dict[str, Any]]:
        """The rows of an instant query."""
        parameters = {"query": expr, **({"time": str(at)} if at else {})}
        answer = self.json("PROMETHEUS", "/api/v1/query?" + urllib.parse.urlencode(parameters))
        return list(answer["data"]["result"])

    def value(self, expr: str) -> float | None:
        """The one value of an instant query."""
        rows = self.query(expr)
        return float(rows[0]["value"][1]) if rows else None

    def mails(self) -> list[dict[str, Any]]:
        """Every mail in the catcher, newest first, with its text."""
        found = self.json("MAIL", "/api/v1/messages")["messages"]
        return [self.json("MAIL", f"/api/v1/message/{mail['ID']}") for mail in found]

    def wait(self, what: str, condition: Callable[[], Any], seconds: float) -> Any:
        """Ask until ``condition`` holds."""
        begin = time.monotonic()
        last: Any = None
        while time.monotonic() - begin < seconds:
            try:
                last = condition()
            except OSError as error:
                last = None
                failure = error
            if last:
                say(f"{what} (after {time.monotonic() - begin:.0f} s)")
                return last
            time.sleep(1)
        raise SystemExit(
            f"compose-test: not within {seconds:.0f} s: {what}; last: {last!r} {locals().get('failure', '')}\n"
            + self.compose("ps", "--all")
            + self.compose("logs", "--tail=40")
        )


def check(what: str, holds: object, seen: object = "") -> None:
    """Say what holds, or stop."""
    if not holds:
        raise SystemExit(f"compose-test: NOT TRUE: {what}; seen: {seen!r}")
    say(f"ok: {what}")


def fields(metrics: str, name: str, **labels: str) -> list[float]:
    """Values of ``name`` on a metrics page, of the series with ``labels``."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    lines = [line for line in metrics.splitlines() if re.match(rf"{re.escape(name)}[ {{]", line)]
    return [float(line.rsplit(" ", 1)[1]) for line in lines if all(word in line for word in wanted)]
