"""One look at a site: the exchange, the cheap rules, and the slower checks when they are due and there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.inspection import Inspection, inspect
from opd_exporter.logs import get_logger
from opd_exporter.models import Check, Status
from opd_exporter.pipeline.familiar import Familiar, fingerprint_of
from opd_exporter.pipeline.gate import Gate
from opd_exporter.pipeline.observation import Observation, digest_of, falls_due, is_due, is_worth_reading
from opd_exporter.probe.limits import Slots
from opd_exporter.verdict import REFUSALS, follow_client_redirects, judge_daily, judge_probe, judge_refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.models import Exchange, Finding
    from opd_exporter.page import Page
    from opd_exporter.pipeline.network import NetworkWatch
    from opd_exporter.pipeline.track import Track
    from opd_exporter.probe import Prober
    from opd_exporter.registry import Registry, Site
    from opd_exporter.state import Fleet

DAILY_SECONDS = 86_400.0

FIRST_READINGS = 6
"""Sites of one server that are read for the first time at once: each holds its parsed page, 1.6 MiB, while its further
requests wait for the server's pace, and hundreds of new ones may share a server."""

log = get_logger(__name__)


class Looks:
    """Looks at sites, each as thoroughly as is due; believes nothing yet.

    Args:
        fleet: Whose registry says whether there is a daily check.
        prober: Makes the exchanges.
        watch: Told of every answer.
        now: The clock.
        on_probe: Told how long each exchange took, in seconds.
    """

    def __init__(
        self,
        fleet: Fleet,
        prober: Prober,
        watch: NetworkWatch,
        now: Callable[[], float],
        on_probe: Callable[[float], None],
    ) -> None:
        self._fleet = fleet
        self._prober = prober
        self._watch = watch
        self._now = now
        self._on_probe = on_probe
        self._gate = Gate()
        self._first_readings = Slots(FIRST_READINGS)

    def adopt(self, registry: Registry) -> None:
        """Fit the pace of content checks to the sites of ``registry``."""
        self._gate.adopt(registry.sites.values())

    async def observe(self, track: Track, *, thorough: bool, content: bool = False) -> Observation:
        """One look: the exchange, the cheap rules, and the slower checks when they are due."""
        site = track.site
        started_at, started_monotonic = self._now(), clock.monotonic()
        exchange, finding = await self._probe(track, started_at)
        seen = Observation(exchange, started_at, started_monotonic, finding)
        if not seen.network_failed and not exchange.is_unknown:
            self._watch.heard()
        if not is_worth_reading(seen.probe, exchange):
            return seen
        if not (thorough or content or self._content_due(track, exchange, started_at)):
            return seen
        if thorough or content or track.last_content_at is not None:
            return await self._read(track, seen, thorough=thorough)
        async with self._first_readings.hold(self._prober.server_of(site.id)) as waited:
            if waited > site.probe_interval:
                # The answer has grown old in the line.
                return await self.observe(track, thorough=thorough, content=True)
            return await self._read(track, seen, thorough=thorough)

    async def _read(self, track: Track, seen: Observation, *, thorough: bool) -> Observation:
        """``seen`` with the content check, and with the daily one when that is due."""
        exchange, now = seen.exchange, seen.started_at
        # Asked before the reading, which takes its own share of the server's pace.
        daily = thorough or self._daily_due(track, now)
        inspection = await self._inspect(track, exchange, now)
        if inspection is None or not daily:
            return replace(seen, inspection=inspection)
        found = await self._look_again(track.site, exchange, inspection.page, now)
        return replace(seen, inspection=inspection, daily=found)

    async def _probe(self, track: Track, now: float) -> tuple[Exchange, Finding]:
        """The exchange at which a reader ends, and what the cheap rules say of it."""
        site = track.site
        exchange = await self._prober.get(site)
        self._on_probe(exchange.seconds)
        fingerprint = fingerprint_of(exchange)
        if track.familiar is not None and track.familiar.matches(site, fingerprint):
            track.refusal = None
            return exchange, replace(track.familiar.finding, at=now)
        fetch = self._prober.fetcher(site, part_of_probe=True)
        answered, exchange = exchange, await follow_client_redirects(site, exchange, fetch)
        finding = judge_probe(site, exchange)
        is_plain = fingerprint is not None and finding.reason is None and exchange is answered
        track.familiar = Familiar(site, fingerprint, finding) if is_plain and fingerprint else None
        if finding.status is Status.DOWN and exchange.status in REFUSALS:
            # Asked again only now and then: a site that refuses us must not get two requests a minute for it.
            if track.refusal is None or is_due(track.refusal.at, site.content_interval, now):
                track.refusal = replace(await judge_refusal(site, exchange, fetch) or finding, at=now)
            finding = track.refusal
        else:
            track.refusal = None
        return exchange, replace(finding, at=now)

    def _content_due(self, track: Track, exchange: Exchange, now: float) -> bool:
        if falls_due(track.site.id, track.last_content_at, track.site.content_interval, now):
            # A site of which nothing is known is never turned away: the schedule itself paces those. Others come again
            # with their next round rather than stand in the line of a busy server and miss that round.
            return track.last_content_at is None or (
                self._prober.has_room(track.site.id) and self._gate.admit(clock.monotonic())
            )
        finding = track.standing.effective.get(Check.CONTENT)
        # A bad finding is looked at again as soon as the page changes: a repaired site must not wait for its turn.
        return finding is not None and finding.status is not None and digest_of(exchange) != track.digest

    def _daily_due(self, track: Track, now: float) -> bool:
        enabled = self._fleet.registry.cloaking_check
        due = enabled and falls_due(track.site.id, track.last_daily_at, DAILY_SECONDS, now)
        return due and self._prober.has_room(track.site.id)

    async def _inspect(self, track: Track, exchange: Exchange, now: float) -> Inspection | None:
        """The content check; ``None`` when it broke, which must not cost the probe its own finding."""
        local = clock.as_datetime(now, track.site.timezone)
        known = track.standing.latest.get(Check.CONTENT) if digest_of(exchange) == track.digest else None
        try:
            return await inspect(track.site, exchange, self._prober.fetcher(track.site), local, track.memory, known)
        except Exception:
            log.exception("content check failed; what was known of the posts is kept", site=track.site.id)
            return None

    async def _look_again(self, site: Site, exchange: Exchange, page: Page, now: float) -> Finding | None:
        """The daily check; ``None`` when it broke."""
        try:
            finding = await judge_daily(site, exchange, page, self._prober.fetcher(site), self._prober.resolve)
        except Exception:
            log.exception("daily check failed; its last finding is kept", site=site.id)
            return None
        return replace(finding, at=now)
