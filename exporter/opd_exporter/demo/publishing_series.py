"""What the exporter would have exposed about a site's posts in the past."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from opd_exporter.demo.timeline import DAY, LIMIT_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opd_exporter.demo.past import Labels, Past, Value
    from opd_exporter.demo.timeline import Segment

_EPOCH_ORDINAL = 719_163
"""``date(1970, 1, 1).toordinal()``."""


def last_post(past: Past, moment: float, _segment: Segment) -> Value:
    """When the newest post was published, in Unix seconds."""
    return past.timeline.last_post_at(moment)


def age(past: Past, moment: float, _segment: Segment) -> Value:
    """Seconds since then."""
    last = past.timeline.last_post_at(moment)
    return None if last is None else moment - last


def _publishing_days(past: Past, days: int, moment: float) -> int | None:
    known = past.timeline.publishing_days
    if not known:
        return None
    today = int((moment + 7 * 3600) // DAY)
    ordinals = [day.toordinal() - _EPOCH_ORDINAL for day in known]
    return bisect_right(ordinals, today) - bisect_left(ordinals, today - days + 1)


def publishing(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    """Days with a post in the last 30 and 90."""
    for window, days in (("30d", 30), ("90d", 90)):
        yield {"window": window}, _per_day(past, partial(_publishing_days, past, days))


def _gap_days(past: Past, moment: float) -> float | None:
    ordinals = [day.toordinal() - _EPOCH_ORDINAL for day in past.timeline.publishing_days]
    today = int((moment + 7 * 3600) // DAY)
    known = [day for day in ordinals if day <= today]
    if not known:
        return None
    gaps = [today - known[-1]]
    gaps += [later - earlier for earlier, later in pairwise(known) if later > today - 90]
    return max(gaps) * DAY


def gap(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    """The longest gap between them in the last 90 days, in seconds."""
    yield {}, _per_day(past, lambda moment: _gap_days(past, moment))


def cadence(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    """The word for how often it publishes."""
    gaps = _per_day(past, lambda moment: _gap_days(past, moment))
    found = [None if gap is None else _cadence_of(gap) for gap in gaps]
    for cadence in ("daily", "weekly", "monthly", "none"):
        if cadence in found:
            yield {"cadence": cadence}, [1 if current == cadence else None for current in found]


def _cadence_of(gap: float) -> str:
    if gap <= 3 * DAY:
        return "daily"
    return next((word for word in ("weekly", "monthly") if gap <= LIMIT_DAYS[word] * DAY), "none")


def _per_day(past: Past, reader: Callable[[float], Value]) -> list[Value]:
    """``reader`` at each moment, worked out once a local day."""
    values: dict[int, Value] = {}
    found = []
    for moment in past.times:
        day = int((moment + 7 * 3600) // DAY)
        if day not in values:
            values[day] = reader(moment)
        found.append(values[day])
    return found
