"""A hostile page costs its own site a bounded time, other sites nothing, and no memory is left behind."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter import allocator
from opd_exporter.freshness import Memory
from opd_exporter.inspection import inspect
from opd_exporter.models import Exchange
from opd_exporter.registry import Site
from opd_exporter.verdict import follow_client_redirects, judge_daily, judge_probe
from support.hostile_pages import HOSTILE
from support.zoo.visit import resident_bytes

URL = "http://situs.example.go.id/"
SITE = Site("situs", "Situs", "Dinas", URL)
PROBE_CPU_SECONDS = 0.5
LOOK_CPU_SECONDS = 8.0
BLOCKED_SECONDS = 1.0
GROWTH_BYTES = 20 * 1_048_576


def exchange_of(body: bytes, url: str = URL) -> Exchange:
    """An answer with this body."""
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "text/html; charset=utf-8"}))
    return Exchange(url, url, time.time(), 0.1, status=200, headers=headers, body=body)


@dataclass
class Cost:
    """What one page cost, in seconds of CPU time of the whole process."""

    probe: float = 0.0
    look: float = 0.0
    blocked: float = 0.0
    """Longest time for which the event loop did not turn."""


async def watch_loop(cost: Cost) -> None:
    """Note how long the loop stands still; in CPU time, since the machine may be busy with other things."""
    while True:
        before = time.process_time()
        await asyncio.sleep(0.002)
        cost.blocked = max(cost.blocked, time.process_time() - before)


async def look_at(body: bytes) -> Cost:
    """Everything that the pipeline does with an answer, each further page of the site being the same."""
    cost = Cost()

    async def fetch(url, headers=None):
        return exchange_of(body[:-20] + b"%20d" % len(url), url)

    watching = asyncio.create_task(watch_loop(cost))
    exchange = exchange_of(body)
    await asyncio.sleep(0.01)
    started = time.process_time()
    final = await follow_client_redirects(SITE, exchange, fetch)
    judge_probe(SITE, final)
    cost.probe = time.process_time() - started
    inspection = await inspect(SITE, exchange, fetch, datetime.now(UTC), Memory())
    await judge_daily(SITE, exchange, inspection.page, fetch)
    await asyncio.sleep(0.01)
    cost.look = time.process_time() - started
    watching.cancel()
    if inspection.reading is not None:
        Memory.from_json(inspection.reading.memory.to_json())
    return cost


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_page_costs_a_bounded_time(name: str) -> None:
    """Neither the probe's rules nor the content check stop the loop for a second, whatever the page holds."""
    cost = await look_at(HOSTILE[name])
    assert cost.probe < PROBE_CPU_SECONDS, cost
    assert cost.look < LOOK_CPU_SECONDS, cost
    assert cost.blocked < BLOCKED_SECONDS, cost


async def growth_over(bodies: list[bytes]) -> int:
    """Bytes that a second walk through ``bodies`` leaves behind."""
    allocator.settle()  # as the exporter does at its start
    for body in bodies:
        await look_at(body)
    gc.collect()
    before = resident_bytes()
    for body in bodies:
        await look_at(body)
    gc.collect()
    return resident_bytes() - before


async def test_hostile_pages_leave_no_memory_behind() -> None:
    """A second walk through a quarter of the pages leaves less than 20 MiB behind the first one."""
    assert await growth_over(list(HOSTILE.values())[::4]) < GROWTH_BYTES


@pytest.mark.slow
async def test_all_hostile_pages_leave_no_memory_behind() -> None:
    """The same with every page."""
    assert await growth_over(list(HOSTILE.values())) < GROWTH_BYTES
