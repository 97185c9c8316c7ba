"""Values as rows of the tables, and the statements that write them."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from opd_exporter.logs import get_logger
from opd_exporter.models import Post, PostSource, ProbeResult
from opd_exporter.store import codec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from opd_exporter.store.pending import DayDelta
    from opd_exporter.store.records import Change, Remembered

Item = TypeVar("Item")
log = get_logger("store")

_REFUSED = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    AttributeError,
    OverflowError,
    TypeError,
    ValueError,
)
"""What a single odd value raises (not a number, no JSON, too large); everything else is a matter of the file."""


def insert(
    connection: sqlite3.Connection,
    statement: str,
    items: Collection[Item],
    row_of: Callable[[Item], tuple[object, ...]],
) -> int:
    """Write all ``items``, or, when one is refused, all the others; how many were refused."""
    if not items:
        return 0
    connection.execute("SAVEPOINT batch")
    refused = 0
    try:
        connection.executemany(statement, [row_of(item) for item in items])
    except _REFUSED:
        connection.execute("ROLLBACK TO batch")
        for item in items:
            try:
                connection.execute(statement, row_of(item))
            except _REFUSED as error:
                refused += 1
                log.error("one value was not stored", error=str(error))  # noqa: TRY400 - the value is at fault
    connection.execute("RELEASE batch")
    return refused


WRITE_STATE = "INSERT OR REPLACE INTO sites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
WRITE_MEMORY = "INSERT OR REPLACE INTO memories VALUES (?, ?)"
WRITE_CHANGE = "INSERT INTO changes (site_id, at, status, reason, evidence, readable) VALUES (?, ?, ?, ?, ?, ?)"
WRITE_TOTAL = """INSERT INTO counters VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET total = total + excluded.total"""
WRITE_HOUR = """INSERT INTO hours VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down"""
WRITE_DAY = """INSERT INTO days VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET up = up + excluded.up, down = down + excluded.down, blocked = blocked + excluded.blocked,
        unknown = unknown + excluded.unknown, response_count = response_count + excluded.response_count,
        response_seconds_sum = response_seconds_sum + excluded.response_seconds_sum,
        response_seconds_max = max(response_seconds_max, excluded.response_seconds_max),
        bytes_total = bytes_total + excluded.bytes_total, content_checks = content_checks + excluded.content_checks,
        hours = hours | excluded.hours"""
# A date that moves to a later day must not make an old post new: another day is taken only when it is earlier. Within
# one day the newest reading counts, except that a bare date never replaces a time.
WRITE_POST = """INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET url = excluded.url, title = excluded.title, published_at = excluded.published_at,
        published = excluded.published, day = excluded.day, date_only = excluded.date_only, source = excluded.source
    WHERE excluded.day < day OR (excluded.day = day AND excluded.date_only <= date_only)"""


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def state_row(state: Remembered) -> tuple[object, ...]:
    """Of ``sites``."""
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


def memory_row(item: tuple[str, Any]) -> tuple[object, ...]:
    """Of ``memories``."""
    return item[0], codec.pack(item[1])


def day_row(item: tuple[tuple[str, str], DayDelta]) -> tuple[object, ...]:
    """Of ``days``, to be added to what is there."""
    key, delta = item
    return (
        *key,
        *delta.counts,
        delta.seconds_count,
        delta.seconds_sum,
        delta.seconds_max,
        delta.bytes_total,
        delta.content_checks,
        delta.hours,
    )


def hour_row(item: tuple[tuple[int, str], list[int]]) -> tuple[object, ...]:
    """Of ``hours``, to be added."""
    return (*item[0], *item[1])


def total_row(item: tuple[tuple[str, ProbeResult], int]) -> tuple[object, ...]:
    """Of ``counters``, to be added."""
    (site_id, result), count = item
    return site_id, result.value, count


def post_row(item: tuple[tuple[str, str], tuple[Post, float]]) -> tuple[object, ...]:
    """Of ``posts``."""
    (site_id, key), (post, first_seen) = item
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


def forget_posts(connection: sqlite3.Connection, site_id: str, is_disproved: Callable[[Post], bool]) -> None:
    """Remove the posts of a site of which ``is_disproved`` is true."""
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


def change_row(change: Change) -> tuple[object, ...]:
    """Of ``changes``."""
    return (
        change.site_id,
        change.at,
        change.status.value,
        change.reason.value if change.reason else None,
        codec.dump(codec.dump_evidence(change.evidence)),
        _flag(change.readable),
    )
