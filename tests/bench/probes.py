"""What one probe costs: bare aiohttp, our probe, our whole round and blackbox_exporter, in turns on the same servers.

    python -m bench.probes [--probes 240] [--seconds 4]        (from tests/, as `make bench` does)

Every probe is a fresh connection to another server with a full verified handshake and a page of 60 KB. *Loop*: eight
at a time, as fast as they go. *Rate*: 67 a second, evenly, as 1,000 sites at 15 s make; here an idle processor is
woken for each one. CPU is the kernel's: of this process for ours, of blackbox_exporter's for blackbox; medians of five.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp

from bench.programs import ROUNDS, blackbox, median, save, say, write_registry
from bench.servers import open_town
from opd_exporter import logs
from opd_exporter.app import Exporter, Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.programs import Program
    from bench.servers import Town

    Fetch = Callable[[int], Awaitable[None]]

AT_ONCE = 8
RATE = 67.0
SITES = 1_000


async def in_loop(fetch: Fetch, clock: Callable[[], float], probes: int) -> float:
    """CPU milliseconds of one of ``probes``, eight at a time."""
    before = clock()

    async def work(first: int) -> None:
        for number in range(first, probes, AT_ONCE):
            await fetch(number)

    await asyncio.gather(*map(work, range(AT_ONCE)))
    return (clock() - before) / probes * 1e3


async def at_rate(fetch: Fetch, clock: Callable[[], float], seconds: float) -> float:
    """CPU milliseconds of one probe at 67 a second."""
    probes, started, before = int(seconds * RATE), time.monotonic(), clock()
    tasks = []
    for number in range(probes):
        await asyncio.sleep(max(0.0, started + number / RATE - time.monotonic()))
        tasks.append(asyncio.create_task(fetch(number)))
    await asyncio.gather(*tasks)
    return (clock() - before) / probes * 1e3


async def compare(town: Town, black: Program, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Both schemes, all four ways in turns."""
    context = ssl.create_default_context(cafile=str(town.ca_file))
    figures: dict[str, Any] = {}
    loop_free = aiohttp.TCPConnector(force_close=True, limit=0)
    async with aiohttp.ClientSession(connector=loop_free) as session, aiohttp.ClientSession() as asking:
        for scheme in ("http", "https"):
            secure = scheme == "https"
            file = write_registry(folder, town, SITES, secure=secure)
            ours = Exporter(Settings(file, folder / f"{scheme}.db"))
            sites = list(ours.registry.sites.values())
            ours.pipeline.restore(ours.registry, {})

            async def bare(number: int, secure: bool = secure) -> None:
                async with session.get(town.url(number % SITES, secure=secure), ssl=context) as answer:
                    assert len(await answer.read()) > 50_000

            async def probe(number: int, ours: Exporter = ours, sites: list[Any] = sites) -> None:
                assert (await ours.prober.get(sites[number % SITES])).ok

            async def whole(number: int, ours: Exporter = ours, sites: list[Any] = sites) -> None:
                assert await ours.pipeline.run(sites[number % SITES].id) is not None

            async def through_blackbox(number: int, secure: bool = secure) -> None:
                target = quote(town.url(number % SITES, secure=secure), safe="")
                async with asking.get(f"{black.url}/probe?module=page&target={target}") as answer:
                    assert b"\nprobe_success 1" in await answer.read()

            ways = {
                "aiohttp": (bare, time.process_time),
                "probe": (probe, time.process_time),
                "exporter": (whole, time.process_time),
                "blackbox": (through_blackbox, lambda: black.cpu),
            }
            async with ours.prober:
                # First rounds read the dates and feeds of a site; they are no plain probes.
                say(f"cost of a probe, {scheme}: warming up")
                for fetch, clock in ways.values():
                    await in_loop(fetch, clock, max(options.probes, int(options.seconds * RATE)))
                loop: dict[str, list[float]] = {name: [] for name in ways}
                rate: dict[str, list[float]] = {name: [] for name in ways}
                for number in range(ROUNDS):
                    for name, (fetch, clock) in ways.items():
                        loop[name].append(await in_loop(fetch, clock, options.probes))
                        rate[name].append(await at_rate(fetch, clock, options.seconds))
                    say(f"  round {number + 1}: " + ", ".join(f"{name} {row[-1]:.2f} ms" for name, row in rate.items()))
            await asyncio.to_thread(ours.store.close)
            figures[scheme] = {
                "loop": {name: median(row) for name, row in loop.items()},
                "rate": {name: median(row) for name, row in rate.items()},
            }
    return figures


def main() -> None:
    """Run the servers and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probes", type=int, default=240)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    logs.configure("warning")
    with tempfile.TemporaryDirectory() as name, open_town() as town, blackbox(Path(name), town) as black:
        save("probes", asyncio.run(compare(town, black, Path(name), options)))


if __name__ == "__main__":
    sys.exit(main())
