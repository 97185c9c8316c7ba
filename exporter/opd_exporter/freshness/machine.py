"""Dates that software writes for software: ISO 8601, RFC 822 and Unix times, and their misspelt cousins."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from opd_exporter.freshness.dates import parse_date

_ISO = re.compile(
    r"^\s*(\d{4})-?(\d{2})-?(\d{2})(?:[T\s_]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{1,2}:?\d{2}|UTC|GMT)?)?\s*$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"^\s*(\d{10})(\d{3})?(?:\.\d+)?\s*$")
_RFC = re.compile(
    r"^\s*(?:[^\d\s,]{2,10}[,.]?\s*)?(\d{1,2})[\s-]([A-Za-z]{3,10})\.?[\s-](\d{4}|\d{2})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"\s*([A-Za-z]{1,5}|[+-]\d{1,2}:?\d{2})?",
)
_LETTERS: Final = {
    "wib": 7,
    "wita": 8,
    "wit": 9,
    "gmt": 0,
    "ut": 0,
    "utc": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "pst": -8,
}
LAST_YEAR: Final = 2100


def parse_machine(value: str, now: datetime, zone: tzinfo) -> tuple[datetime, bool] | None:
    """The instant that ``value`` means, in ``zone``, and whether only a day was written.

    A value without an offset is local. Midnight in UTC is how a bare day is often written; its calendar day is kept.
    Human dates (Indonesian names in an RSS ``pubDate``) are read with the table parser as a last resort.
    """
    value = value.strip()[:100]
    found = _ISO.match(value)
    if found is not None:
        return _from_iso(found, zone)
    found = _EPOCH.match(value)
    if found is not None:
        seconds = int(found.group(1))
        return (datetime.fromtimestamp(seconds, UTC).astimezone(zone), False) if seconds > 0 else None
    hit = parse_date(value, now, zone)
    if hit is None or hit.day is None or hit.relative:
        return None
    offset = _offset(value)
    if hit.time is None:
        return datetime.combine(hit.day, time(12), zone), True
    if offset is not None:
        return _shifted(hit.day, hit.time, offset, zone), False
    return datetime.combine(hit.day, hit.time, zone), False


def _from_iso(found: re.Match[str], zone: tzinfo) -> tuple[datetime, bool] | None:
    try:
        day = date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        if found.group(4) is None:
            return datetime.combine(day, time(12), zone), True
        clock = time(int(found.group(4)), int(found.group(5)), int(found.group(6) or 0))
    except ValueError:
        return None
    written = found.group(7)
    if not 1970 < day.year < LAST_YEAR:
        return None
    if written is None:
        return datetime.combine(day, clock, zone), False
    offset = _hours(written)
    return (_shifted(day, clock, offset, zone), False) if offset is not None else None


def _offset(value: str) -> timedelta | None:
    """The zone at the end of an RFC 822 date."""
    found = _RFC.match(value)
    if found is None or not found.group(7):
        return None
    return _hours(found.group(7))


def _hours(written: str) -> timedelta | None:
    if written[0] in "+-":
        digits = written[1:].replace(":", "").zfill(4)
        hours, minutes = int(digits[:2]), int(digits[2:])
        if hours > 14 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes)
        return -shift if written[0] == "-" else shift
    letters = _LETTERS.get(written.lower())
    return None if letters is None else timedelta(hours=letters)


def _shifted(day: date, clock: time, offset: timedelta, zone: tzinfo) -> datetime:
    """The local time of a clock that runs ``offset`` ahead of UTC."""
    return (datetime.combine(day, clock, UTC) - offset).astimezone(zone)
