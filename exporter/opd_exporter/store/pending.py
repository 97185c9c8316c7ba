"""What waits to be written: coalesced as it arrives, so that it stays small however long the disk refuses.

Probes become sums, states and memories keep only the newest, posts are kept by URL; only status changes and posts can
grow without end, and those are bounded.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from opd_exporter.logs import get_logger
from opd_exporter.models import ProbeResult
from opd_exporter.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from opd_exporter.models import Post
    from opd_exporter.store.records import Change, DaySums, Remembered

log = get_logger("store")
CHANGES_KEPT = 50_000
POSTS_KEPT = 100_000
DISPROOFS_KEPT = 10_000
HOURS_KEPT = 48
RESULTS = tuple(ProbeResult)
_INDEX = {result: index for index, result in enumerate(RESULTS)}


class DayDelta:
    """What one flush adds to one row of ``days``; the only mutable sum, never handed out."""

    __slots__ = ("bytes_total", "content_checks", "counts", "hours", "seconds_count", "seconds_max", "seconds_sum")

    def __init__(self) -> None:
        self.counts = [0] * len(RESULTS)
        self.seconds_count = 0
        self.seconds_sum = 0.0
        self.seconds_max = 0.0
        self.bytes_total = 0
        self.content_checks = 0
        self.hours = 0

    @classmethod
    def of(cls, sums: DaySums) -> DayDelta:
        """The delta that makes an empty row hold ``sums``."""
        delta = cls()
        by_result = {
            ProbeResult.UP: sums.up,
            ProbeResult.DOWN: sums.down,
            ProbeResult.BLOCKED: sums.blocked,
            ProbeResult.UNKNOWN: sums.unknown,
        }
        delta.counts = [by_result[result] for result in RESULTS]
        delta.seconds_count = sums.response_count
        delta.seconds_sum = sums.response_seconds_sum
        delta.seconds_max = sums.response_seconds_max
        delta.bytes_total = sums.bytes_total
        delta.content_checks = sums.content_checks
        delta.hours = sums.hours
        return delta

    def add(self, other: DayDelta) -> None:
        """Add a later delta of the same row."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.seconds_count += other.seconds_count
        self.seconds_sum += other.seconds_sum
        self.seconds_max = max(self.seconds_max, other.seconds_max)
        self.bytes_total += other.bytes_total
        self.content_checks += other.content_checks
        self.hours |= other.hours


class Pending:
    """One batch. Filled under the store's lock, written by its writer thread."""

    __slots__ = ("changes", "days", "disproofs", "dropped", "hours", "memories", "posts", "states", "totals")

    def __init__(self) -> None:
        self.states: dict[str, Remembered] = {}
        self.memories: dict[str, Any] = {}
        self.posts: dict[tuple[str, str], tuple[Post, float]] = {}
        self.disproofs: deque[tuple[str, Callable[[Post], bool]]] = deque(maxlen=DISPROOFS_KEPT)
        self.changes: deque[Change] = deque()
        self.days: dict[tuple[str, str], DayDelta] = {}
        self.hours: dict[tuple[int, str], list[int]] = {}
        self.totals: Counter[tuple[str, ProbeResult]] = Counter()
        self.dropped = 0

    def __bool__(self) -> bool:
        return bool(self.states or self.memories or self.posts or self.disproofs or self.changes or self.days)

    def day(self, day: str, site_id: str) -> DayDelta:
        """The delta of one site's local day."""
        key = (day, site_id)
        delta = self.days.get(key)
        if delta is None:
            delta = self.days[key] = DayDelta()
        return delta

    def add_probe(self, site_id: str, local: datetime, result: ProbeResult, seconds: float | None, size: int) -> None:
        """Count one probe, made at ``local`` in the site's zone, in the day, in the hour and in the counters."""
        delta = self.day(local.date().isoformat(), site_id)
        delta.counts[_INDEX[result]] += 1
        delta.hours |= 1 << local.hour
        if seconds is not None:
            delta.seconds_count += 1
            delta.seconds_sum += seconds
            delta.seconds_max = max(delta.seconds_max, seconds)
        delta.bytes_total += size
        if result is ProbeResult.UP or result is ProbeResult.DOWN:
            sums = self.hours.setdefault((int(local.timestamp() // 3600), site_id), [0, 0])
            sums[result is ProbeResult.DOWN] += 1
        self.totals[site_id, result] += 1

    def add_post(self, site_id: str, key: str, post: Post, first_seen: float) -> None:
        """Keep one post; the first sight of a waiting one stays its first sight."""
        known = self.posts.get((site_id, key))
        self.posts[site_id, key] = (post, min(first_seen, known[1]) if known else first_seen)
        if len(self.posts) > POSTS_KEPT:
            del self.posts[next(iter(self.posts))]
            self.dropped += 1

    def add_change(self, change: Change) -> None:
        """Keep one status change, in order."""
        self.changes.append(change)
        if len(self.changes) > CHANGES_KEPT:
            self.changes.popleft()
            self.dropped += 1

    def absorb(self, later: Pending) -> None:
        """Take in what arrived while this batch could not be written."""
        self.states |= later.states
        self.memories |= later.memories
        self.dropped += later.dropped
        for (site_id, key), (post, first_seen) in later.posts.items():
            self.add_post(site_id, key, post, first_seen)
        self.disproofs.extend(later.disproofs)
        for change in later.changes:
            self.add_change(change)
        for key_of_day, delta in later.days.items():
            if key_of_day in self.days:
                self.days[key_of_day].add(delta)
            else:
                self.days[key_of_day] = delta
        for key_of_hour, sums in later.hours.items():
            mine = self.hours.setdefault(key_of_hour, [0, 0])
            mine[0] += sums[0]
            mine[1] += sums[1]
        self.totals.update(later.totals)
        if self.hours:
            oldest = max(hour for hour, _ in self.hours) - HOURS_KEPT
            self.hours = {key: sums for key, sums in self.hours.items() if key[0] >= oldest}

    def write(self, connection: sqlite3.Connection) -> None:
        """Write everything inside the caller's transaction; a value that the tables refuse is given up alone."""
        self.dropped += sum(
            (
                rows.insert(connection, rows.WRITE_STATE, self.states.values(), rows.state_row),
                rows.insert(connection, rows.WRITE_MEMORY, self.memories.items(), rows.memory_row),
                rows.insert(connection, rows.WRITE_POST, self.posts.items(), rows.post_row),
                rows.insert(connection, rows.WRITE_CHANGE, self.changes, rows.change_row),
                rows.insert(connection, rows.WRITE_DAY, self.days.items(), rows.day_row),
                rows.insert(connection, rows.WRITE_HOUR, self.hours.items(), rows.hour_row),
                rows.insert(connection, rows.WRITE_TOTAL, self.totals.items(), rows.total_row),
            )
        )
        for site_id, is_disproved in self.disproofs:
            try:
                rows.forget_posts(connection, site_id, is_disproved)
            except sqlite3.Error:
                raise
            except Exception:
                # The caller's function failed: the rest of the batch must not be lost with it.
                log.exception("posts were not forgotten", site=site_id)
