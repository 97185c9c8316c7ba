"""One round of one site, from the exchange to the status."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.logs import get_logger
from opd_exporter.models import Check, ProbeResult, Reason, Status
from opd_exporter.pipeline.looks import Looks
from opd_exporter.pipeline.observation import answered_after, digest_of, result_of
from opd_exporter.pipeline.track import Track
from opd_exporter.state import Decision, decide
from opd_exporter.store import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.inspection import Inspection
    from opd_exporter.models import Exchange
    from opd_exporter.pipeline.network import NetworkWatch
    from opd_exporter.pipeline.observation import Observation
    from opd_exporter.probe import Prober
    from opd_exporter.registry import Registry
    from opd_exporter.state import Fleet, SiteState
    from opd_exporter.store import Remembered, Store

FROZEN_SECONDS = 900.0
"""How long statuses stay as they are while the monitor is cut off; after that nothing is known."""

MAX_WAIT_SECONDS = 540.0
"""How long a server that answers 429 is left alone at most: less than after which the monitor would count as stuck."""

MAX_DOUBTS = 3
"""Rounds of a silent site that are left unexplained while others answer between them."""

log = get_logger(__name__)


class Pipeline:
    """Runs rounds and keeps the working memory of every site.

    Args:
        fleet: Where the current values go.
        prober: Makes the exchanges.
        store: Keeps what must survive.
        watch: Tells a dead uplink from dead sites.
        now: The clock; ``check --as-of`` gives another instant.
        on_probe: Told how long each exchange took, in seconds.
    """

    def __init__(
        self,
        fleet: Fleet,
        prober: Prober,
        store: Store,
        watch: NetworkWatch,
        *,
        now: Callable[[], float] = clock.now,
        on_probe: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._fleet = fleet
        self._prober = prober
        self._store = store
        self._watch = watch
        self._now = now
        self._looks = Looks(fleet, prober, watch, now, on_probe)
        self._tracks: dict[str, Track] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def restore(self, registry: Registry, remembered: Mapping[str, Remembered]) -> None:
        """Take the sites of ``registry``, each with what the store remembers of it, and publish their states."""
        self._looks.adopt(registry)
        for site in registry.sites.values():
            memory = remembered.get(site.id)
            dates = self._store.publishing_dates(site.id) if memory else ()
            self._tracks[site.id] = Track.restore(site, memory, dates)
            self._publish(self._tracks[site.id])

    def adopt(self, registry: Registry) -> None:
        """Take a changed registry: kept sites keep what is known of them, unless their address changed."""
        self._fleet.adopt(registry)
        self._looks.adopt(registry)
        tracks = {}
        for site in registry.sites.values():
            track = self._tracks.get(site.id)
            if track is None or track.site.url != site.url:
                # What the old address sent is that address's: the day's sums go on from here.
                track = Track(site, counted_bytes=self._prober.received(site.id))
            track.site = site
            tracks[site.id] = track
        self._tracks = tracks
        for track in tracks.values():
            self._publish(track)

    def unread(self) -> set[str]:
        """Sites whose content was never read: their first round costs many times a later one."""
        return {site_id for site_id, track in self._tracks.items() if track.last_content_at is None}

    async def run(self, site_id: str, *, thorough: bool = False) -> SiteState | None:
        """One round of a site; never raises, and returns its new state (``None`` for a site that is gone).

        Args:
            site_id: Which site.
            thorough: Make the content check and the daily check now, due or not.
        """
        track = self._tracks.get(site_id)
        if track is None:
            return None
        async with self._locks.setdefault(site_id, asyncio.Lock()):
            try:
                if track.site.url is not None and (thorough or clock.monotonic() >= track.quiet_until):
                    await self._round(track, thorough=thorough)
            except Exception:
                # Whatever went wrong here says nothing about the site: its status stays, the probe is "unknown".
                log.exception("round failed; the site's status is left as it was", site=site_id)
                self._store.record_probe(track.site, self._now(), ProbeResult.UNKNOWN)
        return self._fleet.get(site_id)

    async def _round(self, track: Track, *, thorough: bool) -> None:
        seen = await self._looks.observe(track, thorough=thorough)
        first_seen_at, first_monotonic, first_end = seen.started_at, seen.started_monotonic, clock.monotonic()
        decision = self._decide(track, seen)
        # Asked before the second look too: what is silent now and answers then has proved that the uplink was broken.
        own_fault = await self._is_own_fault(track, seen, first_end)
        if decision.bad and decision.status is not track.status and not seen.exchange.is_unknown:
            await asyncio.sleep(track.site.confirm_after)
            again = decision.finding is not None and decision.finding.check is not Check.PROBE
            seen = await self._looks.observe(track, thorough=thorough, content=again)
            decision = self._decide(track, seen)
            own_fault = await self._is_own_fault(track, seen, first_end)
        if seen.exchange.is_unknown:
            log.warning("the site could not be asked", site=track.site.id, detail=seen.exchange.detail)
            track.unasked_since = track.unasked_since or first_monotonic
            self._freeze(track, seen, clock.monotonic() - track.unasked_since)
            return
        track.unasked_since = None
        if own_fault and self._may_doubt(track):
            silent_seconds = max(self._watch.offline_for(), self._watch.nameless_for())
            self._fleet.network_up = silent_seconds < track.site.probe_interval
            track.last_probe_at = seen.started_at
            self._freeze(track, seen, silent_seconds)
            return
        self._apply(track, seen, decision, first_seen_at if decision.bad else seen.started_at)

    def _decide(self, track: Track, seen: Observation) -> Decision:
        """What would be true if this look were believed."""
        standing = track.standing
        for finding in seen.findings:
            standing = standing.with_finding(finding)
        limit = track.freshness_limit(seen.started_at)
        return decide(standing, track.publishing, track.site, limit, seen.started_at)

    async def _is_own_fault(self, track: Track, seen: Observation, failed_at: float) -> bool:
        """Whether the monitor's own network may be why nothing answers.

        The end of the round's first look, ``failed_at``, counts: what answered while it ran may have done so before the
        uplink broke.
        """
        if not seen.network_failed:
            track.doubts = 0
            return False
        if seen.exchange.reason is Reason.DNS_TEMPORARY and await self._watch.is_nameless():
            return True
        return await self._watch.is_own_fault(failed_at, seen.started_monotonic)

    def _may_doubt(self, track: Track) -> bool:
        """Whether the failure of this round may be left unexplained.

        Where a firewall blocks the canaries and other sites are few, none of them may happen to answer just then. They
        do between the rounds, though: when that has happened often enough the site is to blame.
        """
        news = self._watch.heard_at > track.heard_before
        track.heard_before = self._watch.heard_at
        track.doubts += news
        return not news or track.doubts <= MAX_DOUBTS

    def _freeze(self, track: Track, seen: Observation, ignorant_seconds: float) -> None:
        """The monitor learns nothing: blame nobody, and after a while admit that nothing is known."""
        self._store.record_probe(track.site, seen.started_at, ProbeResult.UNKNOWN)
        track.readable = None
        if ignorant_seconds >= FROZEN_SECONDS and track.status is not Status.PENDING:
            before = (track.status, track.since)
            self._turn(track, Decision(Status.PENDING), seen.started_at)
            track.before_pending = before
        self._publish(track)

    def _apply(self, track: Track, seen: Observation, decision: Decision, began_at: float) -> None:
        """Believe a look: findings, posts, status, counters, memory."""
        self._fleet.network_up = True
        now = seen.started_at
        track.note_exchange(seen.exchange, now)
        track.quiet_until = _quiet_until(seen.exchange)
        for finding in seen.findings:
            track.standing = track.standing.with_finding(finding)
        if seen.inspection is not None:
            self._note_content(track, seen.inspection, seen.exchange, now)
        if seen.daily is not None:
            track.last_daily_at = now
        decision = decide(track.standing, track.publishing, track.site, track.freshness_limit(now), now)
        # Everything since the last round: bodies as transferred, second looks and content checks included.
        size = track.newly_received(self._prober.received(track.site.id))
        self._store.record_probe(track.site, now, result_of(decision), seconds=answered_after(seen.exchange), size=size)
        self._turn(track, decision, began_at)
        self._publish(track)

    def _note_content(self, track: Track, inspection: Inspection, exchange: Exchange, now: float) -> None:
        self._store.record_content_check(track.site, now)
        if inspection.reading is not None:
            track.note_reading(inspection.reading, now)
            self._store.save_posts(track.site.id, inspection.reading.posts, now)
            if inspection.reading.moved:
                # A clock that posed as a post must not come back as a publishing day after a restart.
                self._store.forget_posts(track.site.id, inspection.reading.disproves)
            self._store.save_memory(track.site.id, inspection.reading.memory.to_json())
        track.last_content_at = now
        track.digest = digest_of(exchange)

    def _turn(self, track: Track, decision: Decision, began_at: float) -> None:
        before = (track.status, track.reason)
        if track.turn(decision, began_at, self._now()):
            site_id = track.site.id
            change = Change(
                site_id, track.since, track.status, track.reason, evidence=track.evidence, readable=track.readable
            )
            self._store.record_change(change)
            log.info("status changed", site=site_id, before=before[0], now=track.status, reason=track.reason)

    def _publish(self, track: Track) -> None:
        site_id = track.site.id
        if site_id not in self._fleet:
            return
        self._store.save_state(track.remember())
        state = track.state(self._now(), self._fleet[site_id])
        received = self._prober.received(site_id)
        self._fleet.put(replace(state, probes_total=self._store.probes_total(site_id), received_bytes=received))


def _quiet_until(exchange: Exchange) -> float:
    """Monotonic seconds before which the server wants no request; only 429 counts.

    Such a site is ``blocked``, which is neither alive nor dead; a 503 is an outage whose end must not be missed.
    """
    if exchange.status != 429 or not exchange.retry_after:
        return 0.0
    return clock.monotonic() + min(exchange.retry_after, MAX_WAIT_SECONDS)
