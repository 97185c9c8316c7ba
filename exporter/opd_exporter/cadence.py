"""How often a site must publish, and how often it does: working days, limits and the measured cadence.

Days are the site's local calendar days. A window of N days is today and the N - 1 days before. A gap is counted between
two publishing days, so twenty posts uploaded in one afternoon are one publishing day and prove one day of work.
Everything here is arithmetic on values: no clock, no disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from opd_exporter.models import Cadence, Duty, PostSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.models import Post
    from opd_exporter.registry import Site

DAY_SECONDS = 86_400.0
WORKING_DAYS = 3
"""Limit of the daily duty."""
LIMIT_DAYS = {Duty.WEEKLY: 10, Duty.MONTHLY: 40}
SHORT_WINDOW = 30
LONG_WINDOW = 90
WALK_DAYS = 366
"""A registry whose off days fill a year must not walk back for ever."""
SPREAD = 3
IN_ORDER = frozenset({PostSource.WORDPRESS, PostSource.FEED})
"""Sources that list the newest posts without holes; a page may also show pinned or popular ones."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the publishing days say; ``None`` is "not known"."""

    publishing_dates_30d: int | None = None
    publishing_dates_90d: int | None = None
    longest_gap: float | None = None
    """Seconds, whole days."""
    cadence: Cadence | None = None


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Indonesian public holidays of a year, from the ``holidays`` package (cuti bersama is in ``off_days``)."""
    import holidays  # noqa: PLC0415 - a tenth of a second that `config-check` and most of `check` do without

    return frozenset(holidays.country_holidays("ID", years=year))


def is_working_day(day: date, site: Site) -> bool:
    """Monday to Friday, no public holiday, no off day of the registry."""
    return day.weekday() < 5 and day not in site.off_days and day not in public_holidays(day.year)


def freshness_limit_seconds(site: Site, now: datetime) -> float:
    """How old the newest post may be at ``now`` (aware), in seconds.

    The daily duty allows three working days of 24 hours, walked back from ``now``; days off stretch it.
    """
    if site.freshness_limit is not None:
        return site.freshness_limit
    if site.duty is not Duty.DAILY:
        return LIMIT_DAYS[site.duty] * DAY_SECONDS
    left = WORKING_DAYS * DAY_SECONDS
    end = now.astimezone(site.timezone)
    day = end.date()
    for _ in range(WALK_DAYS):
        start = datetime.combine(day, time(), site.timezone)
        length = end.timestamp() - start.timestamp()
        if is_working_day(day, site):
            if length >= left:
                return now.timestamp() - (end.timestamp() - left)
            left -= length
        end = start
        day -= timedelta(days=1)
    return now.timestamp() - end.timestamp()


def working_days_between(earlier: date, later: date, site: Site) -> int:
    """Working days after ``earlier`` up to and including ``later``."""
    days = (earlier + timedelta(days=offset) for offset in range(1, (later - earlier).days + 1))
    return sum(is_working_day(day, site) for day in days)


def measure(dates: Iterable[date], site: Site, now: datetime, known_since: date | None) -> Measured:
    """The cadence that the publishing days show.

    Args:
        dates: Local days with a post, in any order.
        site: Whose they are (zone and off days).
        now: The instant to judge at, aware.
        known_since: First day since which every post was seen (``extend_window``); ``None`` when nothing is known.

    Returns:
        Values whose window is wholly known; a site that never showed a date has none.
    """
    today = now.astimezone(site.timezone).date()
    known = sorted({day for day in dates if day <= today})
    if not known or known_since is None:
        return Measured()
    longest, cadence = _gaps(known, site, today, known_since)
    return Measured(
        publishing_dates_30d=_count(known, today, SHORT_WINDOW, known_since),
        publishing_dates_90d=_count(known, today, LONG_WINDOW, known_since),
        longest_gap=longest,
        cadence=cadence,
    )


def _first_day(today: date, window: int) -> date:
    return today - timedelta(days=window - 1)


def _count(known: list[date], today: date, window: int, known_since: date) -> int | None:
    first = _first_day(today, window)
    # A list is whole from its own newest post on: a newest post before the window proves the window empty.
    if known_since <= first or known_since <= known[-1] < first:
        return sum(day >= first for day in known)
    return None


def _gaps(known: list[date], site: Site, today: date, known_since: date) -> tuple[float | None, Cadence | None]:
    first = _first_day(today, LONG_WINDOW)
    before = [day for day in known if day < first]
    inside = [day for day in known if day >= first]
    if before and known_since <= before[-1]:
        gaps = list(pairwise([before[-1], *inside, today]))
        longest = max((later - earlier).days for earlier, later in gaps)
        return longest * DAY_SECONDS, _strictest(gaps, longest, site)
    # Nobody saw where the first gap began. What was seen can only prove that the gaps are too long for any duty.
    marks = [known_since, *(day for day in known if day >= known_since), today]
    seen = max((later - earlier).days for earlier, later in pairwise(marks))
    return None, Cadence.NONE if seen > LIMIT_DAYS[Duty.MONTHLY] else None


def _strictest(gaps: list[tuple[date, date]], longest: int, site: Site) -> Cadence:
    if all(working_days_between(earlier, later, site) <= WORKING_DAYS for earlier, later in gaps):
        return Cadence.DAILY
    if longest <= LIMIT_DAYS[Duty.WEEKLY]:
        return Cadence.WEEKLY
    if longest <= LIMIT_DAYS[Duty.MONTHLY]:
        return Cadence.MONTHLY
    return Cadence.NONE


def fulfils(cadence: Cadence | None, duty: Duty) -> bool | None:
    """Whether the measured cadence is at least as strict as the duty; ``None`` while it is not known."""
    if cadence is None:
        return None
    if cadence is Cadence.NONE:
        return False
    order = [Cadence.DAILY, Cadence.WEEKLY, Cadence.MONTHLY]
    return order.index(cadence) <= order.index(Cadence(duty.value))


def listed_since(posts: Iterable[Post]) -> date | None:
    """First day since which one reading lists every post, as far as it can be trusted.

    Feeds and WordPress list the newest posts without holes. A page may carry a pinned or popular old post, so its run
    of days ends at the first hole that is longer than the monthly limit and thrice every newer one.
    """
    by_order: dict[bool, set[date]] = {True: set(), False: set()}
    for post in posts:
        by_order[post.source in IN_ORDER].add(post.published_at.date())
    starts = []
    if by_order[True]:
        starts.append(min(by_order[True]))
    if by_order[False]:
        days = sorted(by_order[False], reverse=True)
        widest = timedelta(days=LIMIT_DAYS[Duty.MONTHLY] / SPREAD)
        start = days[0]
        for newer, older in pairwise(days):
            if newer - older > SPREAD * widest:
                break
            widest = max(widest, newer - older)
            start = older
        starts.append(start)
    return min(starts) if starts else None


def extend_window(known_since: date | None, last_seen: date | None, posts: Iterable[Post], today: date) -> date:
    """The new ``known_since`` after a content check that read ``posts`` on ``today``.

    Args:
        known_since: What was remembered.
        last_seen: Local day of the content check before; posts of the days since then are known only when the list
            reaches back to it.
        posts: The credible posts of this reading.
        today: The local day of this check.
    """
    start = listed_since(posts)
    reach = min(start, today) if start else today
    if known_since is None or last_seen is None:
        return reach
    if last_seen < reach - timedelta(days=1):
        return reach
    return min(known_since, reach)


def is_within_limit(published: date, day: date, site: Site) -> bool:
    """Whether a post of ``published`` was new enough at the end of ``day`` (both local days of the site)."""
    if site.freshness_limit is not None:
        return (day - published).days * DAY_SECONDS <= site.freshness_limit
    if site.duty is not Duty.DAILY:
        return (day - published).days <= LIMIT_DAYS[site.duty]
    left = WORKING_DAYS
    while day > published and left >= 0:
        left -= is_working_day(day, site)
        day -= timedelta(days=1)
    return left >= 0
