"""What the web server needs from the rest of the program, and nothing more.

Views read a snapshot or the stored history. The three things that act (reload, recheck, live probe) are functions that
the application hands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from opd_exporter import clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from opd_exporter.metrics import Exposition
    from opd_exporter.models import Exchange
    from opd_exporter.state import Snapshot
    from opd_exporter.store import Change, DaySums, SeenPost


class History(Protocol):
    """The stored history, as ``store.Store`` gives it; every call may block and is made off the event loop."""

    def changes(self, site_id: str, since: float = 0.0, until: float = float("inf")) -> list[Change]:
        """The change in force at ``since``, then those before ``until``, oldest first."""
        ...

    def posts(self, site_id: str, since: float = 0.0, until: float = float("inf"), limit: int = 1000) -> list[SeenPost]:
        """Posts published in ``[since, until)``, newest first."""
        ...

    def days(self, site_id: str, since: date, until: date) -> list[DaySums]:
        """Sums of the local days from ``since`` to ``until`` that have a record."""
        ...


class Reports(Protocol):
    """The evaluation report of one month (``YYYY-MM``) in the formats that people take away; calls may block.

    Each raises ``ValueError`` for a month that is not one.
    """

    def html(self, month: str) -> str:
        """A whole page, for the screen and for A4."""
        ...

    def csv(self, month: str) -> bytes:
        """One row per site."""
        ...

    def xlsx(self, month: str) -> bytes:
        """A workbook."""
        ...

    def json(self, month: str) -> bytes:
        """The same figures for programs."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a request may use."""

    snapshot: Callable[[], Snapshot]
    """What is true now."""
    exposition: Exposition
    history: History | None = None
    """``None``: pages show the present alone."""
    reload: Callable[[], Awaitable[Exception | None]] | None = None
    """Reads the registry again; what was wrong with it, ``None`` on success."""
    recheck: Callable[[str], Awaitable[object]] | None = None
    """Runs all checks of one site now and returns when its state is new."""
    probe: Callable[[str, float], Awaitable[Exchange]] | None = None
    """One live exchange with a registered site within so many seconds, for ``/probe``; changes no status."""
    reports: Reports | None = None
    ready: Callable[[], bool] = lambda: True
    """Whether the first round is over."""
    now: Callable[[], float] = clock.now
