"""Whose fault it is that nothing answers."""

import asyncio

from opd_exporter import clock
from opd_exporter.pipeline import NetworkWatch


def watch(*, canaries_alive: bool, has_canaries: bool = True) -> tuple[NetworkWatch, list[int]]:
    """A watch whose canaries answer as told, and the list of times they were asked."""
    asked: list[int] = []

    async def ask() -> bool:
        asked.append(1)
        await asyncio.sleep(0)
        return canaries_alive

    return NetworkWatch(ask, has_canaries=has_canaries), asked


async def test_silence_everywhere_is_the_monitors_own_fault() -> None:
    """No site and no canary answers: nobody else is blamed."""
    silent, _ = watch(canaries_alive=False)
    assert await silent.is_own_fault(clock.monotonic(), clock.monotonic()) is True
    assert silent.offline_for() >= 0


async def test_a_living_canary_blames_the_site() -> None:
    """The uplink works, so the site is down."""
    connected, _ = watch(canaries_alive=True)
    assert await connected.is_own_fault(clock.monotonic(), clock.monotonic()) is False
    assert connected.offline_for() == 0


async def test_blocked_canaries_change_nothing_while_sites_answer() -> None:
    """A firewall that blocks the canaries alone must not hide a dead site."""
    walled, _ = watch(canaries_alive=False)
    failing_since = clock.monotonic()
    walled.heard()
    assert await walled.is_own_fault(failing_since, failing_since) is False


async def test_an_answer_ends_the_silence() -> None:
    """One site that answers again is proof enough."""
    silent, _ = watch(canaries_alive=False)
    assert await silent.is_own_fault(clock.monotonic(), clock.monotonic())
    await asyncio.sleep(0.01)
    assert silent.offline_for() > 0
    silent.heard()
    assert silent.offline_for() == 0


async def test_without_canaries_sites_are_blamed() -> None:
    """An empty list switches the check off."""
    plain, asked = watch(canaries_alive=False, has_canaries=False)
    assert await plain.is_own_fault(clock.monotonic(), clock.monotonic()) is False
    assert not asked


async def test_a_storm_of_failures_asks_the_canaries_once() -> None:
    """Fifty sites that fail together make one round of questions."""
    silent, asked = watch(canaries_alive=False)
    now = clock.monotonic()
    assert all(await asyncio.gather(*(silent.is_own_fault(now, now) for _ in range(50))))
    assert len(asked) == 1


async def test_a_look_from_before_the_network_came_back_proves_nothing() -> None:
    """A probe that was on its way while the cable was plugged in again blames nobody; the next one may."""
    silent, _ = watch(canaries_alive=False)
    began_at = clock.monotonic()
    assert await silent.is_own_fault(began_at, began_at)
    silent.heard()
    assert await silent.is_own_fault(began_at, began_at) is True
    await asyncio.sleep(0.01)
    assert await silent.is_own_fault(began_at, clock.monotonic()) is False


async def test_a_canary_that_answered_before_the_failure_is_asked_again() -> None:
    """The uplink may break right after a canary was seen: an old answer proves nothing."""
    connected, asked = watch(canaries_alive=True)
    before = clock.monotonic()
    assert await connected.is_own_fault(before, before) is False
    assert await connected.is_own_fault(before, before) is False
    assert len(asked) == 1
    await asyncio.sleep(0.01)
    assert await connected.is_own_fault(clock.monotonic(), before) is False
    assert len(asked) == 2


async def test_name_servers_that_answer_nothing_are_asked_once() -> None:
    """Fifty names without an answer make one question about the canaries' names; the outage has a length."""
    asked: list[int] = []

    async def ask() -> bool:
        asked.append(1)
        return False

    nameless = NetworkWatch(ask, has_canaries=True, names_alive=ask)
    assert nameless.nameless_for() == 0
    assert all(await asyncio.gather(*(nameless.is_nameless() for _ in range(50))))
    assert len(asked) == 1
    await asyncio.sleep(0.01)
    assert nameless.nameless_for() > 0
    assert await watch(canaries_alive=False)[0].is_nameless() is False
