"""What one look at a site said, before anything is believed."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.models import NETWORK_REASONS, TLS_TRUST_REASONS, ProbeResult, Status

if TYPE_CHECKING:
    from opd_exporter.inspection import Inspection
    from opd_exporter.models import Exchange, Finding
    from opd_exporter.state import Decision

NEAR: Final = 0.4
"""Part of an interval after which a check may come again; less than a half, since rounds come a little late."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look at a site said, before anything is believed."""

    exchange: Exchange
    started_at: float
    started_monotonic: float
    probe: Finding
    inspection: Inspection | None = None
    daily: Finding | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of this look."""
        content = self.inspection.finding if self.inspection else None
        return tuple(finding for finding in (self.probe, content, self.daily) if finding is not None)

    @property
    def network_failed(self) -> bool:
        """Whether nothing answered at network level, which the monitor's own uplink could also cause."""
        return self.exchange.reason in NETWORK_REASONS


def is_worth_reading(finding: Finding, exchange: Exchange) -> bool:
    """Whether the answer is the site's own page, so that content and posts can be read from it."""
    if exchange.reason is not None or not exchange.body:
        return False
    return finding.reason is None or finding.reason in TLS_TRUST_REASONS or finding.status is Status.COMPROMISED


def is_due(last: float | None, interval: float, now: float) -> bool:
    """Whether ``interval`` is over; a ``last`` in the future was taken from a clock that has been set back since."""
    return last is None or not 0 <= now - last < interval


def falls_due(site_id: str, last: float | None, interval: float, now: float) -> bool:
    """``is_due`` for checks that cost much: spread over the interval, however many sites were first read together.

    Every site has an instant of its own within the interval, from a hash of its id. A check that was made elsewhere is
    followed by one at that instant, or at the one opposite where the first is too near; the next but one is right. No
    wait is longer than the interval, and none shorter than ``NEAR`` of it.
    """
    if last is None or is_due(last, interval, now):
        return True
    phase = zlib.crc32(f"content of {site_id}".encode()) / 2**32 * interval
    wait = interval - (last - phase) % interval
    return now - last >= (wait if wait >= NEAR * interval else wait + interval / 2)


def digest_of(exchange: Exchange) -> bytes:
    """Tells whether a page is the same as before."""
    return hashlib.sha256(exchange.body).digest()


def answered_after(exchange: Exchange) -> float | None:
    """Response time in seconds, where there was a response."""
    return exchange.seconds if exchange.status is not None else None


def result_of(decision: Decision) -> ProbeResult:
    """What the probe counts as."""
    if decision.status is Status.BLOCKED:
        return ProbeResult.BLOCKED
    if decision.readable is None:
        return ProbeResult.UNKNOWN
    return ProbeResult.UP if decision.readable else ProbeResult.DOWN
