"""A date that was found in a text, and the instant that it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from opd_exporter.freshness.words import ZONES


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date found in a text."""

    start: int
    end: int
    day: date | None
    """``None`` when the year is not written (``month_day`` then holds the rest)."""
    time: time | None = None
    zone: tzinfo | None = None
    """Only when it was written beside the time."""
    other: date | None = None
    """The other reading of an ambiguous numeric date."""
    relative: str = ""
    """Unit of a relative time (``second`` to ``year``), or an empty string."""
    word: bool = False
    """*Kemarin*, *hari ini*: a word that may also head a table row."""
    span: bool = False
    """Part of a range of days or hours: an event or a period, not a publication."""
    weekday_agrees: bool | None = None
    order: str = ""
    """``dmy`` or ``mdy`` where a numeric date leaves no choice."""
    month_day: tuple[int, int] | None = None

    def moment(self, site_zone: tzinfo, now: datetime) -> datetime | None:
        """The instant as an aware datetime.

        A time keeps the zone written beside it when that is one of the country's own, else it is in ``site_zone``;
        a date without a time stands for the end of that local day, at most
        ``now``.
        """
        if self.day is None:
            return None
        local_now = now.astimezone(site_zone)
        if self.time is None:
            end = datetime.combine(self.day, time(23, 59, 59), site_zone)
            return local_now if self.day == local_now.date() else end
        stated = datetime.combine(self.day, self.time, self.zone or site_zone)
        printed = self.zone is None or any(self.zone is own for own in ZONES.values())
        return stated if printed else stated.astimezone(site_zone)
