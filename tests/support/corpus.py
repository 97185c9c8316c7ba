"""Reads corpus cases in this process: the real prober through the corpus proxy, the page and the freshness engine.

``make eval`` judges the whole command line; this is the quick look at one part of it, with every candidate at hand.
Run as a program it prints one line a case: ``python tests/support/corpus.py [-v] [FOLDER ...]``.
"""

# ruff: noqa: T201 - a program prints

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from eval.cases import load_case, load_corpus
from eval.world import World, serve
from opd_exporter.freshness import Memory
from opd_exporter.inspection import inspect
from opd_exporter.models import Status
from opd_exporter.probe import Prober
from opd_exporter.registry import Registry, Site
from opd_exporter.state import Publishing, status_by_date
from opd_exporter.verdict import judge_probe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.cases import Case
    from opd_exporter.inspection import Inspection

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one content check said of a case."""

    case: Case
    inspection: Inspection
    status: str

    @property
    def last_post(self) -> str | None:
        """ISO day of the newest post, or ``None``."""
        newest = self.inspection.reading.newest if self.inspection.reading else None
        return newest.published_at.date().isoformat() if newest else None

    @property
    def right(self) -> bool:
        """Whether the day is the labelled one (relative times may be one day off)."""
        wanted = self.case.last_post
        newest = self.inspection.reading.newest if self.inspection.reading else None
        if wanted is None or newest is None:
            return (wanted is None) == (newest is None)
        return abs((newest.published_at.date() - wanted).days) <= self.case.tolerance_days


def site_of(case: Case, proxy: str) -> Site:
    """The registry entry of a case."""
    return Site(
        id=f"c{case.id}",
        opd=case.slug,
        name=case.slug,
        url=case.url.replace("https://", "http://"),
        timezone=ZoneInfo(case.zone),
        freshness_limit=30 * DAY,
        dormant_after=90 * DAY,
        proxy_url=proxy,
    )


async def check_cases(cases: Iterable[Case]) -> list[Outcome]:
    """One content check of each case, as of its own instant."""
    cases = list(cases)
    outcomes = []
    async with serve(World(cases)) as proxy:
        sites = [site_of(case, proxy) for case in cases]
        registry = Registry({site.id: site for site in sites})
        async with Prober(registry) as prober:
            for case, site in zip(cases, sites, strict=True):
                exchange = await prober.get(site)
                seen = await inspect(site, exchange, prober.fetcher(site), case.now, Memory())
                newest = seen.reading.newest if seen.reading else None
                bad = seen.finding.status or judge_probe(site, exchange).status
                status = bad or status_by_date(Publishing(last_post=newest), 30 * DAY, 90 * DAY, case.now.timestamp())
                outcomes.append(Outcome(case, seen, (status or Status.PENDING).value))
    return outcomes


def main() -> int:
    """Print one line a case; 1 when any day is wrong."""
    verbose = "-v" in sys.argv
    folders = [Path(name) for name in sys.argv[1:] if name != "-v"]
    cases = []
    for folder in folders or [None]:
        if folder is None:
            cases += load_corpus()
        elif (folder / "case.yaml").exists():
            cases.append(load_case(folder))
        else:
            cases += load_corpus(folder)
    wrong = 0
    for outcome in asyncio.run(check_cases(cases)):
        good = outcome.right and outcome.status == outcome.case.status
        wrong += not good
        reading = outcome.inspection.reading
        print(
            "ok   " if good else "WRONG",
            outcome.case.id,
            outcome.case.last_post,
            outcome.last_post,
            outcome.case.status,
            outcome.status,
            f"requests={reading.requests if reading else 0}",
        )
        if reading and (verbose or not good):
            for candidate in reading.candidates[:25]:
                shown = (candidate.refusal or "TAKEN", candidate.source, repr(candidate.raw), candidate.title[:40])
                print("       ", *shown, candidate.url)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
