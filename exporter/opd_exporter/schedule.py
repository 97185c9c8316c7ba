"""When each site is probed: own timers, a spread start, a cap on what runs at once, and a drain at the end.

Every site keeps a fixed phase within its interval, taken from a hash of its id, so that probes are spread evenly and a
restart does not move them; a small random shift on each round keeps two monitors from marching in step. Rounds that
are due within some tens of milliseconds begin together (``batches``).
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import zlib
from typing import TYPE_CHECKING, Final

from opd_exporter import clock
from opd_exporter.batches import BATCH, Batches
from opd_exporter.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Iterable

    from opd_exporter.registry import Site

JITTER = 0.02
"""Share of the interval by which a round may come early or late."""
FIRST_ROUND_PER_SECOND = 10.0
"""How fast a new exporter works through its sites for the first time; slower than this only when the interval is."""
UNREAD_PER_SECOND = 20.0
"""Most sites of which nothing is known that begin in a second, whatever the interval: their first round reads several
pages each, and more would keep a processor so busy that every response time came out too long."""
DRAIN_SECONDS = 5.0

log = get_logger(__name__)


def phase_of(site_id: str, interval: float) -> float:
    """Where in its interval a site is probed: seconds in ``[0, interval)``, the same on every start."""
    return zlib.crc32(site_id.encode()) / 2**32 * interval


def next_due(site_id: str, interval: float, after: float) -> float:
    """The next instant (monotonic seconds) of the site's grid that is at least half an interval after ``after``."""
    phase = phase_of(site_id, interval)
    earliest = after + interval / 2
    rounds = -(-(earliest - phase) // interval)
    return phase + rounds * interval


MAX_ROUNDS: Final = 20_000
"""Rounds at the same time. Most of them wait for a slot of their server or for their second look, which costs nothing;
the prober limits what is really asked at once. A low number here would let one dead server hold up everybody."""


class Schedule:
    """Runs one coroutine per site and interval.

    Args:
        work: Runs one round of a site; must not raise (what it raises is logged and the schedule goes on).
        max_concurrent: Rounds at the same time.
        on_lag: Told how late (seconds) each round began.
        on_running: Told how many rounds are running, whenever that changes.
    """

    def __init__(
        self,
        work: Callable[[str], Awaitable[object]],
        *,
        max_concurrent: int = MAX_ROUNDS,
        on_lag: Callable[[float], None] = lambda _seconds: None,
        on_running: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._work = work
        self._on_lag = on_lag
        self._on_running = on_running
        self._max_concurrent = max_concurrent
        self._sites: dict[str, Site] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._generation: dict[str, int] = {}
        self._counter = itertools.count()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._wakes_at = float("inf")
        self._batches = Batches()
        self._unfinished_first: set[str] = set()
        self.first_round_done = asyncio.Event()
        """Set when every site that was there at the start has had its first round."""

    def adopt(self, sites: Iterable[Site], *, unread: Container[str] = frozenset()) -> None:
        """Take the sites of a registry: kept ones keep their timers, new ones begin soon, removed ones stop.

        Args:
            sites: All of them.
            unread: Those whose first round costs much; at most ``UNREAD_PER_SECOND`` of them begin in a second.
        """
        wanted = {site.id: site for site in sites if site.url is not None}
        new = [
            site
            for site in wanted.values()
            if site.id not in self._sites or self._sites[site.id].probe_interval != site.probe_interval
        ]
        first_start = not self._sites
        for gone in self._sites.keys() - wanted.keys():
            self._generation.pop(gone, None)
            self._unfinished_first.discard(gone)
        self._sites = wanted
        self._batches.adopt(wanted.values())
        now = clock.monotonic()
        unread_before = 0
        for position, site in enumerate(new):
            wait = min(position / FIRST_ROUND_PER_SECOND, site.probe_interval * position / len(new))
            if site.id in unread:
                wait = max(wait, unread_before / UNREAD_PER_SECOND)
                unread_before += 1
            self._push(site.id, now + wait)
        if first_start:
            self._unfinished_first = set(wanted)
        self._note_first_round()
        self._wake.set()

    async def run(self) -> None:
        """Start rounds as they fall due, until cancelled."""
        while True:
            self._wake.clear()
            self._start_batch(clock.monotonic())
            now = clock.monotonic()
            has_room = len(self._running) < self._max_concurrent
            self._wakes_at = self._batches.next_start(self._queue[0][0], now) if self._queue else float("inf")
            wait = max(0.0, self._wakes_at - now) if self._queue and has_room else None
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Start no further round, let running ones finish for at most ``seconds``, then cancel what is left."""
        self._sites = {}
        self._generation.clear()
        tasks = list(self._running.values())
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start_batch(self, now: float) -> None:
        """Start what is due, as far as there is room, each server once; the rest keeps its place in the queue."""
        servers: set[str] = set()
        held_back = []
        while self._queue and self._queue[0][0] <= now and len(self._running) < self._max_concurrent:
            due, generation, site_id = heapq.heappop(self._queue)
            if self._generation.get(site_id) != generation:
                continue
            server = self._batches.server_of(site_id)
            if site_id in self._running:  # a reload gave it a new timer in the middle of a round
                self._push(site_id, now + 1.0)
            elif server in servers:
                held_back.append((due, generation, site_id))
                if len(held_back) == BATCH:
                    break
            else:
                servers.add(server)
                self._start(site_id, due)
                if len(servers) == BATCH:
                    break
        for entry in held_back:
            heapq.heappush(self._queue, entry)

    def _push(self, site_id: str, due: float) -> None:
        generation = next(self._counter)
        self._generation[site_id] = generation
        heapq.heappush(self._queue, (due, generation, site_id))
        if due < self._wakes_at:
            self._wake.set()

    def _start(self, site_id: str, due: float) -> None:
        self._on_lag(clock.monotonic() - due)
        self._running[site_id] = asyncio.create_task(self._round(site_id), name=f"round {site_id}")
        self._on_running(len(self._running))

    async def _round(self, site_id: str) -> None:
        generation = self._generation.get(site_id)
        try:
            await self._work(site_id)
        except Exception:
            log.exception("round failed", site=site_id)
        finally:
            was_full = len(self._running) >= self._max_concurrent
            del self._running[site_id]
            self._on_running(len(self._running))
            self._unfinished_first.discard(site_id)
            self._note_first_round()
            site = self._sites.get(site_id)
            # A reload during the round may have given the site a new timer already.
            if site is not None and self._generation.get(site_id) == generation:
                interval = site.probe_interval
                shift = random.uniform(-JITTER, JITTER) * interval  # noqa: S311  (no secret depends on it)
                self._push(site_id, next_due(site_id, interval, clock.monotonic()) + shift)
            if was_full:
                self._wake.set()

    def _note_first_round(self) -> None:
        if not self._unfinished_first:
            self.first_round_done.set()
