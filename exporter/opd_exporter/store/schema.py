"""The tables, as numbered steps; ``PRAGMA user_version`` says how many a file has had.

Times are Unix seconds, days are the site's local days as ``YYYY-MM-DD``, hours are ``unix // 3600``. A step is never
changed once released: the next one is added at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.store.records import StoreError

if TYPE_CHECKING:
    import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sites (
            site_id TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, since REAL NOT NULL, evidence TEXT,
            readable INTEGER, findings TEXT, last_post TEXT, dated INTEGER NOT NULL, known_since TEXT,
            new_content_since REAL, tls TEXT, last_probe_at REAL, last_content_at REAL, last_daily_at REAL, extra TEXT
        ) WITHOUT ROWID""",
        "CREATE TABLE memories (site_id TEXT PRIMARY KEY, memory BLOB NOT NULL)",
        """CREATE TABLE counters (
            site_id TEXT NOT NULL, result TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (site_id, result)
        ) WITHOUT ROWID""",
        """CREATE TABLE posts (
            site_id TEXT NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
            published_at TEXT NOT NULL, published REAL NOT NULL, day TEXT NOT NULL, date_only INTEGER NOT NULL,
            source TEXT NOT NULL, first_seen REAL NOT NULL, PRIMARY KEY (site_id, key)
        ) WITHOUT ROWID""",
        "CREATE INDEX posts_by_time ON posts (site_id, published)",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY, site_id TEXT NOT NULL, at REAL NOT NULL, status TEXT NOT NULL, reason TEXT,
            evidence TEXT, readable INTEGER
        )""",
        "CREATE INDEX changes_by_time ON changes (site_id, at)",
        """CREATE TABLE hours (
            hour INTEGER NOT NULL, site_id TEXT NOT NULL, up INTEGER NOT NULL, down INTEGER NOT NULL,
            PRIMARY KEY (hour, site_id)
        ) WITHOUT ROWID""",
        """CREATE TABLE days (
            day TEXT NOT NULL, site_id TEXT NOT NULL, up INTEGER NOT NULL, down INTEGER NOT NULL,
            blocked INTEGER NOT NULL, unknown INTEGER NOT NULL, response_count INTEGER NOT NULL,
            response_seconds_sum REAL NOT NULL, response_seconds_max REAL NOT NULL, bytes_total INTEGER NOT NULL,
            content_checks INTEGER NOT NULL, hours INTEGER NOT NULL, PRIMARY KEY (day, site_id)
        ) WITHOUT ROWID""",
    ),
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Bring the tables of ``connection`` to ``VERSION``; each step is one transaction.

    Raises:
        StoreError: The file was written by a newer version of the program.
        sqlite3.Error: The file cannot be written, or is no database.
    """
    found = version_of(connection)
    check_version(found, name)
    for number in range(found, VERSION):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in MIGRATIONS[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps the file has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(found: int, name: str) -> None:
    """Refuse a file from the future.

    Raises:
        StoreError: ``found`` is newer than this program.
    """
    if found > VERSION:
        raise StoreError(
            f"{name}: written by a newer opd-exporter (schema {found}, this program knows {VERSION}); "
            "install that version again, or give another --storage.path"
        )
