"""The one thread that writes: it takes what has gathered, commits it at once, and keeps it when the disk refuses."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.logs import get_logger
from opd_exporter.store import pruning
from opd_exporter.store.pending import RESULTS, Pending
from opd_exporter.store.records import StoreError, StoreHealth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opd_exporter.models import ProbeResult
    from opd_exporter.store.files import DatabaseFile

RETRY_INTERVAL = 2.0
PRUNE_INTERVAL = 6 * 3600.0

log = get_logger("store")


class Writer:
    """Commits what is queued every ``commit_interval`` seconds, from its own thread."""

    def __init__(self, file: DatabaseFile, commit_interval: float) -> None:
        self._file = file
        self._commit_interval = commit_interval
        self._condition = threading.Condition()
        self._pending = Pending()
        self._in_flight = Pending()
        self._totals: Counter[tuple[str, ProbeResult]] = Counter()
        self._asked = 0
        self._done = 0
        self._closing = False
        self._failing = False
        self._error = ""
        self._committed_at: float | None = None
        self._dropped = 0
        self._pruned_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    def start(self, totals: Mapping[tuple[str, ProbeResult], int], error: str | None = None) -> None:
        """Begin with the counters of the file, and with why it cannot be written, if so."""
        self._totals.update(totals)
        self._note(error, wrote=False)
        self._thread.start()

    @contextlib.contextmanager
    def queue(self) -> Iterator[Pending]:
        """What waits, for one caller at a time; nothing slow may be done with it."""
        with self._condition:
            yield self._pending

    @property
    def health(self) -> StoreHealth:
        """How writing goes."""
        return StoreHealth(
            failing=self._failing,
            degraded=bool(self._file.damage),
            error=self._error or self._file.damage,
            last_commit_at=self._committed_at,
            dropped=self._dropped,
        )

    def probes_total(self, site_id: str) -> dict[ProbeResult, int]:
        """Committed counters; with what waits while nothing can be committed."""
        with self._condition:
            totals = {result: self._totals[site_id, result] for result in RESULTS}
            if self._failing:
                for result in RESULTS:
                    totals[result] += self._pending.totals[site_id, result] + self._in_flight.totals[site_id, result]
        return totals

    def flush(self, timeout: float) -> bool:
        """Commit now; False when that did not succeed within ``timeout`` seconds."""
        with self._condition:
            if not self._thread.is_alive():
                return not self._pending
            self._asked += 1
            ticket = self._asked
            self._condition.notify_all()
            return self._condition.wait_for(lambda: self._done >= ticket, timeout)

    def close(self, timeout: float) -> None:
        """Commit what waits and end the thread; a disk that refuses already is not waited for long."""
        if not self._thread.is_alive():
            return
        self.flush(min(timeout, RETRY_INTERVAL) if self._failing else timeout)
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._condition:
                if self._asked <= self._done and not self._closing:
                    self._condition.wait(RETRY_INTERVAL if self._failing else self._commit_interval)
                ticket, closing = self._asked, self._closing
                self._in_flight, self._pending = self._pending, Pending()
            error = self._commit(self._in_flight)
            with self._condition:
                self._note(error, wrote=bool(self._in_flight))
                if error is None:
                    self._totals.update(self._in_flight.totals)
                    self._done = max(self._done, ticket)
                else:
                    self._in_flight.absorb(self._pending)
                    self._pending = self._in_flight
                self._in_flight = Pending()
                self._condition.notify_all()
                if closing:
                    return
                if error is not None:
                    # A waiting flush must not turn the retry into a busy loop.
                    self._condition.wait_for(lambda: self._closing, 0.1)

    def _commit(self, batch: Pending) -> str | None:
        """Write ``batch``; why that failed, in short words, or ``None``."""
        if not batch and not self._failing and not self._file.suspect:
            return None
        try:
            with self._file.writing() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    batch.write(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            self._file.recover(error)
            return str(error)
        except (OSError, StoreError) as error:
            return str(error)
        except Exception:
            # A fault of the program itself: the thread must live, and the same batch would fail for ever.
            log.exception("what waited to be stored was given up")
            self._dropped += 1
        self._prune()
        return None

    def _prune(self) -> None:
        now = clock.monotonic()
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_INTERVAL:
            return
        self._pruned_at = now
        try:
            with self._file.writing() as connection:
                pruning.prune(connection)
        except (sqlite3.Error, OSError, StoreError) as error:
            log.warning("old history was not removed", error=str(error))

    def _note(self, error: str | None, *, wrote: bool) -> None:
        """Keep the health up to date, and say once when it turns."""
        for batch in (self._in_flight, self._pending):
            self._dropped += batch.dropped
            batch.dropped = 0
        if error is None:
            if wrote:
                self._committed_at = clock.now()
            if self._failing:
                log.info("store is written again", file=str(self._file), dropped=self._dropped)
            self._failing = False
        else:
            if not self._failing:
                log.error("store cannot be written; kept in memory and retried", file=str(self._file), error=error)
            self._failing, self._error = True, error
