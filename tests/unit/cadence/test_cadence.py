"""Working days, limits and cadence against values worked out by hand on the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opd_exporter import cadence
from opd_exporter.models import Cadence, Duty, Post, PostSource
from opd_exporter.registry import Site

WIB = ZoneInfo("Asia/Jakarta")
DAILY = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/", duty=Duty.DAILY)
HOURS = 3600.0
DAYS = 86_400.0

# Disnakertrans: upload days of its 32 newest posts (23 of them in two afternoons).
REAL = [
    date(2023, 10, 31),
    date(2024, 3, 25),
    date(2024, 3, 31),
    date(2024, 11, 12),
    date(2025, 6, 12),
    date(2025, 7, 11),
    date(2025, 8, 22),
    date(2026, 3, 5),
    date(2026, 6, 11),
    date(2026, 7, 14),
]


def at(year: int, month: int, day: int, hour: int = 10, zone: ZoneInfo = WIB) -> datetime:
    """A local moment."""
    return datetime(year, month, day, hour, tzinfo=zone)


def days_from(first: date, *offsets: int) -> list[date]:
    """Dates by their distance from ``first``."""
    return [first + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 25), True),  # Rabu
        (date(2026, 11, 28), False),  # Sabtu
        (date(2026, 11, 29), False),  # Minggu
        (date(2026, 8, 17), False),  # Senin, Hari Kemerdekaan
        (date(2026, 8, 25), False),  # Selasa, Maulid Nabi
        (date(2026, 3, 19), False),  # Kamis, Nyepi
        (date(2026, 12, 25), False),  # Jumat, Natal
        (date(2026, 12, 24), True),  # cuti bersama only when the registry says so
        (date(2020, 11, 18), True),  # the evaluation meeting
    ],
)
def test_working_days(day: date, working: bool):
    """Monday to Friday count, public holidays do not."""
    assert cadence.is_working_day(day, DAILY) is working


def test_off_days_of_the_registry():
    """Cuti bersama is what the registry says it is."""
    site = replace(DAILY, off_days=frozenset({date(2026, 12, 24)}))
    assert not cadence.is_working_day(date(2026, 12, 24), site)


@pytest.mark.parametrize(
    ("now", "off_days", "limit"),
    [
        # Kamis 10.00: 10 h + Rabu + Selasa = 58 h, 14 h of Senin -> Senin 10.00.
        (at(2026, 11, 26), (), 72 * HOURS),
        # Rabu 10.00: 10 h + Selasa + Senin = 58 h, over the weekend, 14 h of Jumat -> Jumat 10.00.
        (at(2026, 11, 25), (), 120 * HOURS),
        # Minggu 10.00: Jumat, Kamis, Rabu whole -> Rabu 00.00.
        (at(2026, 11, 29), (), (24 * 4 + 10) * HOURS),
        # Senin 00.00: the same three days, the whole weekend over.
        (at(2026, 11, 30, 0), (), 24 * 5 * HOURS),
        # Selasa 18-08-2026 10.00: 10 h; Senin is Kemerdekaan; weekend; Jumat + Kamis = 58 h; 14 h of Rabu 12.
        (at(2026, 8, 18), (), (6 * 24) * HOURS),
        # Senin 28-12-2026 10.00, cuti bersama on the 24th: 10 h; four days off; Rabu + Selasa = 58 h; 14 h of Senin 21.
        (at(2026, 12, 28), (date(2026, 12, 24),), 7 * 24 * HOURS),
        # The same without it: Kamis + Rabu = 58 h; 14 h of Selasa 22.
        (at(2026, 12, 28), (), 6 * 24 * HOURS),
    ],
)
def test_daily_limit(now: datetime, off_days: tuple[date, ...], limit: float):
    """Three working days are walked back from now, over weekends and holidays."""
    site = replace(DAILY, off_days=frozenset(off_days))
    assert cadence.freshness_limit_seconds(site, now) == limit


def test_daily_limit_follows_the_zone_of_the_site():
    """Sunday evening in Jakarta is Monday in Jayapura, and an argument in UTC says the same."""
    moment = at(2026, 11, 29, 23)  # Minggu 23.00 WIB = Senin 01.00 WIT
    assert cadence.freshness_limit_seconds(DAILY, moment) == (24 * 4 + 23) * HOURS
    jayapura = replace(DAILY, timezone=ZoneInfo("Asia/Jayapura"))
    # 1 h of Senin, weekend, Jumat + Kamis = 49 h, 23 h of Rabu -> Rabu 01.00 WIT.
    assert cadence.freshness_limit_seconds(jayapura, moment) == 5 * 24 * HOURS
    assert cadence.freshness_limit_seconds(jayapura, moment.astimezone(UTC)) == 5 * 24 * HOURS


def test_daily_limit_never_shrinks_within_days_off():
    """The oldest post that is still fresh never moves back in time, whatever the hour."""
    start = at(2026, 3, 17, 0)  # over Nyepi and Idulfitri
    cuts = []
    for hour in range(24 * 10):
        now = start + timedelta(hours=hour)
        cuts.append(now.timestamp() - cadence.freshness_limit_seconds(DAILY, now))
    assert cuts == sorted(cuts)
    assert cuts[-1] > cuts[0]


@pytest.mark.parametrize(
    ("duty", "override", "limit"),
    [
        (Duty.WEEKLY, None, 10 * DAYS),
        (Duty.MONTHLY, None, 40 * DAYS),
        (Duty.MONTHLY, 5 * DAYS, 5 * DAYS),
        (Duty.DAILY, 1 * DAYS, 1 * DAYS),
    ],
)
def test_other_limits(duty: Duty, override: float | None, limit: float):
    """Weekly is 10 days, monthly 40, and the registry overrides all three."""
    site = replace(DAILY, duty=duty, freshness_limit=override)
    assert cadence.freshness_limit_seconds(site, at(2026, 11, 25)) == limit


def test_daily_limit_ends_when_every_day_is_off():
    """A registry without one working day costs a bounded walk."""
    today = date(2026, 11, 25)
    site = replace(DAILY, off_days=frozenset(today - timedelta(days=n) for n in range(3000)))
    assert cadence.freshness_limit_seconds(site, at(2026, 11, 25)) == pytest.approx(365 * DAYS + 10 * HOURS)


@pytest.mark.parametrize(
    ("now", "in_30", "in_90", "gap_days"),
    [
        # 14-07-2026: the window begins 16-04; 05-03 -> 11-06 = 98, 33, 0.
        (at(2026, 7, 14), 1, 2, 98),
        # 20-08-2026: the window begins 23-05; 98, 33, 37.
        (at(2026, 8, 20), 0, 2, 98),
        # 11-09-2026: the window begins 14-06; 11-06 -> 14-07 = 33, 59 to now.
        (at(2026, 9, 11), 0, 1, 59),
        # 25-11-2026: nothing inside; 14-07 -> now = 134.
        (at(2026, 11, 25), 0, 0, 134),
        # 22-08-2025: the window begins 25-05; 12-11-2024 -> 12-06-2025 = 212, 29, 42, 0.
        (at(2025, 8, 22), 1, 3, 212),
        # 31-03-2024: the window begins 02-01; 31-10-2023 -> 25-03 = 146, 6, 0.
        (at(2024, 3, 31), 2, 2, 146),
    ],
)
def test_real_history(now: datetime, in_30: int, in_90: int, gap_days: int):
    """Disnakertrans, 32 posts in 987 days, was never even a monthly publisher."""
    dates = [day for day in REAL if day <= now.date()]
    found = cadence.measure(dates, DAILY, now, REAL[0])
    assert found == cadence.Measured(in_30, in_90, gap_days * DAYS, Cadence.NONE)


NOW = at(2026, 11, 25)  # Rabu
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("ages", "longest", "expected"),
    [
        # Every Wednesday and the weekend's gap: exactly 7 days; in working days 5.
        (range(0, 120, 7), 7, Cadence.WEEKLY),
        # Every second day, over weekends and Maulid (Selasa 25-08, before the window).
        (range(0, 120, 2), 2, Cadence.DAILY),
        # Exactly at the limit of the weekly duty, and one day over.
        (range(0, 120, 10), 10, Cadence.WEEKLY),
        (range(0, 120, 11), 11, Cadence.MONTHLY),
        (range(0, 130, 40), 40, Cadence.MONTHLY),
        (range(0, 130, 41), 41, Cadence.NONE),
        # The gap to now counts as well: last post 11 days ago.
        (range(11, 120, 7), 11, Cadence.MONTHLY),
        # Twenty posts on one day are one publishing day.
        ([5] * 20 + [100], 95, Cadence.NONE),
        # The first gap is counted from the last publishing day before the window (89 days back is its first day).
        ([5, 20, 40, 60, 85, 89, 130], 41, Cadence.NONE),
        ([5, 20, 40, 60, 85, 90, 130], 25, Cadence.MONTHLY),
    ],
)
def test_cadence_by_longest_gap(ages, longest: int, expected: Cadence):
    """The strictest duty whose limit the longest gap keeps."""
    dates = [TODAY - timedelta(days=age) for age in ages]
    found = cadence.measure(dates, DAILY, NOW, min(dates))
    assert (found.longest_gap, found.cadence) == (longest * DAYS, expected)


def test_daily_is_counted_in_working_days():
    """A week of Idulfitri with cuti bersama does not make a daily publisher a weekly one."""
    off = {date(2026, 3, 18), date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24)}
    site = replace(DAILY, off_days=frozenset(off))
    now = at(2026, 3, 31)
    dates = [now.date() - timedelta(days=n) for n in range(130)]
    holiday = {date(2026, 3, day) for day in range(17, 28)}
    dates = [day for day in dates if day not in holiday]
    # 16-03 -> 28-03: of 17..28 March only 17, 25, 26, 27 work -> four: too many. A post on the 26th makes it three.
    assert cadence.measure(dates, site, now, dates[-1]).cadence is Cadence.MONTHLY
    dates = sorted([*dates, date(2026, 3, 26)])
    found = cadence.measure(dates, site, now, dates[0])
    assert (found.cadence, found.longest_gap) == (Cadence.DAILY, 10 * DAYS)
    assert cadence.measure(dates, DAILY, now, dates[0]).cadence is Cadence.WEEKLY


@pytest.mark.parametrize(
    ("ages", "known_age", "expected"),
    [
        # Nothing is known at all, or no date was ever seen.
        ([1, 2, 3], None, cadence.Measured()),
        ([], 200, cadence.Measured()),
        # Seen for 40 days: the month is known, the quarter is not.
        ([1, 5, 20, 40], 40, cadence.Measured(3, None, None, None)),
        # Seen for 10 days only.
        ([1, 5, 10], 10, cadence.Measured(None, None, None, None)),
        # Seen for 60 days, and the newest post is 50 days old: too long for any duty, however the rest was.
        ([50, 60], 60, cadence.Measured(0, None, None, Cadence.NONE)),
        # Exactly 30 and 90 days of window are known; the gap before the first post is not.
        ([1, 29], 29, cadence.Measured(2, None, None, None)),
        ([1, 29, 60, 89], 89, cadence.Measured(2, 4, None, None)),
        ([1, 29, 60, 89, 95], 95, cadence.Measured(2, 4, 31 * DAYS, Cadence.MONTHLY)),
        # A post from before the window that is also the newest one proves the windows empty.
        ([100], 100, cadence.Measured(0, 0, 100 * DAYS, Cadence.NONE)),
        # The monitor was off, and the list does not reach back to the older known posts.
        ([1, 100, 120], 2, cadence.Measured(None, None, None, None)),
        ([100], 0, cadence.Measured(None, None, None, None)),
        # A date in the future is no publishing day.
        ([-1, 100], 100, cadence.Measured(0, 0, 100 * DAYS, Cadence.NONE)),
    ],
)
def test_unknown_windows_have_no_sample(ages, known_age: int | None, expected: cadence.Measured):
    """What was not seen is not known: no zero, no guess."""
    dates = [TODAY - timedelta(days=age) for age in ages]
    known = None if known_age is None else TODAY - timedelta(days=known_age)
    assert cadence.measure(dates, DAILY, NOW, known) == expected


@pytest.mark.parametrize(
    ("measured", "duty", "expected"),
    [
        (Cadence.DAILY, Duty.WEEKLY, True),
        (Cadence.WEEKLY, Duty.WEEKLY, True),
        (Cadence.MONTHLY, Duty.WEEKLY, False),
        (Cadence.NONE, Duty.MONTHLY, False),
        (Cadence.WEEKLY, Duty.DAILY, False),
        (None, Duty.DAILY, None),
    ],
)
def test_fulfils(measured: Cadence | None, duty: Duty, expected: bool | None):
    """A stricter cadence fulfils a looser duty; what is not measured is neither."""
    assert cadence.fulfils(measured, duty) is expected


def post(age: int, source: PostSource = PostSource.PAGE) -> Post:
    """A post of ``age`` days ago."""
    return Post(f"https://x.example/{age}", "Judul", NOW - timedelta(days=age), source)


@pytest.mark.parametrize(
    ("posts", "age"),
    [
        ([], None),
        ([post(age, PostSource.FEED) for age in (1, 300)], 300),
        ([post(age, PostSource.WORDPRESS) for age in (1, 2, 900)], 900),
        # A page: the run ends at the pinned post of three years ago.
        ([post(age) for age in (1, 3, 5, 9, 1100)], 9),
        # Long holes are believed when the newer ones are long too (the real history).
        ([post((TODAY - day).days) for day in REAL], (TODAY - REAL[0]).days),
        ([post(age) for age in (1, 41)], 41),
        ([post(age) for age in (1, 42)], 1),
        ([post(3), post(50, PostSource.FEED)], 50),
    ],
)
def test_listed_since(posts: list[Post], age: int | None):
    """Feeds are whole; a page's list is believed only as far as its rhythm goes."""
    assert cadence.listed_since(posts) == (None if age is None else TODAY - timedelta(days=age))


@pytest.mark.parametrize(
    ("known_age", "seen_age", "listed", "expected_age"),
    [
        (None, None, [], 0),
        (None, None, [1, 5], 5),
        (200, 0, [1, 5], 200),
        (5, 1, [1, 20], 20),
        # Two months without the monitor: the list must reach back to the last look, or the window begins anew.
        (200, 60, [1, 20, 55, 61], 200),
        (200, 60, [1, 5, 20], 20),
        (200, 60, [], 0),
        (200, 1, [], 200),
    ],
)
def test_window_is_honest_about_interruptions(known_age, seen_age, listed, expected_age: int):
    """Posts of days that nobody saw are known only when a later list covers them."""
    known = None if known_age is None else TODAY - timedelta(days=known_age)
    seen = None if seen_age is None else TODAY - timedelta(days=seen_age)
    found = cadence.extend_window(known, seen, [post(age) for age in listed], TODAY)
    assert found == TODAY - timedelta(days=expected_age)


def test_holidays_are_asked_once_a_year():
    """The package is slow to build a year, so a year is built once."""
    cadence.public_holidays.cache_clear()
    for _ in range(3):
        cadence.freshness_limit_seconds(DAILY, NOW)
    assert cadence.public_holidays.cache_info().misses == 1
    assert date(2026, 8, 17) in cadence.public_holidays(2026)
