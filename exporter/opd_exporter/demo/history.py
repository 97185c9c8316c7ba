"""Ninety days of plausible past for the demo fleet, so that no board and no report begins empty.

``History.write_openmetrics`` writes files for ``promtool tsdb create-blocks-from openmetrics``; ``History.changes``,
``History.days`` and ``History.posts`` are the rows that a store would have collected. Everything depends on the
scenario and ``now`` only: asked twice, it says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from opd_exporter.demo.openmetrics import write_chunk
from opd_exporter.demo.pages import PATHS
from opd_exporter.demo.posts import draw
from opd_exporter.demo.scenarios import planned_url, sites_of
from opd_exporter.demo.timeline import DAY, Timeline, days_between, moment_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

CHUNK_SECONDS = 18 * 3600
"""One file holds one block: promtool reads a file once for every block that it touches."""
STEPS = ((3, 300), (35, 600), (10_000, 3600))
"""(up to so many days ago, seconds between samples): what short ranges show is dense, the rest small.

Steps are multiples of what Grafana asks for over ranges of that length, and samples stand on round times, so that
graphs have no holes although Prometheus looks back five minutes only.
"""
PROBE_INTERVAL = 60.0


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """A site's status became ``status`` at ``at`` (Unix seconds)."""

    site: str
    at: float
    status: str
    reason: str | None
    readable: bool | None


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """Sums of one site over one local day (WIB), one probe a minute."""

    site: str
    day: date
    up: int
    down: int
    blocked: int
    unknown: int
    response_count: int
    response_seconds_sum: float
    response_seconds_max: float
    bytes_total: int
    content_checks: int
    hours: int
    """Bit mask of the local hours with a probe."""


@dataclass(frozen=True, slots=True)
class HistoryPost:
    """One post as the monitor saw it."""

    site: str
    url: str
    title: str
    published_at: datetime
    """Aware, in WIB."""
    source: str
    date_only: bool
    first_seen: float
    """Unix seconds."""


class History:
    """The past of ``scenario`` over ``days`` days, ending at ``now`` (aware; default: the machine's clock).

    ``urls`` gives the sites' addresses as the registry has them (``Fleet.address_of``); without it they are those that
    a fleet with ``base_port`` takes.
    """

    def __init__(
        self,
        scenario: str = "2020",
        *,
        now: datetime | None = None,
        days: int = 90,
        urls: Mapping[str, str | None] | None = None,
        base_port: int = 0,
        steps: Sequence[tuple[float, float]] = STEPS,
    ) -> None:
        """Work out nothing yet; ``steps`` make the files coarser or finer.

        Raises:
            ValueError: no such scenario.
        """
        specs = sites_of(scenario)
        self.now = (now or datetime.now(UTC)).timestamp()
        self.days_back = days
        self.steps = steps
        self.timelines = {spec.id: Timeline(spec, self.now, days) for spec in specs}
        self.urls: Mapping[str, str | None] = urls or {
            spec.id: planned_url(scenario, spec, number, base_port) for number, spec in enumerate(specs)
        }

    def changes(self) -> Iterator[HistoryChange]:
        """Every change of status, by site, ascending; the first of a site is the begin of its history."""
        for site, timeline in self.timelines.items():
            for segment in timeline.segments:
                readable = None if segment.up is None else bool(segment.up)
                yield HistoryChange(site, segment.begin, segment.status, segment.reason, readable)

    def days(self) -> Iterator[HistoryDay]:
        """The sums of every site and local day, the present day up to now included; no rows for sites without URL."""
        for timeline in self.timelines.values():
            if timeline.probed:
                for day in days_between(timeline.begin, self.now):
                    yield self._day(timeline, day)

    def posts(self) -> Iterator[HistoryPost]:
        """Every post that the monitor would have seen, by site, ascending."""
        for site, timeline in self.timelines.items():
            base = (self.urls.get(site) or "").rstrip("/")
            source = timeline.source
            for post, published in zip(timeline.posts, timeline.post_times, strict=True):
                seen = max(timeline.begin, published + draw(site, post.number, "seen") % 900)
                path = PATHS[timeline.spec.engine](post)
                dated = source in {"page", "selector"}
                yield HistoryPost(site, base + path, post.title, post.published_at, source, dated, seen)

    def write_openmetrics(self, directory: Path, *, labels: Mapping[str, str] | None = None) -> Iterator[Path]:
        """Write the history as OpenMetrics files into ``directory``, oldest first; yields each when it is whole.

        ``labels`` are those that Prometheus adds when it scrapes (``job``, ``instance``), so that the past and the
        present are one series. Give each file to ``promtool tsdb create-blocks-from openmetrics FILE DATA_DIR`` before
        Prometheus starts. The caller may delete a file before it asks for the next: 90 days of 31 sites are about a
        gigabyte of text, and some ten megabytes in Prometheus.
        """
        added = {"job": "opd-exporter", "instance": "exporter:19715"} if labels is None else labels
        directory.mkdir(parents=True, exist_ok=True)
        begin = self.now - self.days_back * DAY
        chunk_begin = begin - begin % CHUNK_SECONDS
        while chunk_begin < self.now:
            times = [
                moment for moment in self._times(chunk_begin, chunk_begin + CHUNK_SECONDS) if begin <= moment < self.now
            ]
            if times:
                path = directory / f"history-{int(chunk_begin)}.om"
                with path.open("w", encoding="utf-8") as file:
                    write_chunk(file, list(self.timelines.values()), self.urls, times, added)
                yield path
            chunk_begin += CHUNK_SECONDS

    def _times(self, begin: float, end: float) -> Iterator[float]:
        moment = begin
        while moment < end:
            age = (self.now - moment) / DAY
            step = next(step for days, step in self.steps if age <= days)
            moment += step - moment % step if moment % step else 0
            if moment < end:
                yield moment
            moment += step

    def _day(self, timeline: Timeline, day: date) -> HistoryDay:
        begin = max(timeline.begin, moment_of(day))
        end = min(self.now, moment_of(day) + DAY)
        counts = dict.fromkeys(("up", "down", "blocked", "unknown"), 0)
        moment = begin
        while moment < end:
            counts[timeline.segment_at(moment).result] += 10
            moment += 10 * PROBE_INTERVAL
        hours = 0
        for hour in range(24):
            at = moment_of(day) + hour * 3600
            if begin < at + 3600 and at < end:
                hours |= 1 << hour
        mean = timeline.mean_response
        answered = counts["up"]
        return HistoryDay(
            timeline.spec.id,
            day,
            counts["up"],
            counts["down"],
            counts["blocked"],
            counts["unknown"],
            response_count=answered,
            response_seconds_sum=round(answered * mean, 3),
            response_seconds_max=round(mean * (2 + draw(timeline.spec.id, day, "peak") % 30 / 10), 3)
            if answered
            else 0.0,
            bytes_total=answered * timeline.page_bytes,
            content_checks=int((end - begin) // 900) if answered else 0,
            hours=hours,
        )
