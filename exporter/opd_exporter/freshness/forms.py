"""The forms of one date: a named month, year first, numbers alone; read at given digits of a plain text.

``plain`` text is in lower case with common blanks, apostrophes and dashes (see ``dates``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, tzinfo
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.clocks import GAP, RANGE_AFTER, TIME_AFTER, TIME_BEFORE, make_time, make_zone
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.words import DAY, DAYS, MONTH, MONTHS, NUMBER_LABEL

if TYPE_CHECKING:
    from datetime import datetime

FIRST_YEAR: Final = 1990
_JOINED: Final = frozenset("/+_#=&?\\$")
"""Before digits these mean a number, a path or a parameter."""
_SEP = r"(?: {0,3}[-/.,]? {0,3}\n? {0,3})"
_ORDINAL = r"(?:st|nd|rd|th)?"
_COUNTED = r"(?: ?\n? ?(?:kali|x\b|view|hit|orang|komentar|comment|dibaca|dilihat|pembaca|like|share|menit|jam|hari|%))"
_YEAR = rf"(\d{{4}}(?!\d)|'?\d{{2}}(?![\d]|[.,:]\d|{_COUNTED}))"
_DAY_MONTH_YEAR = re.compile(rf"(\d{{1,2}}){_ORDINAL}{_SEP}(?:of )?({MONTH})(?![a-z]){_SEP}{_YEAR}")
_DAY_MONTH = re.compile(rf"(\d{{1,2}}){_ORDINAL}{_SEP}({MONTH})(?![a-z])")
_YEAR_BEHIND = re.compile(rf"{_SEP}\d{{4}}(?!\d)")
_MONTH_BEFORE = re.compile(rf"(?<![a-z])({MONTH})\.?(?:{GAP}|-|/)$")
_AFTER_MONTH = re.compile(rf"(\d{{1,2}}){_ORDINAL}(?:{GAP},{GAP}|{GAP}|[-/])(\d{{4}})(?!\d)")
_AFTER_MONTH_YEARLESS = re.compile(rf"(\d{{1,2}}){_ORDINAL}(?![\d.:/-]|,? ?\d)")
_YEAR_MONTH_DAY = re.compile(rf"(\d{{4}}){_SEP}({MONTH})(?![a-z]){_SEP}(\d{{1,2}})(?!\d|[.:]\d)")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d]|[-/.]\d)")
_NUMERIC = re.compile(r"(\d{1,2})( ?)([-/.])\2(\d{1,2})\2\3\2(\d{4}|\d{2})(?![\d%]|[-/.]\d|[-/][a-z])")
_BOXED = re.compile(r"(\d{1,2}) ?(?:\n? ?[/.-] ?\n?|\n) ?(\d{1,2}) ?(?:\n? ?[/.-] ?\n?|\n) ?(\d{4})(?= ?(?:\n|$))")
"""Day, month and year as the lines of a box of their own: ``19`` above ``08/2026``."""
_DAY_BEFORE = re.compile(rf"(?<![a-z])({DAY})\.?{GAP}[,/|-]?{GAP}(?:tanggal |tgl\.? )?$")
_TO = r"(?:-|s/?d\.?|s\.d\.?|sampai(?: dengan)?|hingga|to|until|through)"
_SPAN_BEFORE = re.compile(
    rf"(?<![\d:.])(?:\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?: {{0,2}}{MONTH})?(?: "
    rf"'?\d{{2,4}})?"
    rf"|{MONTH} \d{{1,2}}(?:, \d{{4}})?) {{0,2}}(?:{_TO}|dan|&) {{0,2}}(?:{DAY},? )?$"
)
_SPAN_AFTER = re.compile(
    rf" {{0,2}}{_TO} {{0,2}}(?:{DAY},? )?(?:\d{{1,2}} {{0,2}}(?:{MONTH}(?![a-z])|[/-]\d{{1,2}}[/-]\d)"
    rf"|\d{{4}}-\d\d|selesai|sekarang)"
)


def read_named(text: str, start: int, before: str, now: datetime) -> DateHit | None:  # noqa: PLR0911 - one form each
    """``24 November 2026`` and ``November 24, 2026``; also without a year."""
    if before[-1:].isdigit() or (before[-1:] in {".", ":", ","} and before[-2:-1].isdigit()):
        return None
    month_first = _MONTH_BEFORE.search(before[-14:]) if before[-1:] in {" ", ".", "\n", "-", "/"} else None
    if month_first is not None and (found := _AFTER_MONTH.match(text, start)):
        day = make_day(int(found.group(2)), MONTHS[month_first.group(1)], int(found.group(1)))
        opening = start - len(before[-14:]) + month_first.start(1)
        return _complete(text, opening, found.end(), day) if day else None
    found = _DAY_MONTH_YEAR.match(text, start)
    if found is not None:
        day = make_day(_full_year(found.group(3), now.year), MONTHS[found.group(2)], int(found.group(1)))
        if day is not None:
            return _complete(text, start, found.end(), day)
        if len(found.group(3)) == 4:
            return None  # a whole date that cannot be: without its year it would be guessed into the present
    found = _DAY_MONTH.match(text, start)
    if found is not None and _YEAR_BEHIND.match(text, found.end()):
        return None
    if found is not None and 1 <= int(found.group(1)) <= 31:
        pair = (MONTHS[found.group(2)], int(found.group(1)))
        return replace(_complete(text, start, found.end(), None), month_day=pair)
    if (
        month_first is not None
        and (found := _AFTER_MONTH_YEARLESS.match(text, start))
        and 1 <= int(found.group(1)) <= 31
    ):
        opening = start - len(before[-14:]) + month_first.start(1)
        pair = (MONTHS[month_first.group(1)], int(found.group(1)))
        return replace(_complete(text, opening, found.end(), None), month_day=pair)
    return None


def read_year_first(text: str, start: int, before: str) -> DateHit | None:
    """``2026-11-24``, ``2026/11/24``, ``2026 November 24``."""
    if before[-1:] in _JOINED or before[-1:] in {".", "-"} or before[-1:].isalnum():
        return None
    found = _ISO.match(text, start)
    if found is not None:
        if NUMBER_LABEL.search(before[-16:]):
            return None
        day = make_day(int(found.group(1)), int(found.group(3)), int(found.group(4)))
        return _complete(text, start, found.end(), day) if day else None
    found = _YEAR_MONTH_DAY.match(text, start)
    if found is not None:
        day = make_day(int(found.group(1)), MONTHS[found.group(2)], int(found.group(3)))
        if day is not None and not _DAY_MONTH_YEAR.match(text, found.start(3)):
            return _complete(text, start, found.end(), day)
    return None


def read_numeric(  # noqa: PLR0911 - one form each
    text: str, start: int, before: str, now: datetime, *, dotted: bool
) -> DateHit | None:
    """``24/11/2026`` with its two readings; ``18.11.26`` where ``dotted`` or its weekday says that it is no time."""
    last, earlier = before[-1:], before[-2:-1]
    if (
        last.isalpha()
        or last in _JOINED
        or (last in {".", ",", ":", "-"} and (earlier.isdigit() or not earlier.strip("-")))
    ):
        return None
    found = _NUMERIC.match(text, start)
    if NUMBER_LABEL.search(before[-16:]):
        return None
    if found is None:
        return _read_boxed(text, start, before)
    first, second, mark, written = int(found.group(1)), int(found.group(4)), found.group(3), found.group(5)
    digits = len(found.group(1)) + len(found.group(4))
    if len(written) == 2 and digits < (4 if mark == "." else 3):
        return None
    year = _full_year(written, now.year)
    day_first, month_first = make_day(year, second, first), make_day(year, first, second)
    if len(written) == 2 and mark == ".":
        sure = day_first is not None and (dotted or weekday(before) == day_first.weekday())
        return _complete(text, start, found.end(), day_first) if sure else None
    if day_first == month_first or day_first is None or month_first is None:
        day = day_first or month_first
        order = "" if day_first == month_first else "dmy" if day_first else "mdy"
        return replace(_complete(text, start, found.end(), day), order=order) if day else None
    hit = _complete(text, start, found.end(), day_first)
    named = weekday(before)
    if named is not None and named == month_first.weekday() != day_first.weekday():
        return replace(hit, day=month_first, weekday_agrees=True, order="mdy")
    if hit.weekday_agrees and named != month_first.weekday():
        return replace(hit, order="dmy")
    # No weekday, or one that fits both readings: the neighbours decide.
    return replace(hit, other=month_first)


def _read_boxed(text: str, start: int, before: str) -> DateHit | None:
    """A numeric date cut over the lines of a box of its own, day first."""
    found = _BOXED.match(text, start)
    if found is None or "\n" not in found.group() or before.rstrip(" ")[-1:] not in {"", "\n"}:
        return None
    day = make_day(int(found.group(3)), int(found.group(2)), int(found.group(1)))
    return replace(_complete(text, start, found.end(), day), order="dmy") if day else None


def _complete(text: str, start: int, end: int, day: date | None) -> DateHit:
    """Add the time, the zone, the weekday and whether it is part of a range."""
    before = text[max(0, start - 40) : start]
    named = weekday(before)
    agrees = None if named is None or day is None else named == day.weekday()
    span = bool(_SPAN_BEFORE.search(before) or _SPAN_AFTER.match(text, end))
    clock: time | None = None
    zone: tzinfo | None = None
    found = TIME_AFTER.match(text, end)
    if (
        found is not None
        and (clock := make_time(found.group(1), found.group(3), found.group(4), found.group(5))) is not None
    ):
        zone = make_zone(found.group(6))
        if (found.group(6) or "").startswith("-") and text[end] != "t":
            zone, span = None, True  # 08:00-12:00 is a range of hours, not an offset
        end = found.end()
        span = span or bool(RANGE_AFTER.match(text, end))
    elif (earlier := TIME_BEFORE.search(before)) is not None:
        clock = make_time(earlier.group(1), earlier.group(3), earlier.group(4), earlier.group(5))
        zone = make_zone(earlier.group(6)) if clock else None
    return DateHit(start, end, day, clock, zone, span=span, weekday_agrees=agrees)


def weekday(before: str) -> int | None:
    """The weekday (Monday is 0) that a plain text ends with, or ``None``."""
    found = _DAY_BEFORE.search(before[-24:])
    return DAYS[found.group(1)] if found else None


def _full_year(written: str, this_year: int) -> int:
    year = int(written.lstrip("'"))
    if len(written) == 4:
        return year
    return 2000 + year if 2000 + year <= this_year + 1 else 1900 + year


def make_day(year: int, month: int, day: int) -> date | None:
    """The day, or ``None`` for one that is none or that no site can mean."""
    if not FIRST_YEAR <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
