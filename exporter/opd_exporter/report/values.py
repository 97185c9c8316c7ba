"""The evaluation report as values: what every format (HTML, CSV, XLSX, JSON) is written from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from opd_exporter.models import Status
from opd_exporter.registry import WHOLE, Shard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from opd_exporter.models import Cadence, Post, Reason
    from opd_exporter.registry import Site

ACTIVE = (Status.ACTIVE,)
NOT_ACTIVE = (Status.LATE, Status.DORMANT, Status.DOWN, Status.COMPROMISED)
NOT_ASSESSABLE = (Status.UNDATED, Status.BLOCKED, Status.PENDING)
ORDER = (*ACTIVE, *NOT_ACTIVE, *NOT_ASSESSABLE)
LAW_DAYS = 180
"""UU 14/2008: periodic information at least every six months."""


class ReportError(ValueError):
    """The month asked for cannot be reported; the message says why, in Indonesian."""


class Turn(StrEnum):
    """What became of a site since the month before."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which citizens could not read the site, within the month."""

    start: float
    """Unix seconds; the first of the month when it began before."""
    end: float
    """Unix seconds; the moment of judgement when it goes on."""
    seconds: float
    """Its length without the hours in which the monitor did not look, or could not tell."""
    reason: Reason | None
    """The one that held longest."""
    began_before: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Whole hours in which no site was looked at."""

    start: float
    end: float

    @property
    def hours(self) -> int:
        """Its length."""
        return round((self.end - self.start) / 3600)


@dataclass(frozen=True, slots=True)
class Score:
    """The ranking value and its two halves, each 0 to 50."""

    availability: float
    publishing: float
    compromised: bool
    """Signs of a compromise at any time of the month: the whole value is 0."""

    @property
    def total(self) -> float:
        """0 to 100."""
        return 0.0 if self.compromised else self.availability + self.publishing


@dataclass(frozen=True, slots=True)
class Row:
    """One site in one month. ``None`` is "not known"."""

    site: Site
    status: Status
    """At the moment of judgement."""
    reason: Reason | None = None
    since: float | None = None
    """Unix seconds at which that status began."""
    status_before: Status | None = None
    """At the end of the month before; ``None`` when nothing was recorded then."""
    coverage: float | None = None
    """Part of the month's hours so far in which the site was probed."""
    uptime: float | None = None
    """Readable part of the known time."""
    outages: tuple[Outage, ...] = ()
    response_mean: float | None = None
    """Seconds."""
    response_max: float | None = None
    posts: int | None = None
    """Published in the month; ``None`` for a site that never showed a credible date."""
    publishing_dates: int | None = None
    """Distinct days of the month with a post."""
    longest_gap_days: int | None = None
    """Between publishing days, ending in the last 90 days."""
    cadence: Cadence | None = None
    fulfils: bool | None = None
    days_within_limit: int | None = None
    """Days at whose end the newest post was within the update limit."""
    days_judged: int = 0
    """Days of which that is known."""
    last_post: Post | None = None
    last_post_days: int | None = None
    """Its age at the moment of judgement, in calendar days."""
    certificate_not_after: float | None = None
    """As last seen."""
    score: Score | None = None
    """``None`` when availability or publishing is not known: such a site is not ranked."""
    rank: int | None = None
    """1 is best; equal values share a place."""

    @property
    def outage_seconds(self) -> float:
        """All outages of the month together."""
        return sum(outage.seconds for outage in self.outages)

    @property
    def past_law(self) -> bool:
        """Whether the newest post is older than the information law allows."""
        return self.last_post_days is not None and self.last_post_days > LAW_DAYS

    @property
    def turn(self) -> Turn | None:
        """Better or worse than at the end of the month before; ``None`` when equal or not comparable."""
        if self.status_before is None or self.status_before is self.status:
            return None
        groups = {status: place for place, group in enumerate((NOT_ACTIVE, NOT_ASSESSABLE, ACTIVE)) for status in group}
        old, new = groups[self.status_before], groups[self.status]
        if old == new:
            return Turn.OTHER
        if Status.ACTIVE in {self.status_before, self.status}:
            return Turn.BETTER if self.status is Status.ACTIVE else Turn.WORSE
        return Turn.OTHER


@dataclass(frozen=True, slots=True)
class Summary:
    """The fleet in the words of the evaluation meeting."""

    by_status: Mapping[Status, int]

    @property
    def sites(self) -> int:
        """All sites of the registry."""
        return sum(self.by_status.values())

    @property
    def active(self) -> int:
        """Active sites."""
        return self._count(ACTIVE)

    @property
    def not_active(self) -> int:
        """Late, dormant, down and compromised ones."""
        return self._count(NOT_ACTIVE)

    @property
    def not_assessable(self) -> int:
        """Undated, blocked and unknown ones."""
        return self._count(NOT_ASSESSABLE)

    def _count(self, statuses: tuple[Status, ...]) -> int:
        return sum(self.by_status[status] for status in statuses)


@dataclass(frozen=True, slots=True)
class Report:
    """One month of the whole registry."""

    month: str
    """``YYYY-MM``."""
    first: date
    last: date
    """Last day of the month, also when it has not come yet."""
    zone: ZoneInfo
    judged_at: float
    """Unix seconds: the last second of the month, or now while it runs."""
    generated_at: float
    running: bool
    """The month is not over."""
    rows: tuple[Row, ...]
    summary: Summary
    before: Summary | None
    """The end of the month before; ``None`` when nothing was recorded then."""
    coverage: float | None
    """Mean coverage of the sites that have an address."""
    gaps: tuple[Gap, ...]
    """Hours in which no site at all was looked at, merged."""
    hours: int
    """Whole hours of the month so far."""
    shard: Shard = WHOLE
    """Which part of the registry it is about."""

    @property
    def ranked(self) -> list[Row]:
        """Ranked rows, best first."""
        return sorted((row for row in self.rows if row.rank is not None), key=lambda row: row.rank or 0)

    @property
    def past_law(self) -> list[Row]:
        """Rows past the limit of the information law, oldest post first."""
        late = (row for row in self.rows if row.past_law)
        return sorted(late, key=lambda row: -(row.last_post_days or 0))
