"""The values that go into the store and come out of it: frozen, and free of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from opd_exporter.models import ProbeResult, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from opd_exporter.models import Check, Evidence, Finding, Post, Reason, TlsFacts


class StoreError(Exception):
    """The store cannot be used; the message says which file, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a restart must give back for one site: the current truth, not its history."""

    site_id: str
    status: Status = Status.PENDING
    reason: Reason | None = None
    since: float = 0.0
    """Unix seconds at which the status began."""
    evidence: tuple[Evidence, ...] = ()
    readable: bool | None = None
    """``opd_site_up``; ``None`` while blocked, pending or offline."""
    findings: Mapping[Check, Finding] = field(default_factory=lambda: MappingProxyType({}))
    """The last finding of each check."""
    last_post: Post | None = None
    """Newest credible post ever known."""
    dated: bool = True
    known_since: date | None = None
    """First day of the window of posts that was really seen."""
    new_content_since: float | None = None
    tls: TlsFacts | None = None
    last_probe_at: float | None = None
    last_content_at: float | None = None
    last_daily_at: float | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """JSON values of the pipeline that the store does not look into (counts of clean runs, times of undated checks)."""
    memory: Mapping[str, Any] | None = None
    """The freshness engine's own JSON as last given to ``Store.save_memory``; only set by ``Store.load``."""
    probes_total: Mapping[ProbeResult, int] = field(default_factory=lambda: MappingProxyType({}))
    """Probes ever made, by result; kept by ``Store.record_probe`` and only set by ``Store.load``."""


@dataclass(frozen=True, slots=True)
class Change:
    """A site's status became ``status`` at ``at``."""

    site_id: str
    at: float
    """Unix seconds."""
    status: Status
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()
    readable: bool | None = None
    """What ``opd_site_up`` became; ``None`` when that is not known."""

    @property
    def unreadable(self) -> bool:
        """Whether citizens could not read the site from here on: an outage."""
        return self.status is Status.DOWN or (self.status is Status.COMPROMISED and self.readable is False)


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A credible post and when the monitor saw it first."""

    post: Post
    first_seen: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class DaySums:
    """Sums of one site over one of its local days."""

    site_id: str
    day: date
    up: int = 0
    down: int = 0
    blocked: int = 0
    unknown: int = 0
    response_count: int = 0
    response_seconds_sum: float = 0.0
    response_seconds_max: float = 0.0
    bytes_total: int = 0
    content_checks: int = 0
    hours: int = 0
    """Bit mask of the local hours (bit 0 = 00.00-00.59) in which at least one probe was made: the coverage."""

    @property
    def probes(self) -> int:
        """All probes of the day."""
        return self.up + self.down + self.blocked + self.unknown


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Whether what is recorded reaches the disk; a value for metrics and the log."""

    failing: bool = False
    """Writes fail at the moment; they are kept in memory and retried."""
    degraded: bool = False
    """The file was damaged and history was begun anew in this run."""
    error: str = ""
    """Last failure, short."""
    last_commit_at: float | None = None
    """Unix seconds of the last successful commit of this run."""
    dropped: int = 0
    """Status changes and posts given up because writes failed for too long (memory is bounded)."""
