"""What every measurement shares: programs as processes, their CPU and memory from the kernel, and where figures go."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import ssl
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.ports import free_port
from support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.servers import Town

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 5
"""Every figure is the median of so many."""


@dataclass(frozen=True)
class Program:
    """A running process and where it listens."""

    process: subprocess.Popen[Any]
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU, user and system, of the process and its ended children (``/proc/PID/stat``)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS

    @property
    def memory(self) -> float:
        """Resident MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1_024

    def get(self, path: str = "/metrics", *, seconds: float = 30.0, **headers: str) -> bytes:
        """A page of it."""
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.read()


def say(text: str) -> None:
    """Progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)  # noqa: T201 - progress


def median(values: Iterable[float]) -> float:
    """Of what was measured."""
    return statistics.median(values)


def share(programs: Sequence[Program], seconds: float) -> list[float]:
    """Share of one core (0.5 is half a core) that each program takes while ``seconds`` pass."""
    before, started = [program.cpu for program in programs], time.monotonic()
    time.sleep(seconds)
    spent = time.monotonic() - started
    return [(program.cpu - then) / spent for program, then in zip(programs, before, strict=True)]


@contextlib.contextmanager
def running(
    command: Sequence[object], url: str, *, core: int | None = None, ready: str = "/-/healthy"
) -> Iterator[Program]:
    """Run a program until the block ends; with ``core`` on that one only."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen([*pinned, *map(str, command)], stdout=nowhere, stderr=nowhere)
    try:
        program = Program(process, url)
        deadline = time.monotonic() + 120
        while True:
            try:
                program.get(ready)
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                break
        yield program
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write_registry(
    folder: Path, town: Town, count: int, *, secure: bool, interval: str = "60s", content: str = "15m"
) -> Path:
    """A ``sites.yml`` of ``count`` sites of ``town``; the daily second look is off."""
    head = {
        "probe_interval": interval,
        "content_interval": content,
        "ca_file": str(town.ca_file),
        "cloaking_check": False,
    }
    lines = [f"defaults: {json.dumps(head)}", "canaries: []", "sites:"]
    for number in range(count):
        site = f"opd-{number:05}"
        url = town.url(number, secure=secure)
        lines.append(f"  - {{id: {site}, opd: OPD {number}, name: Dinas Contoh {number}, url: '{url}', duty: weekly}}")
    file = folder / f"sites-{count}-{'https' if secure else 'http'}.yml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def exporter(registry: Path, store: Path, *, core: int | None = None, python: str = sys.executable):
    """The exporter on a registry."""
    port = free_port()
    command = [python, "-m", "opd_exporter", "serve", f"--config.file={registry}", f"--storage.path={store}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=warning"]
    return running(command, f"http://127.0.0.1:{port}", core=core)


def blackbox(folder: Path, town: Town, *, core: int | None = None):
    """Debian's blackbox_exporter with one module that trusts the town's CA."""
    port = free_port()
    http = {"preferred_ip_protocol": "ip4", "tls_config": {"ca_file": str(town.ca_file)}}
    config = folder / "blackbox.yml"
    config.write_text(json.dumps({"modules": {"page": {"prober": "http", "timeout": "10s", "http": http}}}), "utf-8")
    command = [tool("blackbox_exporter"), f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
    return running([*command, "--log.level=error"], f"http://127.0.0.1:{port}", core=core)


def prometheus(folder: Path, jobs: list[dict[str, Any]], *, core: int | None = None):
    """Prometheus with scrape ``jobs`` and a fresh database."""
    port = free_port()
    config = folder / f"prometheus-{port}.yml"
    config.write_text(json.dumps({"global": {"scrape_interval": "15s"}, "scrape_configs": jobs}), "utf-8")
    command = [tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb-{port}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    return running(command, f"http://127.0.0.1:{port}", core=core, ready="/-/ready")


def query(server: Program, expression: str) -> list[dict[str, Any]]:
    """The rows that Prometheus answers."""
    from urllib.parse import quote

    answer = json.loads(server.get(f"/api/v1/query?query={quote(expression, safe='')}"))
    return answer["data"]["result"]


def samples(page: bytes, name: str) -> dict[str, float]:
    """Label text -> value of one metric of a page."""
    found = {}
    for line in page.decode().splitlines():
        if line.startswith((name + "{", name + " ")):
            labels, _, value = line[len(name) :].rpartition(" ")
            found[labels] = float(value)
    return found


def wait_until(condition, why: str, seconds: float) -> None:
    """Wait, with progress each ten seconds."""
    deadline, shown = time.monotonic() + seconds, time.monotonic()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(why)
        if time.monotonic() - shown > 10:
            say(f"  still waiting: {why}")
            shown = time.monotonic()
        time.sleep(0.5)


def save(name: str, figures: dict[str, Any]) -> None:
    """Write ``build/bench/NAME.json`` with what the machine is."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION.split()[1],
        "load_before": os.getloadavg()[1],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps({"machine": machine, **figures}, indent=1) + "\n", "utf-8")
