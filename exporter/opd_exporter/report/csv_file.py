"""The table as CSV: UTF-8 with a mark for spreadsheets, commas, dots in decimals, ISO dates."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from opd_exporter.report.columns import COLUMNS

if TYPE_CHECKING:
    from opd_exporter.report.columns import Value
    from opd_exporter.report.values import Report

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What spreadsheets take for a formula or a command at the beginning of a cell."""


def neutralise(text: str) -> str:
    """``text`` in a form that no spreadsheet evaluates; line breaks and controls become spaces."""
    flat = "".join(" " if ord(character) < 32 or ord(character) == 127 else character for character in text)
    return f"'{flat}" if text.startswith(FORMULA_STARTS) or flat.lstrip().startswith(FORMULA_STARTS) else flat


def write_csv(report: Report) -> bytes:
    """One line per site under a line of titles; an empty cell is "not known"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["No", *(column.title for column in COLUMNS)])
    for number, row in enumerate(report.rows, start=1):
        writer.writerow([number, *(_text(column.value(report, row)) for column in COLUMNS)])
    return out.getvalue().encode("utf-8-sig", "replace")


def _text(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        whole = round(value.total_seconds())
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return value
