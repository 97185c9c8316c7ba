"""The demo fleet and the real exporter on it, as processes and threads that a synchronous test can drive."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

from opd_exporter.demo import Fleet
from support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from typing import Any, Self

_START_SECONDS = 60.0


class DemoExporter:
    """``opd-exporter serve`` on a fleet of imitation sites.

    Args:
        folder: Gets the registry, the store and the log.
        scenario: Of the demo fleet.
        defaults: Defaults of the registry, such as ``probe_interval="2s"``.
    """

    def __init__(self, folder: Path, *, scenario: str = "2020", **defaults: object) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._defaults = defaults
        self.fleet = Fleet(scenario)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo-fleet", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """``host:port`` for Prometheus."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self.fleet.start())
        (self.folder / "sites.yml").write_text(self.fleet.registry_text(**self._defaults))
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self.stop()
        self.do(self.fleet.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def do(self, action: Coroutine[Any, Any, Any]) -> Any:
        """Run something of the fleet: ``exporter.do(exporter.fleet.fail("dinkes"))``."""
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(30)

    def start(self) -> None:
        """Start the exporter and wait until it is ready (after its first round)."""
        log = (self.folder / "exporter.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "opd_exporter",
                    "serve",
                    f"--config.file={self.folder / 'sites.yml'}",
                    f"--storage.path={self.folder / 'opd.db'}",
                    f"--web.listen-address={self.address}",
                    "--log.level=warning",
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "default"},
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the exporter is not ready: {(self.folder / 'exporter.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self, *, kill: bool = False) -> None:
        """Stop the exporter: asked politely, or as a power cut would."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
