"""The response time reported against the delay that the server really made, beside blackbox_exporter in the same run.

    python -m bench.honest [--sites 1000] [--slow 200]        (from tests/, as `make bench` does)

Under the load of 1,000 HTTPS sites at 15 s stand 200 slow sites, each on an address of its own, that answer after 0.1
to 0.5 s and keep how long they really took. The error is what is reported (the exchange, connecting included) less
that; it therefore holds the connection too, for both alike. Several looks, each at the last probe of every slow site.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.jobs import count_of, probe_job
from bench.programs import (
    ROUNDS,
    Program,
    blackbox,
    exporter,
    prometheus,
    query,
    running,
    samples,
    save,
    say,
    wait_until,
    write_registry,
)
from bench.servers import open_town
from support.ports import free_port

if TYPE_CHECKING:
    from bench.servers import Town

INTERVAL = 15.0


def slow_url(port: int, number: int, who: str) -> str:
    """The address of a slow site, as one of the two probers asks for it."""
    return f"http://127.2.0.{number + 1}:{port}/d/{100 + number * 2}/{who}"


def spread(errors: list[float]) -> dict[str, float]:
    """Median, 99th of a hundred and worst, in milliseconds; either direction counts."""
    ordered = sorted(abs(error) * 1e3 for error in errors)
    return {
        "count": len(ordered),
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        "worst": ordered[-1],
    }


def look(ours: Program, second: Program, slow: Program, port: int, count: int) -> tuple[list[float], list[float]]:
    """The errors of the last probes of all slow sites: the exporter's and blackbox_exporter's."""
    waits = json.loads(slow.get("/delays"))
    reported = samples(ours.get(), "opd_site_response_seconds")
    by_site = {key.split('site="')[1].split('"')[0]: value for key, value in reported.items()}
    own = [by_site[f"slow-{n:03}"] - waits[f"/d/{100 + n * 2}/opd"] for n in range(count) if f"slow-{n:03}" in by_site]
    rows = {row["metric"]["instance"]: float(row["value"][1]) for row in query(second, "probe_duration_seconds")}
    urls = [(slow_url(port, number, "box"), f"/d/{100 + number * 2}/box") for number in range(count)]
    return own, [rows[url] - waits[path] for url, path in urls if url in rows and path in waits]


def compare(town: Town, sites: int, slow_sites: int) -> dict[str, Any]:
    """Both under the same load."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        registry = write_registry(folder, town, sites, secure=True, interval="15s")
        with registry.open("a", encoding="utf-8") as file:
            for number in range(slow_sites):
                file.write(
                    f"  - {{id: slow-{number:03}, opd: Lambat {number}, name: Dinas Lambat {number}, "
                    f"url: '{slow_url(port, number, 'opd')}', duty: weekly}}\n"
                )
        command = [sys.executable, "-m", "bench.delays", port]
        slow = stack.enter_context(running(command, f"http://127.0.0.1:{port}", ready="/delays"))
        ours = stack.enter_context(exporter(registry, folder / "opd.db"))
        theirs = stack.enter_context(blackbox(folder, town))
        urls = [town.url(number, secure=True) for number in range(sites)]
        urls += [slow_url(port, number, "box") for number in range(slow_sites)]
        second = stack.enter_context(prometheus(folder, [probe_job(theirs, urls)]))
        total = sites + slow_sites
        wait_until(lambda: count_of(second, "count(probe_success == 1)") == total, "blackbox sees all", 180)
        wait_until(lambda: len(samples(ours.get(), "opd_site_response_seconds")) == total, "all answered", 180)
        own: list[float] = []
        others: list[float] = []
        for _ in range(ROUNDS):
            time.sleep(INTERVAL)
            found = look(ours, second, slow, port, slow_sites)
            own += found[0]
            others += found[1]
    return {"sites": sites, "slow": slow_sites, "exporter": spread(own), "blackbox": spread(others)}


def main() -> None:
    """Compare and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--slow", type=int, default=200)
    options = parser.parse_args()
    say(f"honest times: {options.slow} slow sites under the load of {options.sites} at {INTERVAL:.0f} s")
    with open_town() as town:
        figures = compare(town, options.sites, options.slow)
    say(f"  {figures}")
    save("honest", figures)


if __name__ == "__main__":
    sys.exit(main())
