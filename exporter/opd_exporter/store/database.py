"""The store itself: a queue that never blocks, one writer thread, and a pool of reading connections."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from opd_exporter import clock
from opd_exporter.logs import get_logger
from opd_exporter.store import pruning, queries
from opd_exporter.store.lock import StoreLock
from opd_exporter.store.pending import RESULTS, Pending
from opd_exporter.store.records import StoreError, StoreHealth
from opd_exporter.store.salvage import salvage
from opd_exporter.store.schema import check_version, migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from opd_exporter.models import Post, ProbeResult
    from opd_exporter.registry import Site
    from opd_exporter.store.records import Change, DaySums, Remembered, SeenPost

COMMIT_INTERVAL = 0.5
BUSY_SECONDS = 5.0
RETRY_INTERVAL = 2.0
PRUNE_INTERVAL = 6 * 3600.0
QUICK_CHECK_BYTES = 64 * 1024 * 1024
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})


class Store:
    """History and memory of the exporter in one SQLite file; see the package for the overview.

    Every ``save_*`` and ``record_*`` returns at once and never raises; every reading method blocks on the disk (call it
    through an executor inside the event loop) and raises ``StoreError`` when the file cannot be read.
    """

    def __init__(self, path: Path | None, *, read_only: bool, lock: StoreLock | None, commit_interval: float) -> None:
        self._path = path
        self._read_only = read_only
        self._lock = lock
        self._commit_interval = commit_interval
        self._condition = threading.Condition()
        self._pending = Pending()
        self._in_flight = Pending()
        self._totals: Counter[tuple[str, ProbeResult]] = Counter()
        self._saved_posts: dict[str, int] = {}
        self._asked = 0
        self._done = 0
        self._closing = False
        self._health = StoreHealth()
        self._connection: sqlite3.Connection | None = None
        self._shared = threading.RLock()
        self._readers: list[sqlite3.Connection] = []
        self._generation = 0
        self._suspect = False
        self._pruned_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._log = get_logger("store")

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
        if path is None or str(path) == ":memory:":
            store = cls(None, read_only=False, lock=None, commit_interval=commit_interval)
            store._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            migrate(store._connection, "memory")
            store._thread.start()
            return store
        file = Path(path)
        if read_only:
            store = cls(file, read_only=True, lock=None, commit_interval=commit_interval)
            store._open_read_only()
            return store
        store = cls(file, read_only=False, lock=StoreLock.acquire(file), commit_interval=commit_interval)
        try:
            store._open_first()
        except BaseException:
            store._close_connections()
            store._release()
            raise
        store._thread.start()
        return store

    # -- writing: never blocks, never raises ---------------------------------------------------------------------

    def save_state(self, state: Remembered) -> None:
        """Remember the current truth of a site (``memory`` and ``probes_total`` of the value are not looked at)."""
        with self._condition:
            self._pending.states[state.site_id] = state

    def save_memory(self, site_id: str, memory: Mapping[str, Any]) -> None:
        """Remember the freshness engine's own JSON; the value must not be changed afterwards."""
        with self._condition:
            self._pending.memories[site_id] = memory

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
        with self._condition:
            self._pending.add_probe(site.id, local, result, seconds, size)

    def record_content_check(self, site: Site, at: float) -> None:
        """Count one content check in the site's local day."""
        day = clock.as_datetime(at, site.timezone).date().isoformat()
        with self._condition:
            self._pending.day(day, site.id).content_checks += 1

    def record_change(self, change: Change) -> None:
        """Keep one status change; the first status of a site is a change too."""
        with self._condition:
            self._pending.add_change(change)

    def save_posts(self, site_id: str, posts: Iterable[Post], seen_at: float) -> None:
        """Keep credible posts; those known already keep their first sight, and the same list again costs nothing."""
        items = tuple(posts)
        digest = hash(items)
        with self._condition:
            if self._saved_posts.get(site_id) == digest:
                return
            self._saved_posts[site_id] = digest
            for post in items:
                self._pending.add_post(site_id, post.url[:2000] or f"title:{post.title[:300]}", post, seen_at)

    def forget_posts(self, site_id: str, is_disproved: Callable[[Post], bool]) -> None:
        """Remove kept posts whose date turned out to be a clock, so that they prove no publishing day any more.

        Args:
            site_id: Whose posts.
            is_disproved: Says it of one kept post (``Reading.disproves``); called on the writer thread, must not raise.
        """
        with self._condition:
            self._pending.disproofs.append((site_id, is_disproved))
            self._saved_posts.pop(site_id, None)

    def flush(self, timeout: float = 30.0) -> bool:
        """Commit everything that waits; blocks. False when it could not be written within ``timeout`` seconds."""
        if self._read_only:
            return True
        with self._condition:
            self._asked += 1
            ticket = self._asked
            self._condition.notify_all()
            return self._condition.wait_for(lambda: self._done >= ticket, timeout)

    def close(self, timeout: float = 10.0) -> None:
        """Commit what waits, stop the writer and give the lock back; blocks, and is harmless when repeated."""
        if self._thread.is_alive():
            self.flush(min(timeout, RETRY_INTERVAL) if self._health.failing else timeout)
            with self._condition:
                self._closing = True
                self._condition.notify_all()
            self._thread.join(timeout)
        self._close_connections()
        self._release()

    # -- reading: blocks, raises StoreError ----------------------------------------------------------------------

    @property
    def health(self) -> StoreHealth:
        """Whether writes reach the disk, at the moment."""
        return self._health

    def probes_total(self, site_id: str) -> dict[ProbeResult, int]:
        """The probe counters of a site that are safely on disk; does not block.

        Counters that were shown and then lost by kill -9 would look like a reset and make ``rate()`` jump, so what is
        not committed is shown only while nothing can be committed.
        """
        with self._condition:
            totals = {result: self._totals[site_id, result] for result in RESULTS}
            if self._health.failing:
                for result in RESULTS:
                    totals[result] += self._pending.totals[site_id, result] + self._in_flight.totals[site_id, result]
        return totals

    def load(self) -> dict[str, Remembered]:
        """What was remembered of every site, by id."""
        with self._reading() as connection:
            return queries.read_remembered(connection)

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

    # -- the writer thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._condition:
                if self._asked <= self._done and not self._closing:
                    failing = self._health.failing
                    self._condition.wait(RETRY_INTERVAL if failing else self._commit_interval)
                ticket = self._asked
                closing = self._closing
                self._in_flight, self._pending = self._pending, Pending()
            wrote = bool(self._in_flight)
            error = self._commit(self._in_flight)
            with self._condition:
                if error is None:
                    self._totals.update(self._in_flight.totals)
                    self._done = max(self._done, ticket)
                else:
                    self._in_flight.absorb(self._pending)
                    self._pending = self._in_flight
                self._in_flight = Pending()
                self._note(error, wrote=wrote)
                self._condition.notify_all()
            if closing:
                return
            if error is not None:
                # A waiting flush must not turn the retry into a busy loop.
                with self._condition:
                    self._condition.wait_for(lambda: self._closing, 0.1)

    def _commit(self, batch: Pending) -> str | None:
        """Write ``batch``; the error in short words, or ``None``."""
        if not batch and not self._health.failing and not self._suspect:
            return None
        try:
            if self._suspect:
                # A reader met a damaged page, which the writer's own cache may hide: look at the file itself.
                self._close_connections()
            with self._shared:
                if self._connection is None:
                    self._connection = self._connect(check=self._suspect)
                self._suspect = False
                connection = self._connection
                connection.execute("BEGIN IMMEDIATE")
                try:
                    batch.write(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            self._recover(error)
            return str(error)
        except (OSError, StoreError) as error:
            return str(error)
        self._prune()
        return None

    def _recover(self, error: sqlite3.Error) -> None:
        """After a failed write: begin anew when the file is damaged, else reopen it at the next attempt."""
        if self._path is None:
            return
        self._close_connections()
        if _primary_code(error) in _CORRUPT:
            with contextlib.suppress(OSError, sqlite3.Error):
                self._begin_anew(str(error))

    def _prune(self) -> None:
        now = clock.monotonic()
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_INTERVAL:
            return
        self._pruned_at = now
        try:
            with self._shared:
                if self._connection is not None:
                    pruning.prune(self._connection)
        except sqlite3.Error as error:
            self._log.warning("old history was not removed", error=str(error))

    def _note(self, error: str | None, *, wrote: bool) -> None:
        """Keep the health up to date, and say once when it turns."""
        old = self._health
        dropped = old.dropped + self._pending.dropped
        self._pending.dropped = 0
        if error is None:
            committed_at = clock.now() if wrote else old.last_commit_at
            self._health = StoreHealth(False, old.degraded, old.error, committed_at, dropped)
            if old.failing:
                self._log.info("store is written again", file=str(self._path), dropped=dropped)
        else:
            self._health = StoreHealth(True, old.degraded, error, old.last_commit_at, dropped)
            if not old.failing:
                self._log.error(
                    "store cannot be written; kept in memory and retried", file=str(self._path), error=error
                )

    # -- connections ---------------------------------------------------------------------------------------------

    def _open_first(self) -> None:
        """Open for the first time: refuse what a person must fix, go on with what mends itself."""
        if not _writable(self._path):
            raise self._unusable("permission denied, or not a file")
        try:
            self._connection = self._connect(check=True)
        except sqlite3.Error as error:
            self._close_connections()
            code = _primary_code(error)
            if code in _CORRUPT:
                try:
                    self._begin_anew(str(error))
                except (sqlite3.Error, OSError) as second:
                    raise self._unusable(second) from error
            elif code in _REFUSED:
                raise self._unusable(error) from error
            else:
                # A full disk: better a monitor whose memory waits than no monitor.
                self._note(str(error), wrote=False)
        with contextlib.suppress(StoreError), self._reading() as connection:
            self._totals.update(queries.read_totals(connection))

    def _unusable(self, error: object) -> StoreError:
        return StoreError(
            f"{self._path}: cannot be written ({error}); make the file and its folder writable for the user that runs "
            "opd-exporter, or give another --storage.path"
        )

    def _connect(self, *, check: bool = False) -> sqlite3.Connection:
        """The writing connection, with the tables as they should be."""
        assert self._path is not None  # noqa: S101 - memory mode never reconnects
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            if check and self._path.stat().st_size <= QUICK_CHECK_BYTES:
                _check_sound(connection)
            check_version(version_of(connection), str(self._path))
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            migrate(connection, str(self._path))
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin_anew(self, error: str) -> None:
        """Keep a damaged file under another name, and begin a new one with what can still be read of it."""
        assert self._path is not None  # noqa: S101
        stamp = clock.as_datetime(clock.now()).strftime("%Y%m%dT%H%M%SZ")
        aside = self._path.with_name(f"{self._path.name}.corrupt-{stamp}")
        for suffix in ("", "-wal", "-shm"):
            source = self._path.with_name(self._path.name + suffix)
            if source.exists():
                source.replace(aside.with_name(aside.name + suffix))
        with self._condition:
            old = self._health
            self._health = StoreHealth(old.failing, True, error, old.last_commit_at, old.dropped)
            self._saved_posts.clear()
        with self._shared:
            self._connection = self._connect()
            taken = salvage(aside, self._connection)
        self._log.error(
            "store is damaged; it was kept aside and a new one begun", kept=str(aside), error=error, salvaged=taken
        )

    def _open_read_only(self) -> None:
        assert self._path is not None  # noqa: S101
        if not self._path.is_file():
            raise StoreError(f"{self._path}: no such store; give the --storage.path of the exporter")
        with self._reading() as connection:
            found = version_of(connection)
            check_version(found, str(self._path))
            if found == 0:
                raise StoreError(f"{self._path}: holds no history of opd-exporter")

    def _connect_reader(self) -> sqlite3.Connection:
        assert self._path is not None  # noqa: S101
        place = f"file:{quote(str(self._path))}?mode=ro"
        connection = sqlite3.connect(
            place, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            version_of(connection)
        except sqlite3.OperationalError:
            connection.close()
            # Nobody writes and the folder does not let us make the shared memory of the log: read the file as it is.
            connection = sqlite3.connect(
                f"{place}&immutable=1", uri=True, isolation_level=None, check_same_thread=False
            )
            version_of(connection)
        return connection

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._path is None:
            with self._shared:
                if self._connection is None:
                    raise StoreError("memory: the store is closed")
                yield self._connection
            return
        with self._condition:
            connection = self._readers.pop() if self._readers else None
            generation = self._generation
        try:
            if connection is None:
                connection = self._connect_reader()
            yield connection
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            self._suspect = self._suspect or _primary_code(error) in _CORRUPT
            raise StoreError(f"{self._path}: cannot be read ({error})") from error
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        with self._condition:
            if generation == self._generation and len(self._readers) < 8:
                self._readers.append(connection)
                return
        connection.close()

    def _close_connections(self) -> None:
        with self._condition:
            readers, self._readers = self._readers, []
            self._generation += 1
        for reader in readers:
            reader.close()
        with self._shared:
            if self._connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()


def _check_sound(connection: sqlite3.Connection) -> None:
    """Read every page once.

    Raises:
        sqlite3.DatabaseError: With the code ``SQLITE_CORRUPT`` when something is damaged.
    """
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _primary_code(error: sqlite3.Error) -> int:
    """The primary SQLite result code (extended codes carry it in the low byte)."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _writable(path: Path | None) -> bool:
    if path is None:
        return True
    own = os.access in os.supports_effective_ids
    if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=own):
        return False
    return not path.exists() or (path.is_file() and os.access(path, os.R_OK | os.W_OK, effective_ids=own))
