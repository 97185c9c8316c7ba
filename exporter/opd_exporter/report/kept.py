"""The evaluation report as the web server asks for it."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.report.build import build_report
from opd_exporter.report.csv_file import write_csv
from opd_exporter.report.html import write_html
from opd_exporter.report.json_file import write_json
from opd_exporter.report.workbook import write_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opd_exporter.registry import Registry
    from opd_exporter.report.values import Report
    from opd_exporter.store import Store

KEPT_SECONDS = 30.0
"""The page and the files that a visitor then takes show the same figures, and a thousand sites are read once."""


class KeptReports:
    """Makes reports of ``store``; the last one is kept for a while. Blocks; for one caller at a time.

    Args:
        store: The history.
        registry: Gives the sites as they are written down now.
        now: Unix seconds.
    """

    def __init__(self, store: Store, registry: Callable[[], Registry], now: Callable[[], float] = clock.now) -> None:
        self._store = store
        self._registry = registry
        self._now = now
        self._kept: tuple[Registry, Report] | None = None

    def html(self, month: str) -> str:
        """A whole page, for the screen and for A4."""
        with _no_collections():
            return write_html(self._of(month))

    def csv(self, month: str) -> bytes:
        """One row per site."""
        with _no_collections():
            return write_csv(self._of(month))

    def xlsx(self, month: str) -> bytes:
        """A workbook."""
        with _no_collections():
            return write_xlsx(self._of(month))

    def json(self, month: str) -> bytes:
        """The same figures for programs."""
        with _no_collections():
            return write_json(self._of(month))

    def _of(self, month: str) -> Report:
        registry, now = self._registry(), self._now()
        if self._kept is not None:
            made_from, made = self._kept
            if made_from is registry and made.month == month and 0 <= now - made.generated_at < KEPT_SECONDS:
                return made
        made = build_report(self._store, registry, month, now)
        self._kept = registry, made
        return made


@contextlib.contextmanager
def _no_collections() -> Iterator[None]:
    """Hold back the collector of reference cycles for the second that a report takes.

    The hundred thousand values of a thousand sites make it look through the whole memory again and again, each time for
    50 to 100 ms in which no other thread runs: the event loop stood still, and probes were timed wrongly.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
