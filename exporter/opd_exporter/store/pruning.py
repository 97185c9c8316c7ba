"""What is thrown away, by count of recorded days and never by the clock: a clock that jumps must not delete history."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

DAYS_KEPT = 430
"""A year and a month with its month before, for the report of the same month last year."""
HOURS_KEPT = 72
POSTS_KEPT_PER_SITE = 2000

_NTH = """WITH RECURSIVE steps(value, number) AS (
        SELECT (SELECT max({column}) FROM {table}), 1
        UNION ALL
        SELECT (SELECT max({column}) FROM {table} WHERE {column} < value), number + 1 FROM steps
        WHERE value IS NOT NULL AND number < ?
    ) SELECT value FROM steps WHERE number = ?"""


def prune(connection: sqlite3.Connection) -> None:
    """Remove what is older than the newest ``DAYS_KEPT`` recorded days, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        hour = connection.execute(_NTH.format(column="hour", table="hours"), (HOURS_KEPT, HOURS_KEPT)).fetchone()
        if hour and hour[0] is not None:
            connection.execute("DELETE FROM hours WHERE hour < ?", (hour[0],))
        day = connection.execute(_NTH.format(column="day", table="days"), (DAYS_KEPT, DAYS_KEPT)).fetchone()
        if day and day[0] is not None:
            connection.execute("DELETE FROM days WHERE day < ?", (day[0],))
            start = datetime.combine(date.fromisoformat(day[0]), datetime.min.time(), UTC).timestamp() - 86_400
            # The change before the cut says what the status was at the cut, so the newest old one of a site stays.
            connection.execute(
                """DELETE FROM changes WHERE at < ? AND EXISTS (
                       SELECT 1 FROM changes AS later
                       WHERE later.site_id = changes.site_id AND later.at > changes.at AND later.at <= ?)""",
                (start, start),
            )
        crowded = connection.execute(
            "SELECT site_id FROM posts GROUP BY site_id HAVING count(*) > ?", (POSTS_KEPT_PER_SITE,)
        ).fetchall()
        for (site_id,) in crowded:
            connection.execute(
                """DELETE FROM posts WHERE site_id = ? AND key NOT IN (
                       SELECT key FROM posts WHERE site_id = ? ORDER BY published DESC LIMIT ?)""",
                (site_id, site_id, POSTS_KEPT_PER_SITE),
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
