"""How many content checks may begin in a second: more than the processor can take would falsify response times.

A content check costs ten times what a probe costs, and the first one of a site, which looks everywhere, several times
that. After a start all are due at once. What is turned away is due again at the site's next round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.registry import Site

LEAST_PER_SECOND: Final = 20.0
"""What less than half a core does."""
HEADROOM: Final = 1.5
"""How much faster than the registry asks for, so that what was turned away catches up."""
BURST_SECONDS: Final = 2.0


class Gate:
    """A bucket of tokens, one for each check."""

    def __init__(self) -> None:
        self._per_second = LEAST_PER_SECOND
        self._tokens = LEAST_PER_SECOND * BURST_SECONDS
        self._filled_at = float("-inf")

    def adopt(self, sites: Iterable[Site]) -> None:
        """Fit the rate to the sites, so that it never stretches their intervals."""
        asked = sum(1 / site.content_interval for site in sites if site.url is not None)
        self._per_second = max(LEAST_PER_SECOND, HEADROOM * asked)

    def admit(self, now: float) -> bool:
        """Whether one more may begin at ``now`` (monotonic seconds); takes its token."""
        most = self._per_second * BURST_SECONDS
        self._tokens = min(most, self._tokens + max(0.0, now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
