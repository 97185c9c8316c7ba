"""The store itself: what to remember, what to record, what to ask."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from opd_exporter import clock
from opd_exporter.store import queries
from opd_exporter.store.files import DatabaseFile
from opd_exporter.store.lock import StoreLock
from opd_exporter.store.pending import DayDelta
from opd_exporter.store.records import StoreError
from opd_exporter.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from opd_exporter.models import Post, ProbeResult
    from opd_exporter.registry import Site
    from opd_exporter.store.records import Change, DaySums, Remembered, SeenPost, StoreHealth

COMMIT_INTERVAL = 0.5


class Store:
    """History and memory of the exporter in one SQLite file; see the package for the overview.

    Every ``save_*`` and ``record_*`` returns at once and never raises; every reading method blocks on the disk (call it
    through an executor inside the event loop) and raises ``StoreError`` when the file cannot be read.
    """

    def __init__(self, file: DatabaseFile, lock: StoreLock | None, commit_interval: float) -> None:
        self._file = file
        self._lock = lock
        self._writer = Writer(file, commit_interval)
        self._reading = file.reading
        self._saved_posts: dict[str, int] = {}
        self._saved_in = 0

    @classmethod
    def open(
        cls, path: Path | str | None, *, read_only: bool = False, commit_interval: float = COMMIT_INTERVAL
    ) -> Self:
        """Open or create the store.

        Args:
            path: The database file; ``None`` or ``":memory:"`` keeps everything in memory.
            read_only: For ``report`` beside a running exporter: no lock, no writes, and the file must exist.
            commit_interval: Seconds between commits while something waits.

        Raises:
            StoreError: In use by another exporter, not writable, written by a newer version, or (read only) absent.
        """
        where = None if path is None or str(path) == ":memory:" else Path(path)
        file = DatabaseFile(where)
        if read_only and where is not None:
            file.open_read_only()
            return cls(file, None, commit_interval)
        lock = StoreLock.acquire(where) if where is not None else None
        store = cls(file, lock, commit_interval)
        try:
            error = file.open_first()
            totals: dict[tuple[str, ProbeResult], int] = {}
            with contextlib.suppress(StoreError), file.reading() as connection:
                totals = queries.read_totals(connection)
        except BaseException:
            store.close()
            raise
        store._writer.start(totals, error)
        return store

    # -- writing: never blocks, never raises ---------------------------------------------------------------------

    def save_state(self, state: Remembered) -> None:
        """Remember the current truth of a site (``memory`` and ``probes_total`` of the value are not looked at)."""
        with self._writer.queue() as pending:
            pending.states[state.site_id] = state

    def save_memory(self, site_id: str, memory: Mapping[str, Any]) -> None:
        """Remember the freshness engine's own JSON; the value must not be changed afterwards."""
        with self._writer.queue() as pending:
            pending.memories[site_id] = memory

    def record_probe(
        self, site: Site, at: float, result: ProbeResult, seconds: float | None = None, size: int = 0
    ) -> None:
        """Count one probe, in the site's local day.

        Args:
            site: Whose probe it was.
            at: Unix seconds.
            result: What it said.
            seconds: Response time where there was an answer.
            size: Bytes received.
        """
        local = clock.as_datetime(at, site.timezone)
        with self._writer.queue() as pending:
            pending.add_probe(site.id, local, result, seconds, size)

    def record_content_check(self, site: Site, at: float) -> None:
        """Count one content check in the site's local day."""
        day = clock.as_datetime(at, site.timezone).date().isoformat()
        with self._writer.queue() as pending:
            pending.day(day, site.id).content_checks += 1

    def add_day(self, sums: DaySums) -> None:
        """Add the sums of a whole local day, as another record (an imported history, the demo) has them."""
        with self._writer.queue() as pending:
            pending.day(sums.day.isoformat(), sums.site_id).add(DayDelta.of(sums))

    def record_change(self, change: Change) -> None:
        """Keep one status change; the first status of a site is a change too."""
        with self._writer.queue() as pending:
            pending.add_change(change)

    def save_posts(self, site_id: str, posts: Iterable[Post], seen_at: float) -> None:
        """Keep credible posts; those known already keep their first sight, and the same list again costs nothing."""
        items = tuple(posts)
        digest = hash(items)
        with self._writer.queue() as pending:
            if self._saved_in != self._file.renewals:
                self._saved_in = self._file.renewals
                self._saved_posts.clear()
            if self._saved_posts.get(site_id) == digest:
                return
            self._saved_posts[site_id] = digest
            for post in items:
                pending.add_post(site_id, post.url[:2000] or f"title:{post.title[:300]}", post, seen_at)

    def forget_posts(self, site_id: str, is_disproved: Callable[[Post], bool]) -> None:
        """Remove kept posts whose date turned out to be a clock, so that they prove no publishing day any more.

        Args:
            site_id: Whose posts.
            is_disproved: Says it of one kept post (``Reading.disproves``); called on the writer thread, must not raise.
        """
        with self._writer.queue() as pending:
            pending.disproofs.append((site_id, is_disproved))
            self._saved_posts.pop(site_id, None)

    def flush(self, timeout: float = 30.0) -> bool:
        """Commit everything that waits; blocks. False when it could not be written within ``timeout`` seconds."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Commit what waits, stop the writer and give the lock back; blocks, and is harmless when repeated."""
        self._writer.close(timeout)
        self._file.close()
        if self._lock is not None:
            self._lock.release()

    # -- reading: blocks, raises StoreError ----------------------------------------------------------------------

    @property
    def health(self) -> StoreHealth:
        """Whether writes reach the disk, at the moment."""
        return self._writer.health

    def probes_total(self, site_id: str) -> dict[ProbeResult, int]:
        """The probe counters of a site that are safely on disk; does not block.

        Counters that were shown and then lost by kill -9 would look like a reset and make ``rate()`` jump, so what is
        not committed is shown only while nothing can be committed.
        """
        return self._writer.probes_total(site_id)

    def load(self, *, with_memory: bool = True) -> dict[str, Remembered]:
        """What was remembered of every site, by id; without the freshness engine's own JSON it takes a tenth."""
        with self._reading() as connection:
            return queries.read_remembered(connection, with_memory=with_memory)

    def posts(self, site_id: str, since: float = 0.0, until: float = float("inf"), limit: int = 1000) -> list[SeenPost]:
        """Posts published in ``[since, until)`` (Unix seconds), newest first."""
        with self._reading() as connection:
            return queries.read_posts(connection, site_id, since, until, limit)

    def publishing_dates(self, site_id: str) -> list[date]:
        """Distinct local days with a post, oldest first."""
        with self._reading() as connection:
            return queries.read_publishing_dates(connection, site_id)

    def all_publishing_dates(self) -> dict[str, list[date]]:
        """The same of every site at once."""
        with self._reading() as connection:
            return queries.read_all_publishing_dates(connection)

    def post_counts(self, since: float, until: float) -> dict[str, int]:
        """How many posts every site published in ``[since, until)``; sites without any are absent."""
        with self._reading() as connection:
            return queries.read_post_counts(connection, since, until)

    def all_changes(self, since: float, until: float) -> dict[str, list[Change]]:
        """``changes`` of every site at once."""
        with self._reading() as connection:
            return queries.read_all_changes(connection, since, until)

    def all_days(self, since: date, until: date) -> dict[str, list[DaySums]]:
        """``days`` of every site at once."""
        with self._reading() as connection:
            return queries.read_all_days(connection, since, until)

    def watched_sites(self, since: date, until: date) -> set[str]:
        """The sites that have a record of any local day from ``since`` to ``until``, both included."""
        with self._reading() as connection:
            return queries.read_watched_sites(connection, since, until)

    def changes(self, site_id: str, since: float = 0.0, until: float = float("inf")) -> list[Change]:
        """The change in force at ``since``, when there is one, then those before ``until``; oldest first."""
        with self._reading() as connection:
            return queries.read_changes(connection, site_id, since, until)

    def days(self, site_id: str, since: date, until: date) -> list[DaySums]:
        """Daily sums of the local days from ``since`` to ``until``, both included; days without a record are absent."""
        wanted = (since + timedelta(days=offset) for offset in range((until - since).days + 1))
        with self._reading() as connection:
            return queries.read_days(connection, site_id, (day.isoformat() for day in wanted))

    def uptime(self, sites: Iterable[Site], now: float) -> dict[str, dict[str, float]]:
        """Readable part of the known time, by site id and window (``1d``, ``7d``, ``30d``); unknown ones are absent.

        ``1d`` is the last 24 hourly sums with the running one, ``7d`` and ``30d`` the last local days with today.
        """
        wanted = list(sites)
        found: dict[str, dict[str, float]] = {site.id: {} for site in wanted}
        hour = int(now // 3600)
        with self._reading() as connection:
            by_hour = queries.read_ratios_by_hour(connection, hour - 23, hour)
            by_day = {}
            for zone in {site.timezone for site in wanted}:
                today = clock.as_datetime(now, zone).date()
                for window, length in (("7d", 7), ("30d", 30)):
                    first = today - timedelta(days=length - 1)
                    by_day[zone, window] = queries.read_ratios_by_day(connection, first, today)
        for site in wanted:
            if site.id in by_hour:
                found[site.id]["1d"] = by_hour[site.id]
            for window in ("7d", "30d"):
                ratio = by_day[site.timezone, window].get(site.id)
                if ratio is not None:
                    found[site.id][window] = ratio
        return found
