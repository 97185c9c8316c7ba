"""What is true now: one immutable value per site, and the rule that turns findings and dates into a status.

Views (metrics, web, report, check) read these values and nothing else of the running program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from opd_exporter.models import (
    Cadence,
    Candidate,
    Check,
    Evidence,
    Finding,
    Hop,
    Phases,
    ProbeResult,
    Reason,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from opd_exporter.models import Exchange, Post, TlsFacts
    from opd_exporter.registry import Registry, Site

PRECEDENCE = (Status.COMPROMISED, Status.DOWN, Status.BLOCKED)
"""Bad statuses, worst first; the four statuses by post date come after them."""
CLEAN_RUNS_TO_CLEAR = 2
"""How many clean runs of the same check end a compromise: kits hide from some of the requests."""


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
    candidates: Sequence[Candidate] = ()
    """Every date considered at the last content check that parsed something."""
    uptime: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """``1d``, ``7d``, ``30d`` -> 0..1; a window without known time is absent."""
    last_probe_at: float | None = None
    last_content_at: float | None = None
    probes_total: Mapping[ProbeResult, int] = field(default_factory=lambda: MappingProxyType({}))
    received_bytes: int = 0
    """What all requests to the site brought since the exporter started, as transferred."""


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


@dataclass(frozen=True, slots=True)
class Standing:
    """The findings that hold now: the latest of each check, and the compromises that no check has cleared yet."""

    latest: Mapping[Check, Finding] = field(default_factory=lambda: MappingProxyType({}))
    compromises: Mapping[Check, Finding] = field(default_factory=lambda: MappingProxyType({}))
    clean_runs: Mapping[Check, int] = field(default_factory=lambda: MappingProxyType({}))
    """Clean runs since the compromise of that check was last seen."""

    def with_finding(self, finding: Finding) -> Standing:
        """This standing after one more run of a check.

        A compromise ends only after ``CLEAN_RUNS_TO_CLEAR`` clean runs of the check that found it; a run that saw no
        page (down, blocked) is not a clean one.
        """
        check = finding.check
        compromises = dict(self.compromises)
        clean_runs = dict(self.clean_runs)
        if finding.status is Status.COMPROMISED:
            compromises[check] = finding
            clean_runs.pop(check, None)
        elif check in compromises and finding.reason is None:
            clean_runs[check] = clean_runs.get(check, 0) + 1
            if clean_runs[check] >= CLEAN_RUNS_TO_CLEAR:
                del compromises[check], clean_runs[check]
        return Standing({**self.latest, check: finding}, compromises, clean_runs)

    def without(self, check: Check) -> Standing:
        """This standing without what ``check`` said last (its compromise, if any, stays)."""
        return Standing({c: f for c, f in self.latest.items() if c is not check}, self.compromises, self.clean_runs)

    @property
    def effective(self) -> Mapping[Check, Finding]:
        """One finding per check: its uncleared compromise, else its latest."""
        return {**self.latest, **self.compromises}

    @property
    def worst(self) -> Finding | None:
        """The bad finding that decides the status, or ``None``."""
        bad = [finding for finding in self.effective.values() if finding.status is not None]
        return min(bad, key=lambda finding: (PRECEDENCE.index(finding.status or Status.DOWN), finding.at), default=None)

    @property
    def readable(self) -> bool | None:
        """Whether a citizen reads the site's own content now; ``None`` when nothing is known."""
        probe = self.latest.get(Check.PROBE)
        if probe is None or probe.status is Status.BLOCKED:
            return None
        findings = self.effective.values()
        return all(finding.readable and finding.status is not Status.DOWN for finding in (probe, *findings))


def status_by_date(publishing: Publishing, freshness_limit: float, dormant_after: float, now: float) -> Status:
    """The status of a readable site from its newest credible post.

    Args:
        publishing: What is known of its posts.
        freshness_limit: Seconds after which it is ``late``.
        dormant_after: Seconds after which it is ``dormant``.
        now: Unix seconds.
    """
    post = publishing.last_post
    if post is None or not publishing.dated:
        return Status.UNDATED
    age = max(0.0, now - post.published_at.timestamp())
    if age > dormant_after:
        return Status.DORMANT
    return Status.LATE if age > freshness_limit else Status.ACTIVE


def decide(standing: Standing, publishing: Publishing, site: Site, freshness_limit: float, now: float) -> Decision:
    """The status that follows from the findings and the dates: the worst finding first, then the newest post."""
    if site.url is None or Check.PROBE not in standing.latest:
        return Decision(Status.PENDING)
    worst = standing.worst
    if worst is not None and worst.status is not None:
        readable = None if worst.status is Status.BLOCKED else standing.readable
        return Decision(worst.status, worst.reason, worst.evidence, readable=readable, finding=worst)
    status = status_by_date(publishing, freshness_limit, site.dormant_after, now)
    return Decision(status, readable=standing.readable)


@dataclass(frozen=True, slots=True)
class Decision:
    """A status with its reason and evidence."""

    status: Status
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()
    readable: bool | None = None
    finding: Finding | None = None

    @property
    def bad(self) -> bool:
        """Whether this is a status that one more probe must confirm before it is believed."""
        return self.status in PRECEDENCE


class Fleet:
    """The current value of every site; replaced site by site, read as a whole."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.network_up = True
        self._states: dict[str, SiteState] = {}
        self.adopt(registry)

    def adopt(self, registry: Registry) -> None:
        """Take a new registry: states of kept sites stay, removed sites vanish, new ones begin ``pending``."""
        self.registry = registry
        self._states = {
            site.id: replace(self._states[site.id], site=site) if site.id in self._states else SiteState(site)
            for site in registry.sites.values()
        }

    def __getitem__(self, site_id: str) -> SiteState:
        """The state of one site.

        Raises:
            KeyError: The site is not (or no longer) in the registry.
        """
        return self._states[site_id]

    def get(self, site_id: str) -> SiteState | None:
        """The state of one site, or ``None`` when it is not in the registry."""
        return self._states.get(site_id)

    def __contains__(self, site_id: object) -> bool:
        return site_id in self._states

    def put(self, state: SiteState) -> None:
        """Replace the state of one site; a site that left the registry meanwhile is ignored."""
        if state.site.id in self._states:
            self._states[state.site.id] = state

    def snapshot(self, at: float) -> Snapshot:
        """The whole fleet at the instant ``at`` (Unix seconds)."""
        return Snapshot(at, self.registry, MappingProxyType(dict(self._states)), self.network_up)
