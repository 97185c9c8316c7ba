"""What waits to be written: coalesced as it arrives, so that it stays small however long the disk refuses.

Probes become sums, states and memories keep only the newest, posts are kept by URL; only status changes and posts can
grow without end, and those are bounded.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from typing import TYPE_CHECKING, Any

from opd_exporter.models import Post, PostSource, ProbeResult
from opd_exporter.store import codec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from opd_exporter.store.records import Change, Remembered

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
        """Write everything inside the caller's transaction."""
        connection.executemany(_WRITE_STATE, [_state_row(state) for state in self.states.values()])
        connection.executemany(_WRITE_MEMORY, [(key, codec.pack(memory)) for key, memory in self.memories.items()])
        connection.executemany(_WRITE_POST, [_post_row(*key, *item) for key, item in self.posts.items()])
        for site_id, is_disproved in self.disproofs:
            _forget_posts(connection, site_id, is_disproved)
        connection.executemany(_WRITE_CHANGE, [_change_row(change) for change in self.changes])
        connection.executemany(
            _WRITE_DAY,
            [
                (
                    *key,
                    *delta.counts,
                    delta.seconds_count,
                    delta.seconds_sum,
                    delta.seconds_max,
                    delta.bytes_total,
                    delta.content_checks,
                    delta.hours,
                )
                for key, delta in self.days.items()
            ],
        )
        connection.executemany(_WRITE_HOUR, [(*key, *sums) for key, sums in self.hours.items()])
        connection.executemany(
            _WRITE_TOTAL, [(site_id, result.value, count) for (site_id, result), count in self.totals.items()]
        )


_WRITE_STATE = "INSERT OR REPLACE INTO sites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_WRITE_MEMORY = "INSERT OR REPLACE INTO memories VALUES (?, ?)"
_WRITE_CHANGE = "INSERT INTO changes (site_id, at, status, reason, evidence, readable) VALUES (?, ?, ?, ?, ?, ?)"
_WRITE_TOTAL = """INSERT INTO counters VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET total = total + excluded.total"""
_WRITE_HOUR = """INSERT INTO hours VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down"""
_WRITE_DAY = """INSERT INTO days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down, blocked = blocked + excluded.blocked,
        unknown = unknown + excluded.unknown, response_count = response_count + excluded.response_count,
        response_seconds_sum = response_seconds_sum + excluded.response_seconds_sum,
        response_seconds_max = max(response_seconds_max, excluded.response_seconds_max),
        bytes_total = bytes_total + excluded.bytes_total, content_checks = content_checks + excluded.content_checks,
        hours = hours | excluded.hours"""
# A date that moves to a later day must not make an old post new: another day is taken only when it is earlier. Within
# one day the newest reading counts, except that a bare date never replaces a time.
_WRITE_POST = """INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET url = excluded.url, title = excluded.title, published_at = excluded.published_at,
        published = excluded.published, day = excluded.day, date_only = excluded.date_only, source = excluded.source
    WHERE excluded.day < day OR (excluded.day = day AND excluded.date_only <= date_only)"""


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _state_row(state: Remembered) -> tuple[object, ...]:
    return (
        state.site_id,
        state.status.value,
        state.reason.value if state.reason else None,
        state.since,
        codec.dump(codec.dump_evidence(state.evidence)),
        _flag(state.readable),
        codec.dump_findings(state.findings),
        codec.dump_post(state.last_post),
        int(state.dated),
        state.known_since.isoformat() if state.known_since else None,
        state.new_content_since,
        codec.dump_tls(state.tls),
        state.last_probe_at,
        state.last_content_at,
        state.last_daily_at,
        codec.dump(dict(state.extra)),
    )


def _post_row(site_id: str, key: str, post: Post, first_seen: float) -> tuple[object, ...]:
    return (
        site_id,
        key,
        codec.clean(post.url, codec.URL_CHARACTERS),
        codec.clean(post.title, codec.TITLE_CHARACTERS),
        post.published_at.isoformat(),
        post.published_at.timestamp(),
        post.published_at.date().isoformat(),
        int(post.date_only),
        post.source.value,
        first_seen,
    )


def _forget_posts(connection: sqlite3.Connection, site_id: str, is_disproved: Callable[[Post], bool]) -> None:
    rows = connection.execute(
        "SELECT key, url, title, published_at, source, date_only FROM posts WHERE site_id = ?", (site_id,)
    ).fetchall()
    keys = [
        (site_id, key)
        for key, url, title, published_at, source, date_only in rows
        if is_disproved(
            Post(url, title, datetime.fromisoformat(published_at), PostSource(source), date_only=bool(date_only))
        )
    ]
    connection.executemany("DELETE FROM posts WHERE site_id = ? AND key = ?", keys)


def _change_row(change: Change) -> tuple[object, ...]:
    return (
        change.site_id,
        change.at,
        change.status.value,
        change.reason.value if change.reason else None,
        codec.dump(codec.dump_evidence(change.evidence)),
        _flag(change.readable),
    )
