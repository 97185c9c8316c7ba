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
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.clocks import WORD_HINTS, read_ago, read_words
from opd_exporter.freshness.forms import make_day, read_named, read_numeric, read_year_first, weekday

if TYPE_CHECKING:
    from opd_exporter.freshness.hits import DateHit

MAX_HITS: Final = 3_000
_DIGITS = re.compile(r"\d+")
_DOTTED = re.compile(r"(?<![\d.,:/-])(\d{2})\.(\d{2})\.(\d{2})(?![\d%]|[.,:/-]\d)")
_OLDEST_DOTTED: Final = 9
"""Years back to which ``18.11.26`` can be a date."""
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
    dotted = _are_dates(_DOTTED.findall(plain), local_now.year)
    hits: list[DateHit] = []
    position = 0
    for digits in _DIGITS.finditer(plain):
        start = digits.start()
        if start < position:
            continue
        hit = _hit_at(plain, start, digits.end() - start, local_now, dotted=dotted)
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


def _are_dates(found: list[tuple[str, str, str]], this_year: int) -> bool:
    """Whether ``18.11.26`` is a date on this page, not a time of day: there are several, and every one can be a day."""
    return len(found) > 1 and all(
        this_year - _OLDEST_DOTTED <= 2000 + int(year) <= this_year + 1
        and make_day(2000 + int(year), int(month), int(day)) is not None
        for day, month, year in found
    )


def _hit_at(text: str, start: int, length: int, now: datetime, *, dotted: bool) -> DateHit | None:
    """The date that begins with (or has its day at) the digits at ``start``."""
    before = text[max(0, start - 40) : start]
    if length == 4:
        return read_year_first(text, start, before)
    if length > 4:
        return None
    if length <= 2:
        found = read_named(text, start, before, now) or read_numeric(text, start, before, now, dotted=dotted)
        if found is not None:
            return found
    return read_ago(text, start, before, now)


def weekday_before(text: str) -> int | None:
    """The weekday (Monday is 0) that ``text`` ends with, or ``None``."""
    return weekday(_plain(text))


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
