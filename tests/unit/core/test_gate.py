"""How many content checks may begin in a second."""

from __future__ import annotations

from dataclasses import replace

from opd_exporter.pipeline.gate import BURST_SECONDS, LEAST_PER_SECOND, Gate
from support.fleet import many


def admitted(gate: Gate, start: float, seconds: float, per_second: int) -> int:
    """How many of ``per_second`` requests a second get through."""
    steps = int(seconds * per_second)
    return sum(gate.admit(start + step / per_second) for step in range(steps))


def test_a_start_is_let_through_at_the_least_rate() -> None:
    """A thousand that come at once: a burst, then the rate; nothing is lost after a pause."""
    gate = Gate()
    assert sum(gate.admit(100.0) for _ in range(1_000)) == LEAST_PER_SECOND * BURST_SECONDS
    assert abs(admitted(gate, 100.0, 10, 500) - 10 * LEAST_PER_SECOND) <= 1
    assert sum(gate.admit(500.0) for _ in range(1_000)) == LEAST_PER_SECOND * BURST_SECONDS


def test_the_rate_never_stretches_the_interval_of_a_large_registry() -> None:
    """Thirty thousand sites that are due every 900 s need 33 a second, and get more."""
    gate = Gate()
    site = next(state.site for state in many(2) if state.site.url)
    gate.adopt([replace(site, content_interval=900.0)] * 30_000)
    assert admitted(gate, 0.0, 60, 100) / 60 > 30_000 / 900


def test_a_clock_that_stands_still_lets_nothing_more_through() -> None:
    """Time that goes back or stands still fills no bucket."""
    gate = Gate()
    while gate.admit(100.0):
        pass
    assert not gate.admit(100.0)
    assert not gate.admit(50.0)
