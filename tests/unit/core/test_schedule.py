"""When sites are probed."""

import asyncio
from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.registry import Site
from opd_exporter.schedule import UNREAD_PER_SECOND, Schedule, next_due, phase_of


def sites(count: int, interval: float = 60.0) -> list[Site]:
    """So many sites named s0, s1, ..."""
    return [Site(f"s{n}", "S", "Situs", f"http://s{n}.example/", probe_interval=interval) for n in range(count)]


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for ``condition``, at most ``seconds``."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the schedule has no event for what is waited for here
            await asyncio.sleep(0.01)


@given(st.text(min_size=1, max_size=20), st.floats(1, 86_400), st.floats(0, 1e9))
def test_next_round_keeps_the_grid_and_leaves_room(site_id: str, interval: float, after: float) -> None:
    """A site stays on its own phase, and two rounds are at least half an interval apart."""
    due = next_due(site_id, interval, after)
    assert after + interval * 0.499 <= due <= after + interval * 1.501
    offset = (due - phase_of(site_id, interval)) / interval
    assert abs(offset - round(offset)) < 1e-3


def test_phases_are_spread_evenly() -> None:
    """No second of the minute gets more than thrice its share of a thousand sites."""
    per_second = Counter(int(phase_of(f"dinas-{n}", 60.0)) for n in range(1000))
    assert len(per_second) > 55
    assert max(per_second.values()) < 3 * 1000 / 60


async def test_first_round_is_spread_and_announced() -> None:
    """Every site is probed soon after the start, but not all at once, and readiness follows the last of them."""
    starts: list[float] = []
    loop = asyncio.get_running_loop()

    async def work(_site: str) -> None:
        starts.append(loop.time())

    schedule = Schedule(work)
    schedule.adopt(sites(8))
    task = asyncio.create_task(schedule.run())
    assert not schedule.first_round_done.is_set()
    await asyncio.wait_for(schedule.first_round_done.wait(), 5)
    assert len(starts) == 8
    assert starts[-1] - starts[0] > 0.5
    task.cancel()


async def test_no_more_than_the_cap_runs_at_once() -> None:
    """Sites beyond the cap wait for a place and get it."""
    running = 0
    most = 0
    done: set[str] = set()

    async def work(site: str) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.3)
        running -= 1
        done.add(site)

    schedule = Schedule(work, max_concurrent=2)
    schedule.adopt(sites(9, interval=1.0))
    task = asyncio.create_task(schedule.run())
    await until(lambda: len(done) == 9)
    assert most == 2
    task.cancel()


async def test_a_failing_round_stops_nothing() -> None:
    """What one site's round raises reaches neither the other sites nor its own next round."""
    seen: Counter[str] = Counter()

    async def work(site: str) -> None:
        seen[site] += 1
        if site == "s0":
            raise RuntimeError("broken on purpose")

    schedule = Schedule(work)
    schedule.adopt(sites(2, interval=0.2))
    task = asyncio.create_task(schedule.run())
    await until(lambda: min(seen["s0"], seen["s1"]) >= 3)
    task.cancel()


async def test_reload_adds_removes_and_keeps_timers() -> None:
    """After a reload new sites are probed, removed ones no more, and kept ones are not probed again at once."""
    seen: Counter[str] = Counter()

    async def work(site: str) -> None:
        seen[site] += 1

    schedule = Schedule(work)
    schedule.adopt(sites(2))
    task = asyncio.create_task(schedule.run())
    await until(lambda: len(seen) == 2)
    kept, added = sites(1), Site("baru", "Baru", "Baru", "http://baru.example/")
    schedule.adopt([*kept, added])
    await until(lambda: seen["baru"] == 1)
    assert seen == {"s0": 1, "s1": 1, "baru": 1}
    task.cancel()


async def test_a_reload_in_the_middle_of_a_round_loses_no_site() -> None:
    """A site whose interval changes while it is being probed is probed again."""
    rounds = 0
    in_round = asyncio.Event()
    go_on = asyncio.Event()

    async def work(_site: str) -> None:
        nonlocal rounds
        rounds += 1
        in_round.set()
        await go_on.wait()

    schedule = Schedule(work)
    schedule.adopt(sites(1, interval=30.0))
    task = asyncio.create_task(schedule.run())
    await in_round.wait()
    schedule.adopt(sites(1, interval=0.2))
    await asyncio.sleep(0.05)
    go_on.set()
    await until(lambda: rounds >= 3)
    task.cancel()


async def test_drain_lets_running_rounds_finish_and_cancels_stragglers() -> None:
    """A stop waits for rounds that end in time, and for no other."""
    ended: list[str] = []

    async def work(site: str) -> None:
        try:
            await asyncio.sleep(0.2 if site == "s0" else 60)
            ended.append(f"{site} finished")
        except asyncio.CancelledError:
            ended.append(f"{site} cancelled")
            raise

    schedule = Schedule(work)
    schedule.adopt(sites(2))
    task = asyncio.create_task(schedule.run())
    await asyncio.sleep(0.15)
    task.cancel()
    await schedule.drain(0.6)
    assert sorted(ended) == ["s0 finished", "s1 cancelled"]


async def test_sites_of_which_nothing_is_known_begin_slowly() -> None:
    """A thousand new sites at a short interval are not all read at once; known ones beside them do not wait for it."""
    known, new = sites(40, interval=1.0)[20:], sites(20, interval=0.1)
    starts: dict[str, float] = {}
    loop = asyncio.get_running_loop()

    async def work(site: str) -> None:
        starts.setdefault(site, loop.time())

    schedule = Schedule(work)
    began = loop.time()
    schedule.adopt([*new, *known], unread={site.id for site in new})
    task = asyncio.create_task(schedule.run())
    await asyncio.wait_for(schedule.first_round_done.wait(), 5)
    task.cancel()
    of_new = sorted(starts[site.id] - began for site in new)
    assert of_new[-1] >= (len(new) - 1) / UNREAD_PER_SECOND
    assert max(starts[site.id] - began for site in known) < 2.0
