"""`/metrics` of 10,000 sites: what rendering costs, what Prometheus waits, and what probes notice of it.

    python -m bench.scrape [--sites 10000]        (from tests/, as `make bench-large` does)

The exporter has had its first round over the sites and goes on probing them (HTTP, 60 s) in a process of its own.
Rendering is the CPU that the process took for one scrape beyond what it takes anyway, fetched plain and compressed in
turns; medians. Prometheus's own ``scrape_duration_seconds`` is read after it has scraped for a while. The shift is
what the 99th of a hundred exchanges of this program with its health page took longer while scrapes ran than between.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.jobs import job_of
from bench.load import ready
from bench.programs import ROUNDS, exporter, median, prometheus, query, save, say, share, wait_until, write_registry
from bench.servers import open_town

if TYPE_CHECKING:
    from bench.programs import Program
    from bench.servers import Town

SCRAPES = 4
"""Fetched in one measurement, since the kernel counts CPU in hundredths of a second."""


def cost(program: Program, encoding: str) -> tuple[float, float, int]:
    """CPU seconds of one scrape beyond the usual, its wall time and bytes."""
    usual = share([program], 2.0)[0]
    before, started, size = program.cpu, time.monotonic(), 0
    for _ in range(SCRAPES):
        size = len(program.get(seconds=60, **{"Accept-Encoding": encoding}))
    wall = time.monotonic() - started
    return (program.cpu - before - usual * wall) / SCRAPES, wall / SCRAPES, size


def waits(program: Program, *, scraping: bool, seconds: float = 8.0) -> float:
    """The 99th of a hundred waits (seconds) for a tiny page, while somebody scrapes or not."""
    stop = threading.Event()

    def scrape() -> None:
        while not stop.is_set():
            program.get(seconds=60, **{"Accept-Encoding": "gzip"})

    thread = threading.Thread(target=scrape)
    if scraping:
        thread.start()
    took, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        started = time.perf_counter()
        program.get("/-/healthy")
        took.append(time.perf_counter() - started)
        time.sleep(0.005)
    stop.set()
    if scraping:
        thread.join()
    return sorted(took)[len(took) * 99 // 100]


def measure(town: Town, count: int) -> dict[str, Any]:
    """All figures of one size."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        registry = write_registry(folder, town, count, secure=False)
        program = stack.enter_context(exporter(registry, folder / "opd.db"))
        wait_until(lambda: ready(program), f"first round over {count} sites", 120 + count / 10)
        rounds: dict[str, list[tuple[float, float, int]]] = {"identity": [], "gzip": []}
        for _ in range(ROUNDS):
            for encoding, row in rounds.items():
                row.append(cost(program, encoding))
        shift = median(waits(program, scraping=True) - waits(program, scraping=False) for _ in range(3))
        server = stack.enter_context(prometheus(folder, [{**job_of(program), "scrape_interval": "5s"}]))
        time.sleep(5 * (ROUNDS + 2))
        expression = "quantile_over_time(0.5, scrape_duration_seconds[25s])"
        scrape = float(query(server, expression)[0]["value"][1])
        series = float(query(server, "scrape_samples_scraped")[0]["value"][1])
    figures = {"sites": count, "series": series, "prometheus_s": scrape, "shift_p99_ms": shift * 1e3}
    for encoding, row in rounds.items():
        cpu, wall, size = (median(column) for column in zip(*row, strict=True))
        figures[encoding] = {"cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "bytes": size}
    return figures


def main() -> None:
    """Measure and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=10_000)
    options = parser.parse_args()
    say(f"/metrics of {options.sites} sites")
    with open_town() as town:
        figures = measure(town, options.sites)
    say(f"  {figures}")
    save("scrape", figures)


if __name__ == "__main__":
    sys.exit(main())
