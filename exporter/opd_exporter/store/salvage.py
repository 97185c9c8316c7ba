"""What can still be read of a damaged file, taken over into the new one."""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from opd_exporter.store.schema import VERSION, version_of

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("sites", "memories", "counters", "changes", "posts", "hours", "days")
"""In order of worth: what a site is comes before what it was."""
ROWS_PER_TABLE = 1_000_000


def salvage(damaged: Path, connection: sqlite3.Connection) -> dict[str, int]:
    """Copy readable rows of ``damaged`` into the fresh tables of ``connection``; rows taken over, by table.

    A table is read until its first damaged page. Never raises because of the damaged file.
    """
    taken: dict[str, int] = {}
    try:
        old = sqlite3.connect(f"file:{quote(str(damaged))}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error:
        return taken
    with contextlib.closing(old):
        try:
            # Without it SQLite refuses a file that is shorter than its header says.
            old.execute("PRAGMA writable_schema = ON")
            if version_of(old) != VERSION:
                return taken
        except sqlite3.Error:
            return taken
        for table in TABLES:
            taken[table] = _copy(old, connection, table)
    return {table: count for table, count in taken.items() if count}


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    columns = new.execute(f"SELECT * FROM {table} LIMIT 0").description  # noqa: S608 - a name of TABLES
    insert = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    count = 0
    new.execute("BEGIN")
    try:
        rows = old.execute(f"SELECT * FROM {table}")  # noqa: S608
        # Row by row: the rows before a damaged page are sound, and the tables' own constraints judge the others.
        for row in islice(rows, ROWS_PER_TABLE):
            count += new.execute(insert, row).rowcount
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        pass
    new.execute("COMMIT")
    return count
