"""How many rounds begin together, and when: waking up costs more than working.

A probe that wakes an idle processor alone costs two to four times what it costs among others. Rounds that fall due
close together therefore begin together, in small batches. Each handshake keeps the others of its batch waiting: in
fours the 99th of a hundred response times came out 10.3 ms too long, in threes 8.1 ms (``bench.honest``). No batch asks
one server twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.registry import Site

BATCH: Final = 3
"""Rounds that begin in one turn of the event loop."""
LONGEST_TICK: Final = 0.25
"""Seconds that a round may be held back for company."""
LONELY_TICK: Final = 1.0
"""Where a batch of rounds falls due in more seconds than this, none is held back."""
SHORTEST_TICK: Final = 0.005
LEFT_OVER: Final = 16
"""What did not fit into a batch begins this part of a tick later."""


class Batches:
    """The grid of instants at which rounds begin, and who belongs to which server."""

    def __init__(self) -> None:
        self._hosts: dict[str, str] = {}
        self.tick = LONGEST_TICK
        """Seconds between two batches."""

    def adopt(self, sites: Iterable[Site]) -> None:
        """Fit the grid to the sites, so that about ``BATCH`` of them fall due in each tick."""
        rate = 0.0
        hosts = {}
        for site in sites:
            rate += 1 / site.probe_interval
            hosts[site.id] = URL(site.url).raw_host or "" if site.url else ""
        self._hosts = hosts
        fitting = BATCH / rate if rate else float("inf")
        # Where company is rare, waiting for it gains nothing.
        self.tick = SHORTEST_TICK if fitting > LONELY_TICK else min(max(fitting, SHORTEST_TICK), LONGEST_TICK)

    def next_start(self, due: float, now: float) -> float:
        """The instant at or after ``due`` at which a batch begins (monotonic seconds, like both arguments).

        What is due already was left over from a batch that was full, or waited for a place: it begins soon.
        """
        if due <= now:
            return now + self.tick / LEFT_OVER
        return -(-due // self.tick) * self.tick

    def server_of(self, site_id: str) -> str:
        """What tells that two sites are one server: the host of the address."""
        return self._hosts.get(site_id, site_id)
