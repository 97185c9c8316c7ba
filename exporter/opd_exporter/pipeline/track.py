"""What the pipeline knows of one site between two rounds, and how it becomes a state, a memory and back."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opd_exporter import cadence, clock
from opd_exporter.freshness import Memory
from opd_exporter.models import Check, Folded, Status
from opd_exporter.state import Decision, ProbeFacts, Publishing, SiteState, Standing
from opd_exporter.store import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from opd_exporter.freshness import Reading
    from opd_exporter.models import Candidate, Evidence, Exchange, Finding, Post, Reason, TlsFacts
    from opd_exporter.pipeline.familiar import Familiar
    from opd_exporter.registry import Site

UNDATED_AFTER_SECONDS = 7 * 86_400.0
"""How long a site may show no date as new as the newest known before that date stops counting."""


@dataclass(slots=True)
class Track:
    """The working memory of one site; only the pipeline touches it."""

    site: Site
    standing: Standing = field(default_factory=Standing)
    status: Status = Status.PENDING
    reason: Reason | None = None
    since: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    readable: bool | None = None
    probe: ProbeFacts | None = None
    tls: TlsFacts | None = None
    publishing: Publishing = field(default_factory=Publishing)
    dates: tuple[date, ...] = ()
    """Distinct publishing days, oldest first."""
    folded_memory: bytes = b""
    candidates: Sequence[Candidate] = ()
    digest: bytes = b""
    """Of the home page at the last content check that parsed it."""
    familiar: Familiar | None = None
    """The last answer in which nothing was wrong: the same answer is not judged again."""
    last_probe_at: float | None = None
    last_content_at: float | None = None
    last_daily_at: float | None = None
    unproven_since: float | None = None
    """Since when content checks have shown nothing as new as the newest known post."""
    doubts: int = 0
    """Rounds of silence in a row that were left unexplained though other sites answered between them."""
    heard_before: float = float("-inf")
    """Monotonic seconds: the last answer of any site, when this one was doubted last."""
    unasked_since: float | None = None
    """Monotonic seconds since which the monitor itself could not ask (its proxy is away, no descriptors are left)."""
    refusal: Finding | None = None
    """What a second, browser-like request said of a server that refuses the monitor; ``None`` while it does not."""
    quiet_until: float = 0.0
    """Monotonic seconds before which the server has asked not to be asked again (429 with Retry-After)."""
    before_pending: tuple[Status, float] | None = None
    """Status and its beginning before the monitor was cut off."""
    counted_bytes: int = 0
    """How much of what the prober received for this site already stands in the sums of a day."""

    @classmethod
    def restore(cls, site: Site, remembered: Remembered | None, dates: Iterable[date] = ()) -> Track:
        """The track of a site as the store remembers it; a fresh one when its address has changed since."""
        track = cls(site)
        if remembered is None or remembered.extra.get("url") != site.url:
            return track
        extra = remembered.extra
        clean_runs = {Check(name): int(runs) for name, runs in extra.get("clean_runs", {}).items()}
        latest = dict(remembered.findings)
        compromises = {
            Check(name): latest[Check(name)] for name in extra.get("compromised", ()) if Check(name) in latest
        }
        track.standing = Standing(latest, compromises, clean_runs)
        track.status, track.reason, track.since = remembered.status, remembered.reason, remembered.since
        track.evidence, track.readable, track.tls = remembered.evidence, remembered.readable, remembered.tls
        track.publishing = Publishing(
            last_post=remembered.last_post,
            dated=remembered.dated,
            known_since=remembered.known_since,
            new_content_since=remembered.new_content_since,
        )
        track.memory = Memory.from_json(remembered.memory or {})
        track.dates = tuple(dates)
        track.last_probe_at = remembered.last_probe_at
        track.last_content_at = remembered.last_content_at
        track.last_daily_at = remembered.last_daily_at
        track.unproven_since = extra.get("unproven_since")
        return track

    @property
    def memory(self) -> Memory:
        """What the freshness engine learned; kept folded, since only content checks ask for it."""
        return Memory.from_json(json.loads(zlib.decompress(self.folded_memory))) if self.folded_memory else Memory()

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self.folded_memory = zlib.compress(json.dumps(memory.to_json()).encode(), 1)

    def newly_received(self, received: int) -> int:
        """Bytes since the last call, of a count that only grows; the prober forgets it when a site leaves."""
        new = received - self.counted_bytes if received >= self.counted_bytes else received
        self.counted_bytes = received
        return new

    def remember(self) -> Remembered:
        """What the store must keep, so that a restart loses nothing."""
        return Remembered(
            site_id=self.site.id,
            status=self.status,
            reason=self.reason,
            since=self.since,
            evidence=self.evidence,
            readable=self.readable,
            findings=self.standing.effective,
            last_post=self.publishing.last_post,
            dated=self.publishing.dated,
            known_since=self.publishing.known_since,
            new_content_since=self.publishing.new_content_since,
            tls=self.tls,
            last_probe_at=self.last_probe_at,
            last_content_at=self.last_content_at,
            last_daily_at=self.last_daily_at,
            extra={
                "url": self.site.url,
                "clean_runs": {check.value: runs for check, runs in self.standing.clean_runs.items()},
                "compromised": [check.value for check in self.standing.compromises],
                "unproven_since": self.unproven_since,
            },
        )

    def state(self, now: float, previous: SiteState) -> SiteState:
        """The value that the views read."""
        return replace(
            previous,
            site=self.site,
            status=self.status,
            reason=self.reason,
            since=self.since,
            evidence=self.evidence,
            readable=self.readable,
            probe=self.probe,
            tls=self.tls,
            findings=self.standing.effective,
            publishing=self.publishing,
            freshness_limit=self.freshness_limit(now),
            candidates=self.candidates,
            last_probe_at=self.last_probe_at,
            last_content_at=self.last_content_at,
        )

    def freshness_limit(self, now: float) -> float:
        """The effective limit in seconds at ``now``."""
        return cadence.freshness_limit_seconds(self.site, clock.as_datetime(now, self.site.timezone))

    def note_exchange(self, exchange: Exchange, at: float) -> None:
        """Keep what the exchange measured; certificate facts outlive an exchange that learned none."""
        self.probe = ProbeFacts.of(exchange)
        self.last_probe_at = at
        if exchange.tls is not None and (exchange.tls.not_after is not None or self.tls is None):
            self.tls = exchange.tls

    def note_reading(self, reading: Reading, now: float) -> None:
        """Take over what a content check read of the posts."""
        self.candidates = Folded(reading.candidates) if reading.candidates else self.candidates
        known: Post | None = self.publishing.last_post
        newest = reading.newest
        if known is not None and reading.disproves(known):
            known = None
        if newest is not None and (known is None or newest.published_at >= known.published_at):
            self.unproven_since = None
            last_post: Post | None = newest
            dated = True
        else:
            if self.unproven_since is None or self.unproven_since > now:
                self.unproven_since = now
            expired = now - self.unproven_since >= UNDATED_AFTER_SECONDS
            last_post, dated = (newest, True) if expired and newest is not None else (known, not expired)
        new_content_since = self.publishing.new_content_since
        memory = self.memory
        if reading.new_article_urls and memory.article_urls:
            new_content_since = now
        if reading.memory != memory:
            self.memory = reading.memory
        void = reading.disproved_dates
        self.dates = tuple(sorted({*self.dates, *(post.published_at.date() for post in reading.posts)} - void))
        today = clock.as_datetime(now, self.site.timezone).date()
        last_seen = None
        if self.last_content_at is not None:
            last_seen = (
                today if reading.unchanged else clock.as_datetime(self.last_content_at, self.site.timezone).date()
            )
        self.publishing = replace(
            self.publishing,
            last_post=last_post,
            dated=dated,
            new_content_since=new_content_since,
            known_since=cadence.extend_window(self.publishing.known_since, last_seen, reading.posts, today),
        )
        self.measure(now)

    def measure(self, now: float) -> None:
        """Work out the cadence anew; it moves with the days even when no post comes."""
        local = clock.as_datetime(now, self.site.timezone)
        measured = cadence.measure(self.dates, self.site, local, self.publishing.known_since)
        self.publishing = replace(
            self.publishing,
            publishing_dates_30d=measured.publishing_dates_30d,
            publishing_dates_90d=measured.publishing_dates_90d,
            longest_gap=measured.longest_gap,
            cadence=measured.cadence,
        )

    def turn(self, decision: Decision, at: float, now: float) -> bool:
        """Take a decision; true when the status or its reason changed.

        Args:
            decision: What is true now.
            at: Unix seconds at which the round that says so began.
            now: Unix seconds.
        """
        changed = decision.status is not self.status or decision.reason is not self.reason
        if decision.status is not self.status or not self.since:
            self.since = self._began(decision.status, at, now)
        self.status, self.reason = decision.status, decision.reason
        self.evidence, self.readable = decision.evidence, decision.readable
        if decision.status is not Status.PENDING:
            self.before_pending = None
        return changed

    def _began(self, status: Status, at: float, now: float) -> float:
        """When ``status`` began: at this round, or when the newest post grew too old."""
        if self.before_pending is not None and self.before_pending[0] is status:
            return self.before_pending[1]
        post = self.publishing.last_post
        was_dated = self.status in {Status.PENDING, Status.ACTIVE, Status.LATE, Status.DORMANT}
        if post is None or not was_dated or status not in {Status.LATE, Status.DORMANT}:
            return at
        limit = self.site.dormant_after if status is Status.DORMANT else self.freshness_limit(now)
        return min(at, post.published_at.timestamp() + limit)
