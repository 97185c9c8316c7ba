"""Arithmetic of the report: hours as bits, and how lists share a sheet."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.report import spans
from opd_exporter.report.html import CHANGES_LISTED, share_lines
from opd_exporter.store import DaySums

ZONES = [ZoneInfo(name) for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC", "Europe/Berlin")]
FIRST = date(2020, 10, 20)


@given(
    masks=st.lists(st.integers(0, 2**24 - 1), max_size=12),
    zone=st.sampled_from(ZONES),
    start=st.integers(-30, 200),
    length=st.integers(0, 300),
)
def test_bits_equal_sets(masks: list[int], zone: ZoneInfo, start: int, length: int):
    """Coverage and gaps of any month, zone and record, also where the record begins before the month."""
    days = [DaySums("a", FIRST + timedelta(days=number), hours=mask) for number, mask in enumerate(masks)]
    begin = int(spans.midnight(FIRST, ZONES[0]) // 3600) + start
    hours = range(begin, begin + length)
    seen = {
        int(spans.midnight(sums.day, zone) // 3600) + hour
        for sums in days
        for hour in range(24)
        if sums.hours >> hour & 1
    }
    missing = [hour for hour in hours if hour not in seen]
    starts = [hour for hour in missing if hour - 1 not in missing]
    ends = [hour + 1 for hour in missing if hour + 1 not in missing]
    watched = spans.watched_hours(days, zone, begin)
    assert [(gap.start / 3600, gap.end / 3600) for gap in spans.gaps(hours, watched)] == list(
        zip(starts, ends, strict=True)
    )
    assert spans.coverage(hours, watched) == ((length - len(missing)) / length if length else None)


@given(counts=st.lists(st.integers(0, 40), min_size=3, max_size=3))
def test_lists_of_changes_share_the_first_sheet(counts: list[int]):
    """All fit, none has a line too many, and a long list never takes the place of a short one."""
    shares = share_lines(counts)
    assert all(0 <= share <= count for share, count in zip(shares, counts, strict=True))
    assert sum(shares) == min(sum(counts), CHANGES_LISTED)
    assert all(share == count for share, count in zip(shares, counts, strict=True) if count <= CHANGES_LISTED // 3)
