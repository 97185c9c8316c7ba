"""Send the prober through the zoo and note what it says, how long it takes and what it costs."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opd_exporter.probe import Prober
from opd_exporter.registry.site import Registry, Site
from support.zoo.keeper import CAGES, Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opd_exporter.models import Exchange
    from support.zoo.cage import Cage

SECONDS = 3.0
AT_ONCE = 40
TESTS = Path(__file__).resolve().parents[2]


@dataclass
class Notes:
    """One exchange without its body."""

    exchange: Exchange
    size: int
    wall_seconds: float


@dataclass
class Report:
    """What one visit to the whole zoo showed."""

    notes: dict[str, Notes] = field(default_factory=dict)
    growth_bytes: int = 0
    """Resident memory after the visit, less before."""
    worst_neighbour_seconds: float = 0.0
    """Slowest answer of a healthy site that was probed all the while."""
    neighbour_rounds: int = 0
    seconds: float = 0.0


@contextmanager
def open_zoo() -> Iterator[Opened]:
    """Run the zoo in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "support.zoo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=TESTS, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Opened(**json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def resident_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096


def zoo_site(cage: Cage, opened: Opened) -> Site:
    """The registry's entry for a cage."""
    url = opened.urls[cage.name]
    return Site(
        cage.name, cage.name, cage.name, url, probe_timeout=SECONDS, allowed_hosts=frozenset({"issuer.zoo.test"})
    )


def visit(
    opened: Opened, cages: list[Cage] = CAGES, new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> Report:
    """Probe every cage, forty at once, and a healthy neighbour on another address all the while."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_visit(opened, cages))


async def _visit(opened: Opened, cages: list[Cage]) -> Report:
    report = Report()
    registry = Registry({}, nameservers=(opened.nameserver,), ca_file=opened.ca_file)
    async with Prober(registry) as prober:
        neighbour = Site("tetangga", "", "", opened.urls["neighbour"], probe_timeout=SECONDS)
        await prober.get(neighbour)
        gc.collect()
        before, started = resident_bytes(), time.monotonic()
        watching = asyncio.create_task(_watch(prober, neighbour, report))
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_probe(prober, cage, opened, report, gate) for cage in cages))
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        report.seconds = time.monotonic() - started
        gc.collect()
        report.growth_bytes = resident_bytes() - before
    return report


async def _probe(prober: Prober, cage: Cage, opened: Opened, report: Report, gate: asyncio.Semaphore) -> None:
    async with gate:
        started = time.monotonic()
        exchange = await prober.get(zoo_site(cage, opened))
        wall_seconds = time.monotonic() - started
    report.notes[cage.name] = Notes(replace(exchange, body=b""), len(exchange.body), wall_seconds)


async def _watch(prober: Prober, neighbour: Site, report: Report) -> None:
    while True:
        started = time.monotonic()
        exchange = await prober.get(neighbour)
        assert exchange.ok, exchange.detail
        report.worst_neighbour_seconds = max(report.worst_neighbour_seconds, time.monotonic() - started)
        report.neighbour_rounds += 1
        await asyncio.sleep(0.05)
