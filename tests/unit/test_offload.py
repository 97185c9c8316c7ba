"""Pages are parsed in few threads of their own, and these do not live for ever: lxml keeps every name in them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from opd_exporter.app import THREAD_LIFE_SECONDS
from opd_exporter.offload import THREADS, offload, renew_threads


async def test_threads_are_renewed() -> None:
    """Work goes to new threads after a renewal; the old ones end, also one that was busy, and nothing is lost."""
    renew_threads()
    first = await offload(threading.current_thread)
    busy = asyncio.Event()
    release, loop = threading.Event(), asyncio.get_running_loop()

    def work() -> str:
        loop.call_soon_threadsafe(busy.set)
        release.wait(10)
        return "done"

    running = asyncio.create_task(offload(work))
    await busy.wait()
    renew_threads()
    second = await offload(threading.current_thread)
    assert second is not first
    release.set()
    assert await running == "done"
    await asyncio.to_thread(first.join, 5)
    assert not first.is_alive()
    assert 60 <= THREAD_LIFE_SECONDS <= 3600


async def test_busy_threads_are_few_and_hold_up_no_reading_of_the_disk() -> None:
    """No more than ``THREADS`` pages are worked on at once; what goes through ``asyncio.to_thread`` does not wait."""
    release, lock, at_once, most = threading.Event(), threading.Lock(), 0, 0

    def work() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        release.wait(10)
        with lock:
            at_once -= 1

    running = [asyncio.create_task(offload(work)) for _ in range(8)]
    await asyncio.sleep(0.1)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "read"), 5) == "read"
    release.set()
    await asyncio.gather(*running)
    assert most == THREADS


async def test_what_is_raised_comes_back() -> None:
    """An error in the thread is raised where the result was waited for."""
    with pytest.raises(ZeroDivisionError):
        await offload(lambda: 1 // 0)
