"""Reading the store: each function takes a connection and returns values."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from opd_exporter.models import Post, PostSource, ProbeResult, Status
from opd_exporter.store import codec
from opd_exporter.store.records import Change, DaySums, Remembered, SeenPost

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_READ_DAY = """SELECT site_id, day, up, down, blocked, unknown, response_count, response_seconds_sum,
    response_seconds_max, bytes_total, content_checks, hours FROM days WHERE day = ? AND site_id = ?"""


def read_remembered(connection: sqlite3.Connection, *, with_memory: bool = True) -> dict[str, Remembered]:
    """Everything that a restart needs, by site id; a site whose status is unknown to this version is left out."""
    totals: defaultdict[str, dict[ProbeResult, int]] = defaultdict(dict)
    for site_id, result, total in connection.execute("SELECT site_id, result, total FROM counters"):
        if result in ProbeResult.__members__.values():
            totals[site_id][ProbeResult(result)] = total
    memories = dict(connection.execute("SELECT site_id, memory FROM memories")) if with_memory else {}
    found: dict[str, Remembered] = {}
    for row in connection.execute("SELECT * FROM sites"):
        if row[1] not in Status.__members__.values():
            continue
        extra = codec.parse(row[15])
        memory = codec.unpack(memories.get(row[0]))
        found[row[0]] = Remembered(
            site_id=row[0],
            status=Status(row[1]),
            reason=codec.load_reason(row[2]),
            since=row[3],
            evidence=codec.load_evidence(codec.parse(row[4])),
            readable=None if row[5] is None else bool(row[5]),
            findings=codec.load_findings(row[6]),
            last_post=codec.load_post(row[7]),
            dated=bool(row[8]),
            known_since=codec.load_date(row[9]),
            new_content_since=row[10],
            tls=codec.load_tls(row[11]),
            last_probe_at=row[12],
            last_content_at=row[13],
            last_daily_at=row[14],
            extra=extra if isinstance(extra, dict) else {},
            memory=memory if isinstance(memory, dict) else None,
            probes_total=totals[row[0]],
        )
    return found


def read_totals(connection: sqlite3.Connection) -> dict[tuple[str, ProbeResult], int]:
    """The probe counters of every site."""
    return {
        (site_id, ProbeResult(result)): total
        for site_id, result, total in connection.execute("SELECT site_id, result, total FROM counters")
        if result in ProbeResult.__members__.values()
    }


def read_posts(connection: sqlite3.Connection, site_id: str, since: float, until: float, limit: int) -> list[SeenPost]:
    """Posts published in ``[since, until)``, newest first, at most ``limit``."""
    rows = connection.execute(
        """SELECT url, title, published_at, source, date_only, first_seen FROM posts
           WHERE site_id = ? AND published >= ? AND published < ? ORDER BY published DESC, key LIMIT ?""",
        (site_id, since, until, limit),
    )
    return [
        SeenPost(
            Post(
                url=url,
                title=title,
                published_at=datetime.fromisoformat(published_at),
                source=PostSource(source),
                date_only=bool(date_only),
            ),
            first_seen,
        )
        for url, title, published_at, source, date_only, first_seen in rows
    ]


def read_publishing_dates(connection: sqlite3.Connection, site_id: str) -> list[date]:
    """Distinct local days with a post, oldest first."""
    rows = connection.execute("SELECT DISTINCT day FROM posts WHERE site_id = ? ORDER BY day", (site_id,))
    return [date.fromisoformat(day) for (day,) in rows]


def read_all_publishing_dates(connection: sqlite3.Connection) -> dict[str, list[date]]:
    """The same of every site."""
    found: defaultdict[str, list[date]] = defaultdict(list)
    # Sorted here: the index is by time, and in it SQLite would sort every post of every site.
    days: dict[str, date] = {}
    for site_id, day in connection.execute("SELECT DISTINCT site_id, day FROM posts"):
        read = days.get(day)
        if read is None:
            read = days[day] = date.fromisoformat(day)
        found[site_id].append(read)
    for read_days in found.values():
        read_days.sort()
    return dict(found)


def read_post_counts(connection: sqlite3.Connection, since: float, until: float) -> dict[str, int]:
    """Posts published in ``[since, until)`` by site."""
    return dict(
        connection.execute(
            "SELECT site_id, count(*) FROM posts WHERE published >= ? AND published < ? GROUP BY site_id",
            (since, until),
        )
    )


def _change(row: tuple[Any, ...]) -> Change:
    site_id, at, status, reason, evidence, readable = row
    return Change(
        site_id=site_id,
        at=at,
        # A status of another version is history that this one cannot name: not known.
        status=Status(status) if status in Status.__members__.values() else Status.PENDING,
        reason=codec.load_reason(reason),
        evidence=codec.load_evidence(codec.parse(evidence)),
        readable=None if readable is None else bool(readable),
    )


def read_changes(connection: sqlite3.Connection, site_id: str, since: float, until: float) -> list[Change]:
    """The change in force at ``since`` (when there is one) and those in ``(since, until)``, oldest first."""
    before = connection.execute(
        """SELECT site_id, at, status, reason, evidence, readable FROM changes
           WHERE site_id = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT 1""",
        (site_id, since),
    ).fetchone()
    rows = connection.execute(
        """SELECT site_id, at, status, reason, evidence, readable FROM changes
           WHERE site_id = ? AND at > ? AND at < ? ORDER BY at, id""",
        (site_id, since, until),
    )
    return [_change(row) for row in ([before] if before else [])] + [_change(row) for row in rows]


def read_all_changes(connection: sqlite3.Connection, since: float, until: float) -> dict[str, list[Change]]:
    """``read_changes`` of every site that has any."""
    sites = connection.execute("SELECT DISTINCT site_id FROM changes").fetchall()
    return {site_id: read_changes(connection, site_id, since, until) for (site_id,) in sites}


def read_all_days(connection: sqlite3.Connection, first: date, last: date) -> dict[str, list[DaySums]]:
    """``read_days`` of every site that has any."""
    found: defaultdict[str, list[DaySums]] = defaultdict(list)
    rows = connection.execute(
        """SELECT site_id, day, up, down, blocked, unknown, response_count, response_seconds_sum, response_seconds_max,
           bytes_total, content_checks, hours FROM days WHERE day BETWEEN ? AND ? ORDER BY day""",
        (first.isoformat(), last.isoformat()),
    )
    text, day = "", first
    for row in rows:
        if row[1] != text:
            text, day = row[1], date.fromisoformat(row[1])
        found[row[0]].append(DaySums(row[0], day, *row[2:]))
    return dict(found)


def read_watched_sites(connection: sqlite3.Connection, first: date, last: date) -> set[str]:
    """The sites that have sums of any local day between ``first`` and ``last``, both included."""
    rows = connection.execute(
        "SELECT DISTINCT site_id FROM days WHERE day BETWEEN ? AND ?", (first.isoformat(), last.isoformat())
    )
    return {site_id for (site_id,) in rows}


def read_days(connection: sqlite3.Connection, site_id: str, days: Iterable[str]) -> list[DaySums]:
    """The sums of the given local days that have any, oldest first."""
    found = []
    for day in days:
        row = connection.execute(_READ_DAY, (day, site_id)).fetchone()
        if row:
            found.append(DaySums(row[0], date.fromisoformat(row[1]), *row[2:]))
    return found


def read_ratios_by_day(connection: sqlite3.Connection, first: date, last: date) -> dict[str, float]:
    """Readable part of the known time of every site over whole local days, both ends included."""
    rows = connection.execute(
        "SELECT site_id, sum(up), sum(down) FROM days WHERE day BETWEEN ? AND ? GROUP BY site_id",
        (first.isoformat(), last.isoformat()),
    )
    return {site_id: up / (up + down) for site_id, up, down in rows if up + down}


def read_ratios_by_hour(connection: sqlite3.Connection, first: int, last: int) -> dict[str, float]:
    """The same over hours since the epoch, both ends included."""
    rows = connection.execute(
        "SELECT site_id, sum(up), sum(down) FROM hours WHERE hour BETWEEN ? AND ? GROUP BY site_id", (first, last)
    )
    return {site_id: up / (up + down) for site_id, up, down in rows if up + down}
