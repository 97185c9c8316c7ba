"""So many further requests a minute to one address."""

from __future__ import annotations

import asyncio
import time

from opd_exporter.probe.limits import Pace


async def test_a_burst_goes_and_the_rest_waits_in_order() -> None:
    """Five at once of 1,200 a minute, then one in 50 ms, first come first served."""
    pace, order = Pace(1_200, 5), []
    began = time.monotonic()

    async def ask(number: int) -> float:
        waited = await pace.turn("192.0.2.1")
        order.append(number)
        return waited

    waited = await asyncio.gather(*(ask(number) for number in range(15)))
    assert order == list(range(15))
    assert waited[:5] == [0.0] * 5
    assert time.monotonic() - began >= 10 * 0.05 - 0.01
    assert all(abs(seconds - (number - 4) * 0.05) < 0.25 for number, seconds in enumerate(waited) if number > 4)


async def test_addresses_do_not_wait_for_each_other() -> None:
    """Another address has a pace of its own, and a pause gives the burst back."""
    pace = Pace(600, 1)
    assert await pace.turn("192.0.2.1") == 0.0
    assert await pace.turn("192.0.2.2") == 0.0
    await asyncio.sleep(0.15)
    assert await pace.turn("192.0.2.1") == 0.0


async def test_addresses_that_owe_nothing_are_forgotten(monkeypatch) -> None:
    """Whatever sites link to, the memory stays small."""
    monkeypatch.setattr("opd_exporter.probe.limits.MAX_KEYS", 10)
    pace = Pace(60_000, 1)
    for number in range(100):
        await pace.turn(f"192.0.2.{number}")
        await asyncio.sleep(0.002)
    assert len(pace._next) <= 12


async def test_no_minute_has_more_than_the_rate(monkeypatch) -> None:
    """Whenever it is asked, after a pause too: any window of sixty seconds holds at most the rate."""
    now, served = 1_000.0, []

    async def sleep(seconds: float) -> None:
        served.append(now + seconds)

    monkeypatch.setattr("opd_exporter.probe.limits.monotonic", lambda: now)
    monkeypatch.setattr("opd_exporter.probe.limits.asyncio.sleep", sleep)
    pace = Pace.of(120)
    for burst in (5, 300, 1, 200, 80):
        for _ in range(burst):
            before = len(served)
            await pace.turn("192.0.2.1")
            if len(served) == before:
                served.append(now)
        now = max(now, *served) + 7.0
    assert len(served) == 586
    assert max(sum(start <= at < start + 60 for at in served) for start in served) <= 120


async def test_room_is_what_comes_without_waiting(monkeypatch) -> None:
    """Room for as many as the burst has left, and for a whole reading even where the burst is smaller than that."""
    now = 1_000.0
    monkeypatch.setattr("opd_exporter.probe.limits.monotonic", lambda: now)
    pace = Pace(610, 10)
    assert pace.has_room("192.0.2.1", 8)
    await pace.turn("192.0.2.1")
    assert pace.has_room("192.0.2.1", 8)
    await pace.turn("192.0.2.1")
    await pace.turn("192.0.2.1")
    assert not pace.has_room("192.0.2.1", 8)
    assert pace.has_room("192.0.2.2", 8)
    now += 0.11
    assert pace.has_room("192.0.2.1", 8)
    assert Pace(600, 3).has_room("192.0.2.1", 8)
