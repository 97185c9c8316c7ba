"""What is true now: one immutable value per site, and the rule that turns findings and dates into a status.

Views (metrics, web, report, check) read these values and nothing else of the running program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from opd_exporter.models import Cadence, Candidate, Check, Evidence, Finding, Hop, Phases, ProbeResult, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from opd_exporter.models import Exchange, Post, TlsFacts
    from opd_exporter.registry import Registry, Site

PRECEDENCE = (Status.COMPROMISED, Status.DOWN, Status.BLOCKED)


@dataclass(frozen=True, slots=True)
class ProbeFacts:
    """What the last exchange measured, without its body."""

    at: float
    seconds: float
    phases: Phases
    http_status: int | None
    redirects: int
    bytes: int
    address: str | None
    tls: TlsFacts | None
    http_version: str
    final_url: str
    hops: tuple[Hop, ...]
    detail: str = ""

    @classmethod
    def of(cls, exchange: Exchange) -> ProbeFacts:
        """The facts of ``exchange`` that outlive it."""
        return cls(
            at=exchange.started_at + exchange.seconds,
            seconds=exchange.seconds,
            phases=exchange.phases,
            http_status=exchange.status,
            redirects=exchange.redirects,
            bytes=len(exchange.body),
            address=exchange.address,
            tls=exchange.tls,
            http_version=exchange.http_version,
            final_url=exchange.final_url,
            hops=exchange.hops,
            detail=exchange.detail,
        )


@dataclass(frozen=True, slots=True)
class Publishing:
    """How a site publishes: its newest post and its measured cadence. ``None`` is "not known"."""

    last_post: Post | None = None
    """Newest credible post; kept while the site is down, and over restarts."""
    dated: bool = True
    """False when the site has shown no credible date for 7 days: ``last_post`` is then history, not evidence."""
    publishing_dates_30d: int | None = None
    publishing_dates_90d: int | None = None
    longest_gap: float | None = None
    """Seconds; longest gap between distinct publishing days that ends in the last 90 days."""
    cadence: Cadence | None = None
    known_since: date | None = None
    """First day of the window that was really seen."""
    new_content_since: float | None = None
    """For undated sites: when a same-host article URL was last seen for the first time."""


@dataclass(frozen=True, slots=True)
class SiteState:
    """Everything that is true of one site now."""

    site: Site
    status: Status = Status.PENDING
    reason: Reason | None = None
    since: float = 0.0
    """Unix seconds at which the current status began."""
    evidence: tuple[Evidence, ...] = ()
    """Of the finding that decides the status."""
    readable: bool | None = None
    """``opd_site_up``: ``None`` while blocked, pending or the monitor is offline."""
    probe: ProbeFacts | None = None
    tls: TlsFacts | None = None
    """The last known certificate facts; outlive a failed handshake."""
    findings: Mapping[Check, Finding] = field(default_factory=lambda: MappingProxyType({}))
    publishing: Publishing = field(default_factory=Publishing)
    freshness_limit: float = 0.0
    """Seconds; the effective limit at the moment (working days included)."""
    candidates: tuple[Candidate, ...] = ()
    """Every date considered at the last content check that parsed something."""
    uptime: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """``1d``, ``7d``, ``30d`` -> 0..1; a window without known time is absent."""
    last_probe_at: float | None = None
    last_content_at: float | None = None
    probes_total: Mapping[ProbeResult, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole fleet at one instant, in the order of the registry."""

    at: float
    registry: Registry
    sites: Mapping[str, SiteState]
    network_up: bool = True

    def count(self, status: Status) -> int:
        """How many sites have ``status``."""
        return sum(1 for state in self.sites.values() if state.status is status)
