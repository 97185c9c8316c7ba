"""How long the pages, the API and /metrics take at 31, 1,000 and 10,000 sites.

    python -m bench.pages [SITES...]        (from tests/, as `make bench` does)

Times are CPU of the thread that serves and asks, and the wall time of one request on loopback; medians of seven. A
quarter of the sites has a new state before each scrape, as at a scrape every 15 s and a probe every 60 s.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import replace

import aiohttp

from support.fleet import AT, make_probe, make_snapshot, make_state, many
from support.webserver import serving

PATHS = ("/", "/?cari=dinas", "/api/v1/sites", "/sd", "/metrics")
ROUNDS = 7


async def measure(count: int) -> None:
    """Print one line per path."""
    states = many(count)
    async with serving(states) as server, aiohttp.ClientSession() as session:
        site = states[0].site.id
        for path in (*PATHS, f"/sites/{site}"):
            cpu, wall, size = [], [], 0
            for number in range(ROUNDS + 1):
                at = AT + number
                changed = [
                    replace(state, probe=make_probe(state.site, at=at), last_probe_at=at)
                    if index % 4 == number % 4 and state.probe
                    else state
                    for index, state in enumerate(states)
                ]
                server.fleet["snapshot"] = make_snapshot(changed)
                states = changed
                spent, started = time.thread_time(), time.perf_counter()
                async with session.get(server.url + path) as answer:
                    size = len(await answer.read())
                wall.append(time.perf_counter() - started)
                cpu.append(time.thread_time() - spent)
            # The first round fills what is kept between requests.
            print(  # noqa: T201 - the result
                f"{count:>6} sites  {path:<22} {size:>10} bytes"
                f"  CPU {statistics.median(cpu[1:]) * 1e3:7.1f} ms  wall {statistics.median(wall[1:]) * 1e3:7.1f} ms"
            )


def render_full(count: int) -> None:
    """The rendering alone, every site with every series."""
    from opd_exporter.metrics import ExporterMetrics, Exposition

    exposition = Exposition(ExporterMetrics())
    full = make_state("x")
    states = [replace(full, site=replace(full.site, id=f"site-{number}")) for number in range(count)]
    exposition.render(make_snapshot(states))
    warm, changed, longest = [], [], 0.0
    for number in range(ROUNDS):
        spent = time.thread_time()
        page, _ = exposition.render(make_snapshot(states))
        warm.append(time.thread_time() - spent)
        at = AT + number + 1
        states = [
            replace(state, probe=make_probe(state.site, at=at), last_probe_at=at) if index % 4 == number % 4 else state
            for index, state in enumerate(states)
        ]
        spent = last = time.thread_time()
        for _piece in exposition.steps(make_snapshot(states))[1]:
            now = time.thread_time()
            longest, last = max(longest, now - last), now
        changed.append(time.thread_time() - spent)
    print(  # noqa: T201 - the result
        f"{count:>6} sites  render {page.count(b'{')} series: unchanged {statistics.median(warm) * 1e3:.1f} ms, "
        f"a quarter new {statistics.median(changed) * 1e3:.1f} ms, longest step {longest * 1e3:.1f} ms (CPU)"
    )


if __name__ == "__main__":
    for sites in map(int, sys.argv[1:] or ("31", "1000", "10000")):
        render_full(sites)
        asyncio.run(measure(sites))
