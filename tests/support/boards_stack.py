"""The demo exporter, Prometheus with the shipped rules and Alertmanager, for asking the dashboards' own queries."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from support.boards import metrics_in, panels_of
from support.scraped import ScrapedPage
from support.stack import free_port, render_alertmanager
from support.tools import PROMETHEUS, tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from support.boards import Panel

EVERYTHING = {"category": ".*", "status": ".*", "duty": ".*", "__interval": "15s", "__range": "1h"}
SCRAPE_SECONDS = 2


def start(folder: Path, name: str, *command: str, **variables: str) -> subprocess.Popen[bytes]:
    """A program with its output in a file."""
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, **variables}, start_new_session=True
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a program."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


class Demo:
    """``opd-exporter demo`` on a free port."""

    def __init__(self, folder: Path, scenario: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = (sys.executable, "-m", "opd_exporter", "demo", "--scenario", scenario)
        self._process = start(folder, "demo", *command, "--web.listen-address", f"127.0.0.1:{self.port}")

    def close(self) -> None:
        """End it."""
        stop(self._process)


def renaming(url: str, metric: str) -> ScrapedPage:
    """The page of another exporter with one metric renamed."""

    def page() -> bytes:
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return re.sub(rf"\b{metric}\b", f"{metric}_renamed", text).encode()

    return ScrapedPage(page)


class Monitoring:
    """Prometheus with the shipped rules, scraping one exporter, and Alertmanager with the shipped configuration."""

    def __init__(self, folder: Path, *exporter_ports: int, file: str = "prometheus.yml", write_to: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, alertmanager_port, nowhere = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        rendered = render_alertmanager(
            folder,
            {
                "OPD_SMTP_HOST": "127.0.0.1",
                "OPD_SMTP_PORT": str(nowhere),
                "OPD_MAIL_FROM": "monitor@example.go.id",
                "OPD_MAIL_TO": "aptika@example.go.id",
            },
        )
        (folder / "alertmanager.yml").write_text(rendered, encoding="utf-8")
        (folder / "prometheus.yml").write_text(
            self._configuration(file, exporter_ports, alertmanager_port, write_to), encoding="utf-8"
        )
        self._processes = [
            start(
                folder,
                "alertmanager",
                tool("alertmanager"),
                "--config.file=alertmanager.yml",
                "--storage.path=alertmanager-data",
                f"--web.listen-address=127.0.0.1:{alertmanager_port}",
                "--cluster.listen-address=",
            ),
            start(
                folder,
                "prometheus",
                tool("prometheus"),
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--enable-feature=expand-external-labels",
                OPD_EXPORTER_URL="https://monitor.example.go.id",
                OPD_GRAFANA_URL="https://dinding.example.go.id",
            ),
        ]

    def _configuration(self, file: str, exporter_ports: tuple[int, ...], alertmanager_port: int, write_to: str) -> str:
        text = (PROMETHEUS / file).read_text(encoding="utf-8")
        names = ("exporter:19715", "exporter-2:19715")[: len(exporter_ports)]
        replaced = {name: f"127.0.0.1:{port}" for name, port in zip(names, exporter_ports, strict=True)}
        if write_to:
            replaced["http://victoria-metrics:8428"] = write_to
        replaced |= {
            "alertmanager:9093": f"127.0.0.1:{alertmanager_port}",
            "localhost:9090": f"127.0.0.1:{self.port}",
            "rules/*.yml": f"{PROMETHEUS}/rules/*.yml",
            "scrape_interval: 15s": f"scrape_interval: {SCRAPE_SECONDS}s",
            "scrape_timeout: 10s": f"scrape_timeout: {SCRAPE_SECONDS}s",
            "evaluation_interval: 15s": "evaluation_interval: 3s",
        }
        for old, new in replaced.items():
            assert old in text, old
            text = text.replace(old, new)
        return text

    def close(self) -> None:
        """End both."""
        for process in self._processes:
            stop(process)

    def rows(self, expr: str, *, instant: bool = True) -> list[dict[str, Any]]:
        """What a query returns: its series."""
        return ask(self.url, expr, instant=instant)

    def wait_for(self, expr: str, seconds: float = 90.0) -> None:
        """Ask until there are rows."""
        wait_for(self, expr, seconds)


class VictoriaMetrics:
    """A single VictoriaMetrics that takes what Prometheus writes and answers its queries."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        options = ("-storageDataPath=data", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=14")
        # What was written is found at once, not after half a minute.
        self._process = start(
            folder, "victoria-metrics", tool("victoria-metrics"), *options, "-search.latencyOffset=1s"
        )

    def rows(self, expr: str, *, instant: bool = True) -> list[dict[str, Any]]:
        """What a query returns: its series."""
        return ask(self.url, expr, instant=instant)

    def wait_for(self, expr: str, seconds: float = 90.0) -> None:
        """Ask until there are rows."""
        wait_for(self, expr, seconds)

    def close(self) -> None:
        """End it."""
        stop(self._process)


def ask(url: str, expr: str, *, instant: bool = True) -> list[dict[str, Any]]:
    """The rows of one query, on a server that speaks Prometheus's API."""
    now = time.time()
    parameters = (
        {"query": expr, "time": f"{now:.3f}"}
        if instant
        else {"query": expr, "start": f"{now - 120:.3f}", "end": f"{now:.3f}", "step": "5"}
    )
    path = "query" if instant else "query_range"
    body = urllib.parse.urlencode(parameters).encode()
    request = urllib.request.Request(f"{url}/api/v1/{path}", data=body)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return list(json.load(answer)["data"]["result"])
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{expr}: {error.read().decode()}") from error


def wait_for(server: Monitoring | VictoriaMetrics, expr: str, seconds: float = 90.0) -> None:
    """Ask until there are rows."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if server.rows(expr):
                return
        except (OSError, AssertionError):
            pass  # not up yet: Prometheus answers 503 while it reads its files
        assert time.monotonic() < deadline, f"no rows within {seconds:.0f} s: {expr}"
        time.sleep(0.5)


def filled_in(expr: str, values: Mapping[str, str]) -> str:
    """A query with its variables replaced as Grafana does it."""
    for name, value in values.items():
        expr = expr.replace(f"${{{name}}}", value).replace(f"${name}", value)
    return expr


def faults(monitoring: Monitoring | VictoriaMetrics, boards: Iterable[dict[str, Any]], sites: list[str]) -> list[str]:
    """Queries without rows, and metrics without series: what a viewer would see as an empty panel or a wrong fallback.

    A query about one site (``$site``) must have rows for at least one of ``sites``.
    """
    found = [
        f"{panel.name} {target['refId']}: no rows: {target['expr'][:300]}"
        for panel, target in _targets(boards)
        if not any(
            monitoring.rows(
                filled_in(target["expr"], {**EVERYTHING, "site": site}), instant=bool(target.get("instant"))
            )
            for site in (sites if "$site" in target["expr"] else sites[:1])
        )
    ]
    used = {metric for _panel, target in _targets(boards) for metric in metrics_in(target["expr"])}
    return found + [f"no series: {metric}" for metric in sorted(used) if not monitoring.rows(metric)]


def _targets(boards: Iterable[dict[str, Any]]) -> Iterator[tuple[Panel, dict[str, Any]]]:
    for panel in panels_of(*boards):
        for target in panel.targets:
            yield panel, target
