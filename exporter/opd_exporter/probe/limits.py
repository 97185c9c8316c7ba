"""Bounds on time, bytes and concurrency of one exchange."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.clock import monotonic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BODY_BYTES: Final = 1_048_576
"""Cap on the body, counted after decompression; the compressed form is held to the same number."""
HEAD_BYTES: Final = 262_144
"""Cap on status line and headers together: what Chromium accepts."""
HEADER_COUNT: Final = 1_000
MAX_REDIRECTS: Final = 10
PER_ADDRESS: Final = 8
AT_ONCE_SHARE: Final = 0.1
"""Share of a minute's further requests that may come without a pause, once the address was left alone for a while."""
READING_REQUESTS: Final = 8
"""What a thorough reading of a site asks for beside its home page, and about what the daily second look does."""
MAX_KEYS: Final = 10_000
"""Addresses that are remembered before those that owe nothing are forgotten."""
PHASE_SHARE: Final = 0.7
"""No single one of dns, connect and tls may eat more than this share of the whole budget."""


@dataclass(slots=True)
class Budget:
    """The time that one exchange may take; waiting for a slot does not count.

    ``deadline`` and ``started`` are instants of the monotonic clock.
    """

    total: float
    started: float
    deadline: float
    waited: float = 0.0

    @classmethod
    def of(cls, seconds: float) -> Budget:
        """A budget of ``seconds`` that starts now."""
        now = monotonic()
        return cls(seconds, now, now + seconds)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - monotonic())

    def phase(self) -> float:
        """Seconds that one phase may take from now."""
        return min(self.remaining(), self.total * PHASE_SHARE)

    def forgive(self, seconds: float) -> None:
        """Move the deadline back by ``seconds`` that were spent waiting for a free slot."""
        self.waited += seconds
        self.deadline += seconds

    def spent(self, until: float) -> float:
        """Seconds used from the start to the instant ``until``, waiting excluded."""
        return max(0.0, until - self.started - self.waited)


class Slots:
    """At most ``limit`` holders per key; others wait in order."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._semaphores: dict[str, tuple[asyncio.Semaphore, list[int]]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[float]:
        """Hold one slot of ``key``; yields the seconds that were waited for it."""
        entry = self._semaphores.get(key)
        if entry is None:
            entry = self._semaphores[key] = (asyncio.Semaphore(self._limit), [0])
        semaphore, users = entry
        users[0] += 1
        try:
            waited = 0.0
            if semaphore.locked():
                before = monotonic()
                await semaphore.acquire()
                waited = monotonic() - before
            else:
                await semaphore.acquire()
            try:
                yield waited
            finally:
                semaphore.release()
        finally:
            users[0] -= 1
            if not users[0]:
                self._semaphores.pop(key, None)


class Pace:
    """So many a minute per key, in the order in which they were asked for; no minute has more.

    Args:
        per_minute: The rate, at least two.
        at_once: How many go without waiting after a pause; fewer than ``per_minute``.
    """

    def __init__(self, per_minute: int, at_once: int) -> None:
        # A minute that begins with those at once must not have more than any other.
        self._step = 60.0 / (per_minute - at_once)
        self._at_once = at_once
        self._slack = self._step * (at_once - 1)
        self._next: dict[str, float] = {}

    @classmethod
    def of(cls, per_minute: int) -> Pace:
        """The pace of a registry's ``content_requests_per_minute``."""
        return cls(per_minute, max(1, round(per_minute * AT_ONCE_SHARE)))

    def has_room(self, key: str, count: int) -> bool:
        """Whether ``count`` turns of ``key`` (or as many as ever come at once) would come without waiting."""
        now = monotonic()
        due = max(self._next.get(key, 0.0), now - self._slack)
        return due + self._step * (min(count, self._at_once) - 1) <= now

    async def turn(self, key: str) -> float:
        """Wait for a turn of ``key``; the seconds that it took."""
        now = monotonic()
        if len(self._next) > MAX_KEYS:
            self._next = {name: at for name, at in self._next.items() if at > now}
        due = max(self._next.get(key, 0.0), now - self._slack)
        self._next[key] = due + self._step
        if due <= now:
            return 0.0
        await asyncio.sleep(due - now)
        return monotonic() - now
