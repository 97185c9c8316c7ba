"""What the report of a month costs at 1,000 sites whose record has gaps, and what it does to the event loop meanwhile.

    python -m bench.report [SITES...]        (from tests/, as `make bench` does)

Every site has 70 days of sums with three hours missing in each, twelve changes of status and 100 posts.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from opd_exporter.app import SWITCH_SECONDS
from opd_exporter.models import Post, PostSource, Reason, Status
from opd_exporter.registry.site import Registry
from opd_exporter.report import KeptReports
from opd_exporter.store import Change, DaySums, Store
from support.fleet import AT, DAY, NOW, many

ALL_HOURS = (1 << 24) - 1


def fill(store: Store, sites: int) -> Registry:
    """Two months and more of every site."""
    chance = random.Random(2020)
    fleet = {}
    for state in many(sites):
        site = replace(state.site, url=state.site.url or f"https://{state.site.id}.example.go.id/")
        fleet[site.id] = site
        for age in range(70):
            hours = ALL_HOURS
            for _ in range(3):
                hours &= ~(1 << chance.randrange(24))
            day = (NOW - timedelta(days=age)).date()
            store.add_day(DaySums(site.id, day, 1_235, 20, 0, 5, 1_235, 500.0, 3.0, 10**8, 24, hours))
        store.record_change(Change(site.id, AT - 80 * DAY, Status.ACTIVE))
        for _ in range(12):
            status, reason = chance.choice(((Status.DOWN, Reason.TIMEOUT), (Status.ACTIVE, None), (Status.LATE, None)))
            store.record_change(Change(site.id, AT - chance.random() * 40 * DAY, status, reason))
        posts = [
            Post(f"{site.url}{number}", f"Berita {number}", NOW - timedelta(days=number * 1.5), PostSource.FEED)
            for number in range(100)
        ]
        store.save_posts(site.id, posts, AT)
    store.flush(300)
    return Registry(sites=fleet)


async def measure(reports: KeptReports, name: str, month: str) -> None:
    """Print what one format takes in a thread, and the longest time in which the loop did not turn."""
    done = asyncio.create_task(asyncio.to_thread(getattr(reports, name), month))
    started = last = time.perf_counter()
    longest = 0.0
    while not done.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last - 0.001), now
    print(  # noqa: T201 - the result
        f"{name:>5} of {month}: {len(done.result()):>9} bytes  {time.perf_counter() - started:5.2f} s"
        f"  the event loop waited at most {longest * 1e3:.1f} ms"
    )


async def main() -> None:
    """Every format of two months."""
    sys.setswitchinterval(SWITCH_SECONDS)
    for sites in map(int, sys.argv[1:] or ("31", "1000")):
        print(f"{sites} sites")  # noqa: T201 - the result
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(Path(folder) / "bench.db")
            registry = fill(store, sites)
            reports = KeptReports(store, lambda registry=registry: registry, lambda: AT)
            for month in ("2020-11", "2020-10"):
                # The first one reads the history; the others are written from the kept report.
                for name in ("html", "csv", "json", "xlsx"):
                    await measure(reports, name, month)
            store.close()


if __name__ == "__main__":
    asyncio.run(main())
