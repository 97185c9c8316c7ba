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
FORGOTTEN_SECONDS = 900.0
"""An outage of the name servers that nobody has met for so long is over; the next one is another."""

log = get_logger(__name__)


class NetworkWatch:
    """Remembers when any site last answered, and asks the canaries when none does.

    Args:
        canaries_alive: Asks all canaries; true when at least one answered.
        has_canaries: False switches the whole check off: then sites are always blamed.
        names_alive: Asks the name servers for the canaries' names; true when they said anything definite, or when no
            canary has a name.
    """

    def __init__(
        self,
        canaries_alive: Callable[[], Awaitable[bool]],
        *,
        has_canaries: bool,
        names_alive: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.has_canaries = has_canaries
        self._canaries_alive = canaries_alive
        self.heard_at = float("-inf")
        """Monotonic seconds at which a site answered last."""
        self._asked_at = float("-inf")
        self._answer = True
        self._asking = asyncio.Lock()
        self._silent_since: float | None = None
        self._back_at = float("-inf")
        self._names_alive = names_alive
        self._named_at = float("-inf")
        self._nameless_since: float | None = None

    def heard(self) -> None:
        """Some site answered at network level: the uplink works."""
        self.heard_at = clock.monotonic()
        if self._silent_since is not None:
            log.info("network is back", silent_seconds=round(self.heard_at - self._silent_since, 1))
            self._silent_since = None
            self._back_at = self.heard_at

    async def is_own_fault(self, failing_since: float, look_began_at: float) -> bool:
        """Whether a network failure may be the monitor's own.

        True while no site has answered since ``failing_since`` and all canaries fail, and for looks that began before
        the network came back.

        Args:
            failing_since: Monotonic seconds; the first failure of the site.
            look_began_at: Monotonic seconds; the beginning of the look that failed now.
        """
        if not self.has_canaries:
            return False
        if look_began_at <= self._back_at:
            return True
        if self.heard_at >= failing_since:
            return False
        if await self._ask(failing_since) or self.heard_at >= failing_since:
            return False
        if self._silent_since is None:
            self._silent_since = failing_since
            log.warning("no site and no canary answers: the monitor's own network may be gone")
        return True

    def offline_for(self) -> float:
        """Seconds for which nothing has answered; 0 while the network is believed to work."""
        return 0.0 if self._silent_since is None else clock.monotonic() - self._silent_since

    async def is_nameless(self) -> bool:
        """Whether the monitor's own name servers are gone: then "no answer about this name" says nothing of a site."""
        if not self.has_canaries or self._names_alive is None:
            return False
        async with self._asking:
            now = clock.monotonic()
            if now - self._named_at > CANARY_CACHE_SECONDS:
                alive = await self._names_alive()
                if alive:
                    self._nameless_since = None
                elif self._nameless_since is None or now - self._named_at > FORGOTTEN_SECONDS:
                    log.warning("the name servers answer nothing, not even for the canaries")
                    self._nameless_since = now
                self._named_at = clock.monotonic()
        return self._nameless_since is not None

    def nameless_for(self) -> float:
        """Seconds for which the name servers have not answered; 0 while they are believed to work."""
        return 0.0 if self._nameless_since is None else clock.monotonic() - self._nameless_since

    async def _ask(self, since: float) -> bool:
        """Whether a canary answers; one that did before ``since`` proves nothing any more."""
        async with self._asking:
            now = clock.monotonic()
            known = self._asked_at >= since if self._answer else now - self._asked_at <= CANARY_CACHE_SECONDS
            if not known:
                self._answer = await self._canaries_alive()
                self._asked_at = now
            return self._answer
