"""Arithmetic on times: the month, the hours that were watched, and the outages between status changes."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from opd_exporter.models import Status
from opd_exporter.report.values import Gap, Outage, ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from opd_exporter.models import Reason
    from opd_exporter.store import Change, DaySums

HOUR = 3600
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_NOT_KNOWN = frozenset({Status.PENDING, Status.BLOCKED})


def month_days(month: str) -> tuple[date, date]:
    """First and last day of ``YYYY-MM``.

    Raises:
        ReportError: It is not of that form.
    """
    match = _MONTH.fullmatch(month)
    if not match:
        raise ReportError(f"bulan {month!r} tidak dikenal: tulis sebagai TTTT-BB, misalnya 2020-11")
    first = date(int(match[1]), int(match[2]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> float:
    """Unix seconds at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), zone).timestamp()


def watched_hours(days: Iterable[DaySums], zone: ZoneInfo, first: int) -> int:
    """Hours in which the site was probed, as bits: bit 0 is the hour ``first`` since the epoch, earlier ones are cut.

    A month of a thousand sites is three quarters of a million hours; as bits they cost next to nothing.
    """
    found = 0
    for sums in days:
        place = int(midnight(sums.day, zone) // HOUR) - first
        found |= sums.hours << place if place >= 0 else sums.hours >> -place
    return found


def whole_hours(start: float, end: float) -> range:
    """Hours since the epoch that lie wholly in ``[start, end)``."""
    return range(int(-(-start // HOUR)), int(end // HOUR))


def coverage(hours: range, watched: int) -> float | None:
    """Part of ``hours`` that is in ``watched`` (bits from ``hours.start`` on); ``None`` when there are none."""
    return (watched & _all(hours)).bit_count() / len(hours) if hours else None


def gaps(hours: range, watched: int) -> tuple[Gap, ...]:
    """Runs of ``hours`` that are not in ``watched`` (bits from ``hours.start`` on)."""
    found: list[Gap] = []
    missing = _all(hours) & ~watched
    hour = hours.start
    while missing:
        # The lowest bit that is set begins a run, and the lowest one after it that is not set ends it.
        begin = (missing & -missing).bit_length() - 1
        missing >>= begin
        length = (~missing & (missing + 1)).bit_length() - 1
        missing >>= length
        found.append(Gap(float((hour + begin) * HOUR), float((hour + begin + length) * HOUR)))
        hour += begin + length
    return tuple(found)


def _all(hours: range) -> int:
    return (1 << len(hours)) - 1


def overlap(start: float, end: float, spans: Sequence[Gap]) -> float:
    """Seconds of ``[start, end)`` inside ``spans`` (in order, and apart from each other)."""
    total = 0.0
    for number in range(bisect_right(spans, start, key=lambda span: span.end), len(spans)):
        span = spans[number]
        if span.start >= end:
            break
        total += min(end, span.end) - max(start, span.start)
    return total


def outages(changes: Sequence[Change], start: float, end: float, unwatched: Sequence[Gap]) -> tuple[Outage, ...]:
    """Outages in ``[start, end)``.

    An outage goes on over changes of its reason, and over times in which nothing was known (blocked, monitor cut off)
    when the site is still unreadable after them; those times, and hours without a probe, do not count for its length.

    Args:
        changes: The change in force at ``start``, when there is one, and those until ``end``; oldest first.
        start: Unix seconds.
        end: Unix seconds, not after the moment of judgement.
        unwatched: Hours without a probe.
    """
    found: list[Outage] = []
    pieces: list[tuple[float, float, Reason | None]] = []
    began_before = False
    for number, change in enumerate(changes):
        until = changes[number + 1].at if number + 1 < len(changes) else end
        piece_start, piece_end = max(change.at, start), min(until, end)
        if change.unreadable:
            if not pieces:
                began_before = change.at < start
            pieces.append((piece_start, piece_end, change.reason))
        elif change.status not in _NOT_KNOWN and pieces:
            found.append(_join(pieces, unwatched, began_before=began_before))
            pieces = []
    if pieces:
        goes_on = changes[-1].unreadable
        found.append(_join(pieces, unwatched, began_before=began_before, goes_on=goes_on))
    return tuple(outage for outage in found if outage.seconds > 0)


def _join(
    pieces: Sequence[tuple[float, float, Reason | None]],
    unwatched: Sequence[Gap],
    *,
    began_before: bool,
    goes_on: bool = False,
) -> Outage:
    lengths: dict[Reason | None, float] = {}
    for start, end, reason in pieces:
        lengths[reason] = lengths.get(reason, 0.0) + end - start - overlap(start, end, unwatched)
    reason = max(lengths, key=lambda one: lengths[one])
    return Outage(
        start=pieces[0][0],
        end=pieces[-1][1],
        seconds=sum(lengths.values()),
        reason=reason,
        began_before=began_before,
        goes_on=goes_on,
    )
