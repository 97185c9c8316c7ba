"""Rounds that begin together: how many, when, and never twice at one server."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.batches import BATCH, LONGEST_TICK, SHORTEST_TICK, Batches
from opd_exporter.registry import Site
from opd_exporter.schedule import Schedule


def sites(count: int, interval: float, host: str = "s{}.example") -> list[Site]:
    """So many sites."""
    return [Site(f"s{n}", "S", "Situs", f"http://{host.format(n)}/{n}/", probe_interval=interval) for n in range(count)]


@given(st.integers(1, 40_000), st.floats(1, 3_600), st.floats(0, 1e7), st.floats(-1, 100))
def test_nobody_waits_longer_than_a_tick(count: int, interval: float, now: float, ahead: float) -> None:
    """A batch begins at or after what is due, at most a tick later, and late ones do not wait for the next tick."""
    batches = Batches()
    batches.tick = min(max(BATCH * interval / count, 0.005), LONGEST_TICK)
    start = batches.next_start(now + ahead, now)
    assert start <= max(now, now + ahead) + batches.tick + 1e-6
    assert start >= now + min(ahead, 0) - 1e-6
    if ahead <= 0:
        assert start <= now + batches.tick / 8 + 1e-6


def test_the_grid_fits_the_rate() -> None:
    """A thousand sites each 15 s are a batch in some tens of milliseconds; a handful is hardly held back at all."""
    batches = Batches()
    batches.adopt(sites(1_000, 15.0))
    assert batches.tick == pytest.approx(BATCH * 15.0 / 1_000)
    batches.adopt(sites(31, 60.0))
    assert batches.tick == SHORTEST_TICK


async def test_a_batch_is_small() -> None:
    """However many are due, a turn of the loop begins few; those that waited come next, the longest due first."""
    order: list[str] = []

    async def work(site: str) -> None:
        order.append(site)
        await asyncio.sleep(5)

    schedule = Schedule(work)
    schedule.adopt(sites(12, 60.0))
    for number in range(12):
        schedule._push(f"s{number}", float(number))
    schedule._start_batch(20.0)
    assert len(schedule._running) == BATCH
    schedule._start_batch(20.0)
    await asyncio.sleep(0)
    assert order == [f"s{number}" for number in range(2 * BATCH)]
    await schedule.drain(0)


async def test_sites_of_one_server_begin_in_different_turns() -> None:
    """All sites of one server are due: each turn of the loop starts one of them."""
    schedule = Schedule(lambda _site: asyncio.sleep(5))
    shared = sites(6, 60.0, "bersama.example")
    schedule.adopt(shared)
    for site in shared:
        schedule._push(site.id, 0.0)
    schedule._start_batch(1.0)
    assert len(schedule._running) == 1
    schedule._start_batch(1.0)
    assert len(schedule._running) == 2
    await schedule.drain(0)
