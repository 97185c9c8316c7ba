"""The database file: opening, checking, keeping a damaged one aside, and connections for readers."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

from opd_exporter import clock
from opd_exporter.logs import get_logger
from opd_exporter.store.records import StoreError
from opd_exporter.store.salvage import salvage
from opd_exporter.store.schema import check_version, migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 5.0
QUICK_CHECK_BYTES = 64 * 1024 * 1024
"""Larger files are not read whole at start; a damaged page is then met, and handled, when it is used."""
READERS_KEPT = 8
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})

log = get_logger("store")


class DatabaseFile:
    """One SQLite file, or one database in memory (``path`` is ``None``)."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.damage = ""
        """Why the file was begun anew in this run; empty while it was not."""
        self.renewals = 0
        self.suspect = False
        """A reader met a damaged page, which the writer's own cache may hide."""
        self._writer: sqlite3.Connection | None = None
        self._writing = threading.RLock()
        self._pool_lock = threading.Lock()
        self._readers: list[sqlite3.Connection] = []
        self._generation = 0

    def __str__(self) -> str:
        return str(self.path or "memory")

    def open_first(self) -> str | None:
        """Open for writing at start: refuse what a person must fix, go on with what mends itself.

        Returns:
            Why it cannot be written at the moment (a full disk: better a monitor whose memory waits than none).

        Raises:
            StoreError: Not writable, or from a newer version.
        """
        if self.path is None:
            self._writer = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            migrate(self._writer, str(self))
            return None
        if not _writable(self.path):
            raise self._unusable("permission denied, or not a file")
        try:
            with self.writing(check=True):
                return None
        except sqlite3.Error as error:
            self.close()
            code = _primary_code(error)
            if code in _REFUSED:
                raise self._unusable(error) from error
            if code not in _CORRUPT:
                return str(error)
            try:
                self._begin_anew(str(error))
            except (sqlite3.Error, OSError) as second:
                raise self._unusable(second) from error
            return None

    def open_read_only(self) -> None:
        """Make sure that there is a history to read.

        Raises:
            StoreError: There is none, or it is from a newer version.
        """
        if self.path is None or not self.path.is_file():
            raise StoreError(f"{self}: no such store; give the --storage.path of the exporter")
        with self.reading() as connection:
            found = version_of(connection)
            check_version(found, str(self))
            if found == 0:
                raise StoreError(f"{self}: holds no history of opd-exporter")

    @contextlib.contextmanager
    def writing(self, *, check: bool = False) -> Iterator[sqlite3.Connection]:
        """The writing connection, opened when it is not, for one thread at a time.

        Raises:
            sqlite3.Error: It cannot be opened; ``recover`` is the answer.
            OSError, StoreError: The same.
        """
        if self.suspect:
            self.close()
        with self._writing:
            if self._writer is None:
                self._writer = self._connect(check=check or self.suspect)
                self.suspect = False
            yield self._writer

    def recover(self, error: sqlite3.Error) -> None:
        """After a failed write: begin anew when the file is damaged, else open it again at the next attempt."""
        if self.path is None:
            return
        self.close()
        if _primary_code(error) in _CORRUPT:
            with contextlib.suppress(OSError, sqlite3.Error):
                self._begin_anew(str(error))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one reader.

        Raises:
            StoreError: The file cannot be read.
        """
        if self.path is None:
            with self._writing:
                if self._writer is None:
                    raise StoreError("memory: the store is closed")
                yield self._writer
            return
        with self._pool_lock:
            connection = self._readers.pop() if self._readers else None
            generation = self._generation
        try:
            if connection is None:
                connection = self._connect_reader()
            yield connection
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.Error):
                self.suspect = self.suspect or _primary_code(error) in _CORRUPT
                raise StoreError(f"{self}: cannot be read ({error})") from error
            raise
        with self._pool_lock:
            if generation == self._generation and len(self._readers) < READERS_KEPT:
                self._readers.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close every connection that is not in use; those in use close themselves."""
        with self._pool_lock:
            readers, self._readers = self._readers, []
            self._generation += 1
        for reader in readers:
            reader.close()
        with self._writing:
            if self._writer is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._writer.close()
                self._writer = None

    def _connect(self, *, check: bool) -> sqlite3.Connection:
        assert self.path is not None  # noqa: S101 - memory is connected once
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            if check and self.path.stat().st_size <= QUICK_CHECK_BYTES:
                _check_sound(connection)
            check_version(version_of(connection), str(self))
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            migrate(connection, str(self))
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        place = f"file:{quote(str(self.path))}?mode=ro"
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

    def _begin_anew(self, error: str) -> None:
        """Keep a damaged file under another name, and begin a new one with what can still be read of it."""
        assert self.path is not None  # noqa: S101
        stamp = clock.as_datetime(clock.now()).strftime("%Y%m%dT%H%M%SZ")
        again = f"-{self.renewals}" if self.renewals else ""
        aside = self.path.with_name(f"{self.path.name}.corrupt-{stamp}{again}")
        for suffix in ("", "-wal", "-shm"):
            source = self.path.with_name(self.path.name + suffix)
            if source.exists():
                source.replace(aside.with_name(aside.name + suffix))
        self.damage = error
        self.renewals += 1
        with self._writing:
            self._writer = self._connect(check=False)
            taken = salvage(aside, self._writer)
        log.error(
            "store is damaged; it was kept aside and a new one begun", kept=str(aside), error=error, salvaged=taken
        )

    def _unusable(self, error: object) -> StoreError:
        return StoreError(
            f"{self}: cannot be written ({error}); make the file and its folder writable for the user that runs "
            "opd-exporter, or give another --storage.path"
        )


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


def _writable(path: Path) -> bool:
    own = os.access in os.supports_effective_ids
    if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=own):
        return False
    return not path.exists() or (path.is_file() and os.access(path, os.R_OK | os.W_OK, effective_ids=own))
