"""Times of day, zones and relative times as people write them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.words import COUNTER_LABEL, DAY, SHORT_INDONESIAN, SHORT_UNITS, UNIT, UNITS, ZONES

GAP = r" {0,3}\n? {0,3}"
_CLOCK = r"(\d{1,2})([:.])(\d{2})(?:\2(\d{2})(?:\.\d{1,9})?)?"
_ZONE = (
    r"(wita|wib|wit|(?:utc|gmt)[+-]\d{4}|utc|gmt|z|[+-]\d{2}:?\d{2})?"
    r"(?: \((?:coordinated universal time|western indonesia time|wib)\))?"
)
TIME_AFTER = re.compile(
    rf"(?:t|{GAP}(?:[,|@/()-]|\u2022|\u00b7|\u2502)?{GAP}(?:pukul|pkl|jam|at|kl|time|waktu)?[.:]?{GAP}){_CLOCK}(?![\d])"
    rf" ?(am|pm)?(?: ?{_ZONE}(?![a-z]))?"
)
RANGE_AFTER = re.compile(r" {0,2}(?:-|s/?d\.?|s\.d\.?|sampai|hingga|to|until) {0,2}(?:\d{1,2}[:.]\d{2}|selesai)")
TIME_BEFORE = re.compile(rf"(?<![\d.:/-]){_CLOCK} ?(am|pm)?(?: ?(wita|wib|wit))?{GAP}[,|/-]?{GAP}(?:{DAY},?{GAP})?$")
_AGO_ID = re.compile(
    rf"(\d{{1,4}}) ?({UNIT})(?:,? (?:dan )?\d{{1,3}} ?{UNIT}){{0,3}} (?:yang |yg )?(?:lalu|silam|kemarin)(?![a-z])"
)
_AGO_EN = re.compile(rf"(\d{{1,4}}) ?({UNIT})s?(?:,? (?:and )?\d{{1,3}} ?{UNIT}s?){{0,3}} ago(?![a-z])")
_AGO_SHORT = re.compile(r"(\d{1,3})(mo|[smhdwy]) ago(?![a-z])")
_COMPOUND_BEFORE = re.compile(rf"\d ?{UNIT}s?,? (?:dan |and )?$")
WORD_HINTS: Final = (
    "lalu",
    "silam",
    "kemarin",
    "hari ini",
    "baru saja",
    "barusan",
    "ago",
    "yesterday",
    "today",
    "just now",
)
_WORDS = re.compile(
    r"(?<![a-z0-9])(?:"
    r"se(?P<se>detik|menit|jam|hari|minggu|pekan|bulan|tahun) (?:yang |yg )?(?:lalu|silam)"
    r"|(?P<an>an?|one|satu) (?P<an_unit>second|minute|hour|day|week|month|year|detik|menit|jam|hari|minggu"
    r"|pekan|bulan|tahun)"
    r" (?:ago|(?:yang |yg )?(?:lalu|silam))"
    r"|beberapa (?:saat|detik|menit) (?:yang |yg )?(?:lalu|silam)|(?:a )?(?:few|moments?) (?:seconds |minutes "
    r"|moments )?ago"
    r"|(?P<lusa>kemarin lusa|kemarin dulu)|(?P<kemarin>kemarin|yesterday)|(?P<today>hari ini|today)|baru saja"
    r"|barusan|just now"
    r")(?![a-z])"
)
_NUMBER_AFTER = re.compile(r" ?[:=|]? ?\n?\n? ?(?:\d|pukul \d)")


def read_ago(text: str, start: int, before: str, now: datetime) -> DateHit | None:
    """``3 hari yang lalu``, ``2 tahun 3 bulan lalu`` (the largest unit decides), ``5 days ago``, ``3h ago``."""
    if before[-1:] in {".", ",", "-", ":", "/", "+"} or before[-1:].isalpha() or _COMPOUND_BEFORE.search(before[-16:]):
        return None
    found = _AGO_ID.match(text, start)
    if found is not None:
        unit = SHORT_INDONESIAN.get(found.group(2)) or UNITS[found.group(2)]
    else:
        found = _AGO_EN.match(text, start)
        unit = UNITS[found.group(2)] if found else ""
    if found is None:
        found = _AGO_SHORT.match(text, start)
        unit = SHORT_UNITS[found.group(2)] if found else ""
    if found is None:
        return None
    moment = _go_back(now, int(found.group(1)), unit)
    return _relative(found.start(), found.end(), moment, unit) if moment else None


def read_words(text: str, now: datetime) -> list[DateHit]:
    """*Kemarin*, *hari ini*, *sejam yang lalu*, *yesterday* and the like; not where they head a counter."""
    hits = []
    for found in _WORDS.finditer(text):
        start, end = found.span()
        unit = UNITS.get(found.group("se") or found.group("an_unit") or "", "")
        if unit:
            moment = _go_back(now, 1, unit)
            if moment is not None and not _COMPOUND_BEFORE.search(text[max(0, start - 16) : start]):
                hits.append(_relative(start, end, moment, unit))
            continue
        days = 2 if found.group("lusa") else 1 if found.group("kemarin") else 0
        plain_word = bool(found.group("kemarin") or found.group("today") or found.group("lusa"))
        if not plain_word:
            hits.append(_relative(start, end, now, "minute"))
            continue
        day = now.date() - timedelta(days=days)
        clock = TIME_AFTER.match(text, end)
        moment_time = make_time(clock.group(1), clock.group(3), clock.group(4), clock.group(5)) if clock else None
        if clock is not None and moment_time is not None:
            hits.append(
                DateHit(start, clock.end(), day, moment_time, make_zone(clock.group(6)), relative="day", word=True)
            )
        elif not _NUMBER_AFTER.match(text, end) and not COUNTER_LABEL.search(text[max(0, start - 30) : start]):
            hits.append(DateHit(start, end, day, relative="day", word=True))
    return hits


def _relative(start: int, end: int, moment: datetime, unit: str) -> DateHit:
    exact = unit in {"second", "minute", "hour"}
    return DateHit(start, end, moment.date(), moment.time().replace(microsecond=0) if exact else None, relative=unit)


def _go_back(now: datetime, count: int, unit: str) -> datetime | None:
    """``count`` calendar units before ``now``."""
    try:
        if unit in {"month", "year"}:
            months = now.year * 12 + now.month - 1 - count * (12 if unit == "year" else 1)
            year, month = divmod(months, 12)
            return now.replace(year=year, month=month + 1, day=min(now.day, calendar.monthrange(year, month + 1)[1]))
        # Python names no singular timedelta units; hours cross midnight in the site's own zone.
        return (now.astimezone(UTC) - timedelta(**{f"{unit}s": count})).astimezone(now.tzinfo)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        return None


def make_time(hour: str, minute: str, second: str | None, half: str | None) -> time | None:
    """The time of day that was written, or ``None`` for one that is none."""
    hours = int(hour)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half == "pm" else 0)
    try:
        return time(hours, int(minute), int(second or 0))
    except ValueError:
        return None


def make_zone(written: str | None) -> tzinfo | None:
    """WIB, WITA, WIT, UTC or an offset; ``None`` for what is none."""
    if not written:
        return None
    if written in ZONES:
        return ZONES[written]
    written = written[3:] if written[:3] in {"utc", "gmt"} and len(written) > 3 else written
    if written in {"utc", "gmt", "z"}:
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    if hours > 14 or minutes > 59:
        return None
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if written[0] == "-" else shift)
