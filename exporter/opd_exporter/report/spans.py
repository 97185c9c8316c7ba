"""Arithmetic on times: the month, the hours that were watched, and the outages between status changes."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime, time, timedelta
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


def midnight(day: date, zone: ZoneInfo) -> float:
    """Unix seconds at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), zone).timestamp()


def watched_hours(days: Iterable[DaySums], zone: ZoneInfo) -> set[int]:
    """Hours since the epoch in which the site was probed."""
    found: set[int] = set()
    for sums in days:
        start = int(midnight(sums.day, zone) // HOUR)
        found.update(start + hour for hour in range(24) if sums.hours >> hour & 1)
    return found


def whole_hours(start: float, end: float) -> range:
    """Hours since the epoch that lie wholly in ``[start, end)``."""
    return range(int(-(-start // HOUR)), int(end // HOUR))


def gaps(hours: range, watched: set[int]) -> tuple[Gap, ...]:
    """Runs of ``hours`` that are not in ``watched``."""
    found: list[Gap] = []
    begin: int | None = None
    for hour in range(hours.start, hours.stop + 1):
        missing = hour in hours and hour not in watched
        if missing and begin is None:
            begin = hour
        elif not missing and begin is not None:
            found.append(Gap(float(begin * HOUR), float(hour * HOUR)))
            begin = None
    return tuple(found)


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
