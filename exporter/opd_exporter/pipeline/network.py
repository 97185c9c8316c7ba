"""Tells a dead site from a dead uplink: whose fault is it that nothing answers?

The monitor blames itself only when every canary and every site fails at network level at the same time. A firewall that
blocks the canaries alone changes nothing, since the sites still answer; a dead site alone changes nothing, since the
others do.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CANARY_CACHE_SECONDS = 10.0
"""A storm of failing sites asks the canaries once, not once a site."""

log = get_logger(__name__)


class NetworkWatch:
    """Remembers when any site last answered, and asks the canaries when none does.

    Args:
        canaries_alive: Asks all canaries; true when at least one answered.
        has_canaries: False switches the whole check off: then sites are always blamed.
    """

    def __init__(self, canaries_alive: Callable[[], Awaitable[bool]], *, has_canaries: bool) -> None:
        self.has_canaries = has_canaries
        self._canaries_alive = canaries_alive
        self._heard_at = float("-inf")
        self._asked_at = float("-inf")
        self._answer = True
        self._asking = asyncio.Lock()
        self._silent_since: float | None = None

    def heard(self) -> None:
        """Some site answered at network level: the uplink works."""
        self._heard_at = clock.monotonic()
        if self._silent_since is not None:
            log.info("network is back", silent_seconds=round(self._heard_at - self._silent_since, 1))
            self._silent_since = None

    async def is_own_fault(self, failing_since: float) -> bool:
        """Whether a network failure that began at ``failing_since`` (monotonic seconds) may be the monitor's own.

        Answers true only while no site has answered since then and all canaries fail now.
        """
        if not self.has_canaries or self._heard_at >= failing_since:
            return False
        if await self._ask() or self._heard_at >= failing_since:
            return False
        if self._silent_since is None:
            self._silent_since = failing_since
            log.warning("no site and no canary answers: the monitor's own network may be gone")
        return True

    def offline_for(self) -> float:
        """Seconds for which nothing has answered; 0 while the network is believed to work."""
        return 0.0 if self._silent_since is None else clock.monotonic() - self._silent_since

    async def _ask(self) -> bool:
        async with self._asking:
            if clock.monotonic() - self._asked_at > CANARY_CACHE_SECONDS:
                self._answer = await self._canaries_alive()
                self._asked_at = clock.monotonic()
            return self._answer
