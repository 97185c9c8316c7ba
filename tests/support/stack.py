"""The whole chain on one machine, with the shipped files: a /metrics page, Prometheus, Alertmanager, an SMTP server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from support.exporter_page import ExporterPage
from support.mailbox import Mailbox
from support.ports import free_port
from support.scaling import prometheus_config, scale, scale_alertmanager, write_rules
from support.tools import PROMETHEUS, tool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any, Self

OPERATIONS = "operasi@diskominfosatik.example.go.id"
EXPORTER_URL = "https://monitor.example.go.id"
GRAFANA_URL = "https://grafana.example.go.id"
_START_SECONDS = 60.0
_STARTING = threading.Semaphore(2)
"""Starting costs a second of processor time; many starts at once would starve the stacks that are running."""


def render_alertmanager(folder: Path, variables: Mapping[str, str]) -> str:
    """What ``entrypoint.sh`` makes of the shipped ``alertmanager.yml`` with these variables."""
    target = folder / "rendered.yml"
    subprocess.run(
        [PROMETHEUS / "alertmanager" / "entrypoint.sh", "--render-only"],
        check=True,
        env={"PATH": os.environ["PATH"], "OPD_RENDERED_CONFIG": str(target), **variables},
        stdout=subprocess.DEVNULL,
        timeout=20,
    )
    return target.read_text()


class Heartbeat:
    """The service outside that the watchdog reports to: counts what arrives."""

    def __init__(self) -> None:
        self.beats = 0
        heart = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                heart.beats += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/denyut"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class Stack:
    """Prometheus and Alertmanager with the shipped files, scaled.

    Args:
        name: Names the folder of its mails.
        folder: Where the programs keep their data.
        factor: What durations are divided by; 1 runs the files as shipped.
        exporter: The page to scrape, or the address of a real exporter.
        office_open: Whether it is working hours and Monday morning now.
        repeat_interval: See ``scale_alertmanager``.
        recap_now: Whether it is the hour of the weekly recap.
        exporter_wait: See ``write_rules``.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        factor: float = 20.0,
        exporter: ExporterPage | str | None = None,
        office_open: bool = True,
        repeat_interval: str | None = None,
        recap_now: bool = False,
        exporter_wait: float = 20.0,
    ) -> None:
        self.name, self.folder, self.factor = name, folder, factor
        self.page = exporter if isinstance(exporter, ExporterPage) else None
        self._exporter_address = exporter if isinstance(exporter, str) else ""
        self._options = {"office_open": office_open, "repeat_interval": repeat_interval}
        self._rules = {"recap_now": recap_now, "exporter_wait": exporter_wait}
        self.mailbox = Mailbox(name)
        self.heartbeat = Heartbeat()
        self.prometheus_port, self.alertmanager_port, self.cluster_port = free_port(), free_port(), free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.page is None and not self._exporter_address:
            self.page = ExporterPage()
        self._write_files()
        try:
            with _STARTING:
                self.start_alertmanager()
                self.start_prometheus()
                self._load_rules()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop every program and server."""
        for name in list(self._processes):
            self.stop(name)
        self.heartbeat.close()
        self.mailbox.stop()
        if self.page is not None:
            self.page.close()

    def seconds(self, duration: str) -> float:
        """What a duration of the shipped files takes in this stack, in real seconds."""
        return float(scale(duration, self.factor).removesuffix("ms")) / 1_000

    def _write_files(self) -> None:
        variables = {
            "OPD_SMTP_HOST": "127.0.0.1",
            "OPD_SMTP_PORT": str(self.mailbox.port),
            "OPD_SMTP_REQUIRE_TLS": "false",
            "OPD_MAIL_FROM": "Monitor OPD <monitor@diskominfosatik.example.go.id>",
            "OPD_MAIL_TO": OPERATIONS,
            "OPD_HEARTBEAT_URL": self.heartbeat.url,
        }
        rendered = render_alertmanager(self.folder, variables)
        (self.folder / "alertmanager.yml").write_text(scale_alertmanager(rendered, self.factor, **self._options))
        exporter = self._exporter_address or f"127.0.0.1:{self.page.port}"
        targets = {
            "opd-exporter": exporter,
            "prometheus": f"127.0.0.1:{self.prometheus_port}",
            "alertmanager": f"127.0.0.1:{self.alertmanager_port}",
        }
        (self.folder / "prometheus.yml").write_text(prometheus_config(self.factor, targets))

    def start_prometheus(self) -> None:
        """With the flags of prometheus.yml's header, scaled."""
        self._start(
            "prometheus",
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'tsdb'}",
            "--storage.tsdb.retention.time=400d",
            f"--rules.alert.for-grace-period={scale('1m', self.factor)}",
            f"--rules.alert.resend-delay={scale('1m', self.factor)}",
            f"--query.lookback-delta={scale('5m', self.factor)}",
            f"--web.listen-address=127.0.0.1:{self.prometheus_port}",
            f"--web.external-url=http://127.0.0.1:{self.prometheus_port}",
            "--enable-feature=expand-external-labels",
            environment={"OPD_EXPORTER_URL": EXPORTER_URL, "OPD_GRAFANA_URL": GRAFANA_URL},
        )
        self._until_ready(self.prometheus_port)

    def start_alertmanager(self) -> None:
        """With the flags of alertmanager.yml's header."""
        self._start(
            "alertmanager",
            f"--config.file={self.folder / 'alertmanager.yml'}",
            f"--storage.path={self.folder / 'alertmanager-data'}",
            "--data.retention=240h",
            f"--data.maintenance-interval={scale('15s', self.factor)}",
            f"--web.listen-address=127.0.0.1:{self.alertmanager_port}",
            f"--web.external-url=http://127.0.0.1:{self.alertmanager_port}",
            f"--cluster.listen-address=127.0.0.1:{self.cluster_port}",
            f"--cluster.settle-timeout={scale('90s', self.factor)}",
            "--cluster.gossip-interval=1m",
        )
        self._until_ready(self.alertmanager_port)

    def _load_rules(self) -> None:
        # A new Prometheus finds its targets after five seconds, whatever the scale, and would call the exporter absent
        # for that long: scaled, this is more than the minute that the rule allows.
        self.until(self._scraped, "Prometheus has scraped the exporter", real_seconds=_START_SECONDS)
        write_rules(self.folder / "rules", self.factor, **self._rules)
        self._processes["prometheus"].send_signal(signal.SIGHUP)
        self.until(lambda: self.firing("Watchdog"), "the rules are evaluated", real_seconds=_START_SECONDS)

    def _start(self, name: str, *flags: str, environment: Mapping[str, str] | None = None) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self._processes[name] = subprocess.Popen(
                [tool(name), *flags], stdout=log, stderr=log, env={**os.environ, **(environment or {})}
            )

    def stop(self, name: str, *, kill: bool = False) -> None:
        """Stop a program: asked politely, or as a power cut would."""
        process = self._processes.pop(name)
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def _until_ready(self, port: int) -> None:
        def ready() -> bool:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)

        self.until(ready, f"port {port} is ready", real_seconds=_START_SECONDS)

    def _scraped(self) -> bool:
        return bool(self.query('up{job="opd-exporter"} == 1'))

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector of a PromQL expression now."""
        parameters = urllib.parse.urlencode({"query": expression})
        url = f"http://127.0.0.1:{self.prometheus_port}/api/v1/query?{parameters}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return list(json.load(answer)["data"]["result"])

    def send(self, labels: Mapping[str, str]) -> None:
        """Give Alertmanager an alert that has fired for an hour, as Prometheus would."""
        now = datetime.now(UTC)
        alert = {
            "labels": labels,
            "startsAt": (now - timedelta(hours=1)).isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.alertmanager_port}/api/v2/alerts",
            json.dumps([alert]).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def firing(self, alert: str, **labels: str) -> bool:
        """Whether an alert fires in Prometheus now."""
        matchers = "".join(f',{name}="{value}"' for name, value in labels.items())
        return bool(self.query(f'ALERTS{{alertname="{alert}",alertstate="firing"{matchers}}}'))

    def until(self, condition: Callable[[], object], why: str, *, real_seconds: float) -> None:
        """Poll until ``condition`` holds; an error counts as "not yet"."""
        deadline = time.monotonic() + real_seconds
        while True:
            try:
                if condition():
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.name}: not within {real_seconds:.0f} s: {why}; mails: {self.mailbox.subjects()}"
                )
            time.sleep(0.1)

    def pause(self, duration: str) -> None:
        """Let a duration of the shipped files go by."""
        time.sleep(self.seconds(duration))
