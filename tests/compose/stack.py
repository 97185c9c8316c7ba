"""The shipped docker-compose.yml under test: started, asked, stopped."""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import yaml
from engine import REPOSITORY, WORK, Engine, run, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

HARDENED = ("exporter", "prometheus", "alertmanager", "grafana")
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


SHIPPED = (
    *(
        ".dockerignore",
        ".env.demo",
        ".env.example",
        ".env.scale",
        "LICENSE",
        "README.md",
        "docker-compose.yml",
        "pyproject.toml",
    ),
    *("docs", "exporter", "grafana", "prometheus", "requirements", "scripts", "sites.yml", "tests/compose"),
)
"""What an installation needs of the repository."""


class Stack:
    """An installation as docs/operations.md describes it: a folder of its own with the shipped files and a ``.env``.

    Args:
        engine: Where it runs.
        name: Of the folder, and in what is said about it.
        example: The shipped file that its ``.env`` is made from.
        settings: What is changed in it.
        more: A compose file added to the shipped one, under its name.
    """

    def __init__(
        self, engine: Engine, name: str, example: str, settings: Mapping[str, str], more: Mapping[str, Any]
    ) -> None:
        self.engine, self.name = engine, name
        self.ports = {service: free_port() for service in PORTS}
        self.folder = WORK / name
        shutil.rmtree(self.folder, ignore_errors=True)
        for path in SHIPPED:
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            source = REPOSITORY / path
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy2(source, target)
        (self.folder / "added.yml").write_text(yaml.safe_dump(more), encoding="utf-8")
        ports = {f"OPD_{service}_PORT": str(port) for service, port in self.ports.items()}
        chosen = {**settings, **ports, "COMPOSE_FILE": "docker-compose.yml:added.yml"}
        shipped = (self.folder / example).read_text(encoding="utf-8").splitlines()
        kept = [line for line in shipped if line.partition("=")[0] not in chosen]
        lines = [*kept, *(f"{key}={value}" for key, value in chosen.items())]
        (self.folder / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def say(self, text: str) -> None:
        """Progress of this one."""
        say(f"{self.name}: {text}")

    def compose(self, *arguments: str) -> str:
        """Run docker compose."""
        return self.engine.docker("compose", *arguments, cwd=self.folder)

    def shell(self, commands: str) -> str:
        """Run a piece of docs/operations.md, with this installation's folder for the one that it names."""
        here = commands.replace("/opt/opd-exporter", str(self.folder)).replace("/var/backups/opd", str(self.backups))
        return run("bash", "-euo", "pipefail", "-c", here, env=self.engine.environment, cwd=self.folder)

    @property
    def backups(self) -> Path:
        """Where its backups go."""
        return WORK / f"{self.name}-backups"

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
        failure: OSError | None = None
        while time.monotonic() - begin < seconds:
            try:
                last = condition()
            except OSError as error:
                last = None
                failure = error
            if last:
                self.say(f"{what} (after {time.monotonic() - begin:.0f} s)")
                return last
            time.sleep(1)
        raise SystemExit(
            f"compose-test: {self.name}: not within {seconds:.0f} s: {what}; last: {last!r} {failure}\n"
            + self.compose("ps", "--all")
            + self.compose("logs", "--tail=40")
        )

    def check(self, what: str, holds: object, seen: object = "") -> None:
        """Say what holds, or stop."""
        if not holds:
            raise SystemExit(f"compose-test: {self.name}: NOT TRUE: {what}; seen: {seen!r}")
        self.say(f"ok: {what}")


def fields(metrics: str, name: str, **labels: str) -> list[float]:
    """Values of ``name`` on a metrics page, of the series with ``labels``."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    lines = [line for line in metrics.splitlines() if re.match(rf"{re.escape(name)}[ {{]", line)]
    return [float(line.rsplit(" ", 1)[1]) for line in lines if all(word in line for word in wanted)]


def documented(heading: str) -> list[str]:
    """The shell pieces of a section of docs/operations.md, in their order."""
    text = (REPOSITORY / "docs/operations.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def quick_health() -> dict[str, Any]:
    """Services that are asked for their health every two seconds: with the shipped 15 s most of a start is waiting."""
    return {"services": {service: {"healthcheck": {"interval": "2s"}} for service in (*HARDENED, "mail")}}


def start(stack: Stack) -> None:
    """Up until everything is healthy."""
    begin = time.monotonic()
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "240")
    stack.say(f"up and healthy after {time.monotonic() - begin:.0f} s")
