"""Threads that parse do not live for ever: lxml keeps every name that a page invents as long as its thread."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from opd_exporter.app import WORKER_LIFE_SECONDS, Exporter, Settings

if TYPE_CHECKING:
    from support.town import Town


async def test_workers_are_renewed(town: Town) -> None:
    """Work goes to new threads after a renewal; the old ones end, also one that was busy, and nothing is lost."""
    exporter = Exporter(Settings(town.config_file, None))
    async with exporter.running():
        await asyncio.sleep(0)
        await exporter._renew_workers()
        first = await asyncio.to_thread(threading.current_thread)
        busy = asyncio.Event()
        release, loop = threading.Event(), asyncio.get_running_loop()

        def work() -> str:
            loop.call_soon_threadsafe(busy.set)
            release.wait(10)
            return "done"

        running = asyncio.create_task(asyncio.to_thread(work))
        await busy.wait()
        await exporter._renew_workers()
        second = await asyncio.to_thread(threading.current_thread)
        assert second is not first
        release.set()
        assert await running == "done"
        await asyncio.to_thread(first.join, 5)
        assert not first.is_alive()
    assert 60 <= WORKER_LIFE_SECONDS <= 3600
