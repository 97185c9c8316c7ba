"""Dates in Indonesian and English text, strictly: what is not a date is not a date.

The search starts at digits (and at a handful of words such as *kemarin*), tries anchored patterns there and looks at
most a few characters to either side, so that a text costs time in proportion to its length. Nothing here raises.

Numeric dates that can be read both ways (``09/11/2026``) carry both readings; ``find_dates`` decides by the weekday
beside them, by other dates of the same text, else day first, and never prefers a reading in the future.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from opd_exporter.freshness.clocks import (
    GAP,
    RANGE_AFTER,
    TIME_AFTER,
    TIME_BEFORE,
    WORD_HINTS,
    make_time,
    make_zone,
    read_ago,
    read_words,
)
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.words import DAY, DAYS, MONTH, MONTHS, NUMBER_LABEL

MAX_HITS: Final = 3_000
FIRST_YEAR: Final = 1990
_JOINED: Final = frozenset("/+_#=&?\\$")
"""Before digits these mean a number, a path or a parameter."""
_TRANSLATION: Final = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": " ",
        "\ufeff": " ",
        "\t": " ",
        "\r": " ",
        "\v": " ",
        "\f": " ",
    }
    | {
        "\u2019": "'",
        "\u2018": "'",
        "\u02bc": "'",
        "\u00b4": "'",
        "`": "'",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
    }
    | {"\u2010": "-", "\u2011": "-", "\u2044": "/", "\u2215": "/", "\uff0f": "/"}
)
_SEP = r"(?: {0,3}[-/.,]? {0,3}\n? {0,3})"
_ORDINAL = r"(?:st|nd|rd|th)?"
_COUNTED = r"(?: ?\n? ?(?:kali|x\b|view|hit|orang|komentar|comment|dibaca|dilihat|pembaca|like|share|menit|jam|hari|%))"
_YEAR = rf"(\d{{4}}(?!\d)|'?\d{{2}}(?![\d]|[.,:]\d|{_COUNTED}))"
_DIGITS = re.compile(r"\d+")
_DAY_MONTH_YEAR = re.compile(rf"(\d{{1,2}}){_ORDINAL}{_SEP}(?:of )?({MONTH})(?![a-z]){_SEP}{_YEAR}")
_DAY_MONTH = re.compile(rf"(\d{{1,2}}){_ORDINAL}{_SEP}({MONTH})(?![a-z])")
_YEAR_BEHIND = re.compile(rf"{_SEP}\d{{4}}(?!\d)")
_MONTH_BEFORE = re.compile(rf"(?<![a-z])({MONTH})\.?(?:{GAP}|-|/)$")
_AFTER_MONTH = re.compile(rf"(\d{{1,2}}){_ORDINAL}(?:{GAP},{GAP}|{GAP}|[-/])(\d{{4}})(?!\d)")
_AFTER_MONTH_YEARLESS = re.compile(rf"(\d{{1,2}}){_ORDINAL}(?![\d.:/-]|,? ?\d)")
_YEAR_MONTH_DAY = re.compile(rf"(\d{{4}}){_SEP}({MONTH})(?![a-z]){_SEP}(\d{{1,2}})(?!\d|[.:]\d)")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d]|[-/.]\d)")
_NUMERIC = re.compile(r"(\d{1,2})( ?)([-/.])\2(\d{1,2})\2\3\2(\d{4}|\d{2})(?![\d%]|[-/.]\d|[-/][a-z])")
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


def find_dates(text: str, now: datetime, zone: tzinfo, *, day_first: bool | None = None) -> list[DateHit]:
    """Every date in ``text`` in order, at most ``MAX_HITS``.

    Args:
        text: Any text; a line break counts as a space, two of them separate.
        now: The instant that relative times count from (aware).
        zone: Zone of the site, in which relative times are turned into days.
        day_first: Order of numeric dates when it is already known from elsewhere on the page.
    """
    plain = _plain(text)
    local_now = now.astimezone(zone)
    hits: list[DateHit] = []
    position = 0
    for digits in _DIGITS.finditer(plain):
        start = digits.start()
        if start < position:
            continue
        hit = _hit_at(plain, start, digits.end() - start, local_now)
        if hit is not None:
            hits.append(hit)
            position = hit.end
            if len(hits) >= MAX_HITS:
                break
    if any(hint in plain for hint in WORD_HINTS):
        hits.extend(read_words(plain, local_now))
        hits.sort(key=lambda hit: hit.start)
    return _settle_order(hits, local_now.date(), day_first)


def parse_date(text: str, now: datetime, zone: tzinfo, *, day_first: bool | None = None) -> DateHit | None:
    """The first dated hit of a short ``text``, or ``None``."""
    for hit in find_dates(text[:400], now, zone, day_first=day_first):
        if hit.day is not None and not hit.span:
            return hit
    return None


def _plain(text: str) -> str:
    """Lower case, common blanks, apostrophes and dashes; every character keeps its place."""
    plain = text.translate(_TRANSLATION)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(c.lower() if c.isascii() else c for c in plain)


def _hit_at(text: str, start: int, length: int, now: datetime) -> DateHit | None:
    """The date that begins with (or has its day at) the digits at ``start``."""
    before = text[max(0, start - 40) : start]
    if length == 4:
        return _year_first(text, start, before)
    if length > 4:
        return None
    if length <= 2:
        found = _named(text, start, before, now) or _numeric(text, start, before, now)
        if found is not None:
            return found
    return read_ago(text, start, before, now)


def _named(text: str, start: int, before: str, now: datetime) -> DateHit | None:  # noqa: PLR0911 - one form each
    """``24 November 2026`` and ``November 24, 2026``; also without a year."""
    if before[-1:].isdigit() or (before[-1:] in {".", ":", ","} and before[-2:-1].isdigit()):
        return None
    month_first = _MONTH_BEFORE.search(before[-14:]) if before[-1:] in {" ", ".", "\n", "-", "/"} else None
    if month_first is not None and (found := _AFTER_MONTH.match(text, start)):
        day = _make(int(found.group(2)), MONTHS[month_first.group(1)], int(found.group(1)))
        opening = start - len(before[-14:]) + month_first.start(1)
        return _complete(text, opening, found.end(), day) if day else None
    found = _DAY_MONTH_YEAR.match(text, start)
    if found is not None:
        day = _make(_full_year(found.group(3), now.year), MONTHS[found.group(2)], int(found.group(1)))
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


def _year_first(text: str, start: int, before: str) -> DateHit | None:
    """``2026-11-24``, ``2026/11/24``, ``2026 November 24``."""
    if before[-1:] in _JOINED or before[-1:] in {".", "-"} or before[-1:].isalnum():
        return None
    found = _ISO.match(text, start)
    if found is not None:
        if NUMBER_LABEL.search(before[-16:]):
            return None
        day = _make(int(found.group(1)), int(found.group(3)), int(found.group(4)))
        return _complete(text, start, found.end(), day) if day else None
    found = _YEAR_MONTH_DAY.match(text, start)
    if found is not None:
        day = _make(int(found.group(1)), MONTHS[found.group(2)], int(found.group(3)))
        if day is not None and not _DAY_MONTH_YEAR.match(text, found.start(3)):
            return _complete(text, start, found.end(), day)
    return None


def _numeric(text: str, start: int, before: str, now: datetime) -> DateHit | None:  # noqa: PLR0911 - one form each
    """``24/11/2026`` with its two readings."""
    last, earlier = before[-1:], before[-2:-1]
    if (
        last.isalpha()
        or last in _JOINED
        or (last in {".", ",", ":", "-"} and (earlier.isdigit() or not earlier.strip("-")))
    ):
        return None
    found = _NUMERIC.match(text, start)
    if found is None or NUMBER_LABEL.search(before[-16:]):
        return None
    first, second, mark, written = int(found.group(1)), int(found.group(4)), found.group(3), found.group(5)
    if len(written) == 2 and (mark == "." or len(found.group(1)) + len(found.group(4)) < 3):
        return None
    year = _full_year(written, now.year)
    day_first, month_first = _make(year, second, first), _make(year, first, second)
    if day_first == month_first or day_first is None or month_first is None:
        day = day_first or month_first
        order = "" if day_first == month_first else "dmy" if day_first else "mdy"
        return replace(_complete(text, start, found.end(), day), order=order) if day else None
    hit = _complete(text, start, found.end(), day_first)
    weekday = _weekday(before)
    if weekday is not None and weekday == month_first.weekday() != day_first.weekday():
        return replace(hit, day=month_first, weekday_agrees=True, order="mdy")
    if hit.weekday_agrees and weekday != month_first.weekday():
        return replace(hit, order="dmy")
    # No weekday, or one that fits both readings: the neighbours decide.
    return replace(hit, other=month_first)


def _complete(text: str, start: int, end: int, day: date | None) -> DateHit:
    """Add the time, the zone, the weekday and whether it is part of a range."""
    before = text[max(0, start - 40) : start]
    weekday = _weekday(before)
    agrees = None if weekday is None or day is None else weekday == day.weekday()
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


def weekday_before(text: str) -> int | None:
    """The weekday (Monday is 0) that ``text`` ends with, or ``None``."""
    return _weekday(_plain(text))


def _weekday(before: str) -> int | None:
    found = _DAY_BEFORE.search(before[-24:])
    return DAYS[found.group(1)] if found else None


def _full_year(written: str, this_year: int) -> int:
    year = int(written.lstrip("'"))
    if len(written) == 4:
        return year
    return 2000 + year if 2000 + year <= this_year + 1 else 1900 + year


def _make(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _settle_order(hits: list[DateHit], today: date, day_first: bool | None) -> list[DateHit]:
    """Choose between the two readings of ambiguous numeric dates: the nearest plain one of the text decides."""
    if not any(hit.other for hit in hits):
        return hits
    certain = [hit for hit in hits if hit.order]
    starts = [hit.start for hit in certain]
    settled = []
    for hit in hits:
        if hit.other is None or hit.day is None:
            settled.append(hit)
            continue
        order = day_first
        if order is None and certain:
            place = bisect_left(starts, hit.start)
            nearest = min(certain[max(0, place - 1) : place + 1], key=lambda near: abs(near.start - hit.start))
            order = nearest.order == "dmy"
        settled.append(replace(hit, day=_choose(hit.day, hit.other, today, order), other=None))
    return settled


def _choose(first: date, second: date, today: date, day_first: bool | None) -> date:
    """``first`` is the day-first reading; a reading in the future gives way to one that is not."""
    preferred, spare = (second, first) if day_first is False else (first, second)
    return spare if preferred > today + timedelta(days=1) and spare <= today else preferred
