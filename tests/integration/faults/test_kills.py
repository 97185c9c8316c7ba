"""kill -9 at random moments: what was shown is not lost, nothing false is said, and the exporter recovers by itself."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sqlite3
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import pytest

from support.program import serve

if TYPE_CHECKING:
    from pathlib import Path

    from support.program import Running, Samples
    from support.town import Department, Town

ACKNOWLEDGED_SECONDS = 1.2
"""The store promises to keep what is older than a second."""
POSSIBLE = {"aktif": {"active"}, "lama": {"dormant"}, "rusak": {"active", "down"}}
POST = "opd_site_last_post_timestamp_seconds"
SINCE = "opd_site_status_since_timestamp_seconds"


@dataclass
class Shown:
    """Pages of metrics that somebody has seen, with the time."""

    pages: list[tuple[float, Samples]] = field(default_factory=list)
    kills: int = 0
    probed: set[str] = field(default_factory=set)
    restarts_checked: int = 0

    def known(self, site: str) -> set[str]:
        """``{"pending"}`` when that would be false by now: the store must know more of the site."""
        return {"pending"} if site in self.probed else set()

    def note_kill(self, killed_at: float) -> None:
        """From now on every site that is surely stored must be known."""
        self.kills += 1
        safe = self.acknowledged(killed_at)
        if safe is not None:
            self.probed |= {site for site, status in safe.statuses().items() if status != "pending"}

    def acknowledged(self, killed_at: float) -> Samples | None:
        """The newest page that is old enough to be safe."""
        safe = [page for at, page in self.pages if at < killed_at - ACKNOWLEDGED_SECONDS]
        return safe[-1] if safe else None


async def disturb(department: Department) -> None:
    """A site that fails and recovers."""
    while True:
        department.status = 503 if department.status == 200 else 200
        await asyncio.sleep(2.5)


async def look(exporter: Running, shown: Shown) -> None:
    """Scrape as fast as it goes until the exporter dies; nothing false may stand on any page."""
    await exporter.listening()
    with contextlib.suppress(aiohttp.ClientError, OSError):
        while True:
            page = await exporter.samples()
            for site, status in page.statuses().items():
                assert status in POSSIBLE[site] | ({"pending"} - shown.known(site)), (site, status)
            shown.pages.append((time.monotonic(), page))
            await asyncio.sleep(0.05)


def compare(before: Samples, after: Samples) -> None:
    """What was shown before the kill is there after it."""
    for labels, value in before.by_name["opd_site_probes_total"]:
        kept = after.value("opd_site_probes_total", **labels)
        assert kept is not None, labels
        assert kept >= value, (labels, value, kept)
    for site, status in before.statuses().items():
        known = before.value(POST, site=site)
        assert known is None or after.value(POST, site=site) == known, site
        if len(POSSIBLE[site]) == 1 and status != "pending":
            assert after.value(SINCE, site=site) == before.value(SINCE, site=site), site


async def kill_often(town: Town, times: int) -> Shown:
    """Start, kill, start again; returns what was seen."""
    town.defaults = {"probe_interval": "1s", "confirm_after": "100ms", "content_interval": "1s"}
    town.departments["rusak"].status = 200
    town.write()
    choose, shown = random.Random(20), Shown()
    disturbing = asyncio.create_task(disturb(town.departments["rusak"]))
    killed_at = 0.0
    try:
        for _ in range(times):
            async with serve(town.config_file, town.storage, ready=False) as exporter:
                looking = asyncio.create_task(look(exporter, shown))
                if choose.random() < 0.25:
                    await asyncio.sleep(choose.uniform(0.1, 2.0))  # while it starts, often before it can answer
                else:
                    seen = len(shown.pages)
                    async with asyncio.timeout(60):
                        while len(shown.pages) == seen:
                            assert not looking.done(), looking.exception()
                            await asyncio.sleep(0.02)
                    before = shown.acknowledged(killed_at)
                    if before is not None:
                        compare(before, shown.pages[seen][1])
                        shown.restarts_checked += 1
                    await asyncio.sleep(choose.uniform(0.0, 2.5))
                exporter.send(signal.SIGKILL)
                killed_at = time.monotonic()
                shown.note_kill(killed_at)
                await exporter.wait()
                if exporter.url:
                    await looking  # ends with the process; what it found false is raised here
                else:
                    looking.cancel()
                    await asyncio.gather(looking, return_exceptions=True)
    finally:
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
    return shown


async def check_recovery(town: Town) -> None:
    """After the last kill: the truth within seconds, a sound file, nothing kept aside."""
    town.departments["rusak"].status = 503
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active", "lama": "dormant", "rusak": "down"})
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0
        assert not [entry for entry in exporter.log if entry["level"] == "error"]
    assert sound(town.storage)
    assert not list(town.folder.glob("*.corrupt-*"))


def sound(file: Path) -> bool:
    """Whether SQLite finds nothing wrong."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


@pytest.mark.timeout(400)
async def test_twenty_kills(town: Town) -> None:
    """Twenty kills at random moments, some of them during the start."""
    shown = await kill_often(town, 20)
    assert shown.kills == 20
    assert shown.restarts_checked >= 5
    await check_recovery(town)


@pytest.mark.slow
@pytest.mark.timeout(2400)
async def test_a_hundred_kills(town: Town) -> None:
    """The same a hundred times."""
    shown = await kill_often(town, 100)
    assert shown.kills == 100
    assert shown.restarts_checked >= 40
    await check_recovery(town)
