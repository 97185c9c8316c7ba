"""The date parser: what is a date, what is none, and that any text costs bounded time."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opd_exporter.freshness.dates import find_dates, parse_date
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.freshness.words import DAYS, MONTHS

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=JAKARTA)
DATA = Path(__file__).parent / "data"


def _unescape(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\xa0", "\u00a0")


DATES = [
    tuple(line.split("\t")) for line in (DATA / "dates.tsv").read_text("utf-8").splitlines() if not line.startswith("#")
]
NON_DATES = (DATA / "non_dates.txt").read_text("utf-8").splitlines()


def test_tables_are_large_enough() -> None:
    """The tables hold at least 300 dates and 150 strings that are none."""
    assert len({text for text, _ in DATES}) >= 300
    assert len(set(NON_DATES)) >= 150


@pytest.mark.parametrize(("text", "expected"), DATES, ids=[text for text, _ in DATES])
def test_reads_date(text: str, expected: str) -> None:
    """Every spelling gives its day, and its minute where one is written."""
    hits = [hit for hit in find_dates(_unescape(text), NOW, JAKARTA) if hit.day is not None and not hit.span]
    assert hits, text
    moment = hits[0].moment(JAKARTA, NOW)
    assert moment is not None
    got = moment.strftime("%Y-%m-%dT%H:%M") if hits[0].time is not None else hits[0].day.isoformat()
    assert got == expected


@pytest.mark.parametrize("text", NON_DATES, ids=NON_DATES)
def test_refuses_non_date(text: str) -> None:
    """What is not a date of one day gives none, or is marked as a span of days or hours."""
    assert [hit for hit in find_dates(_unescape(text), NOW, JAKARTA) if hit.day is not None and not hit.span] == []


def test_neighbours_decide_order() -> None:
    """In a list with one certain month-first date the ambiguous ones are month-first too."""
    hits = find_dates("11/09/2026\n\n10/28/2026\n\n10/07/2026", NOW, JAKARTA)
    assert [hit.day for hit in hits] == [date(2026, 11, 9), date(2026, 10, 28), date(2026, 10, 7)]


def test_dotted_short_years_count_when_all_can_be_days() -> None:
    """``18.11.26`` is a date where several stand together and none of them can only be a time."""
    found = [hit.day for hit in find_dates("(18.11.26)\n\n(02.11.26)\n\nBuka 08.00 - 15.30", NOW, JAKARTA)]
    assert found == [date(2026, 11, 18), date(2026, 11, 2)]
    assert find_dates("18.11.26 dan 02.11.26 dan 18.47.26", NOW, JAKARTA) == []


def test_past_reading_is_preferred() -> None:
    """When only one of two readings lies in the future, the other is meant."""
    assert parse_date("12/11/2026", NOW, JAKARTA).day == date(2026, 11, 12)
    assert parse_date("11/12/2026", NOW, JAKARTA).day == date(2026, 11, 12)


def test_date_without_time_is_the_end_of_its_day_at_most_now() -> None:
    """A bare day stands for its end; today stands for now."""
    assert parse_date("24 November 2026", NOW, JAKARTA).moment(JAKARTA, NOW) == datetime(
        2026, 11, 24, 23, 59, 59, tzinfo=JAKARTA
    )
    assert parse_date("25 November 2026", NOW, JAKARTA).moment(JAKARTA, NOW) == NOW


def test_relative_time_crosses_midnight_in_the_zone_of_the_site() -> None:
    """Two hours ago at half past midnight in Papua is yesterday there."""
    jayapura = ZoneInfo("Asia/Jayapura")
    now = datetime(2026, 1, 1, 0, 30, tzinfo=jayapura)
    assert parse_date("2 jam yang lalu", now, jayapura).day == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 22 Nov 2026 23:40:00 +0000", "2026-11-23T06:40"),
        ("Kam, 15 Okt 2026 08:15:00 +0700", "2026-10-15T08:15"),
        ("Mon, 23 Nov 2026 08:00:00 WIB", "2026-11-23T08:00"),
        ("Mon, 23 Nov 2026 09:00:00 WITA", "2026-11-23T08:00"),
        ("2019-12-20T15:30:00.003+07:00", "2019-12-20T15:30"),
        ("2026-11-16 09:15:00", "2026-11-16T09:15"),
        ("20261124T101500Z", "2026-11-24T17:15"),
        ("1605668400", "2020-11-18T10:00"),
        ("1605668400000", "2020-11-18T10:00"),
        ("18-11-2020", "2020-11-18T12:00"),
        ("2020/11/18", "2020-11-18T12:00"),
        ("2026-11-22T17:00:00Z", "2026-11-23T00:00"),
        ("0000-00-00 00:00:00", None),
        ("0000-00-00", None),
        ("-0001-11-30T00:00:00+00:00", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("0", None),
        ("", None),
        ("tidak ada", None),
    ],
)
def test_reads_machine_date(text: str, expected: str | None) -> None:
    """ISO, RFC 822 and Unix times come out in the zone of the site; empty database values do not come out."""
    parsed = parse_machine(text, NOW, JAKARTA)
    assert (parsed[0].strftime("%Y-%m-%dT%H:%M") if parsed else None) == expected


ALPHABET = st.sampled_from(
    [
        *sorted(MONTHS),
        *sorted(DAYS),
        *"0123456789",
        "2026",
        "1998",
        " ",
        " ",
        "\n",
        "-",
        "/",
        ".",
        ",",
        ":",
        "'",
        "lalu",
        "yang",
        "hari",
        "jam",
        "kemarin",
        "s/d",
        "wib",
        "+07:00",
        "\xa0",
        "’",
        "İ",
        "K",
        "ago",
        "today",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join))
def test_soup_of_date_words_never_raises(text: str) -> None:
    """Any mixture of date words gives dates that exist, inside the text, in order."""
    hits = find_dates(text, NOW, JAKARTA)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(hit.day is None or 1900 < hit.day.year <= 2100 for hit in hits)
    for hit in hits:
        hit.moment(JAKARTA, NOW)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_never_raises(text: str) -> None:
    """Any text at all is read without an error."""
    find_dates(text, NOW, JAKARTA)
    parse_machine(text, NOW, JAKARTA)


@settings(max_examples=100, deadline=None)
@given(
    st.dates(date(2005, 1, 1), date(2026, 11, 24)),
    st.sampled_from(["{d} {m} {y}", "{w}, {d:02d} {m} {y}", "{m} {d}, {y}", "{y}-{n:02d}-{d:02d}"]),
)
def test_written_day_is_read_back(day: date, form: str) -> None:
    """Every day written in a usual form is read back as itself."""
    months = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ]
    names = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
    text = form.format(d=day.day, m=months[day.month - 1], y=day.year, n=day.month, w=names[day.weekday()])
    hit = parse_date(text, NOW, JAKARTA)
    assert hit is not None
    assert hit.day == day


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "12 ",
        "1/",
        "12-",
        "2026-",
        "12 jan ",
        "jan ",
        "1 hari ",
        "kemarin ",
        "10:10 ",
        "\n",
        "s/d ",
        "24 nov 2026 - ",
    ],
)
def test_repetition_costs_linear_time(piece: str) -> None:
    """Twice the text costs about twice the time, whatever is repeated."""
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    find_dates(text, NOW, JAKARTA)
    assert time.process_time() - start < 4.0


def test_future_and_zone_are_kept_as_written() -> None:
    """A time in UTC is turned into local time; the letters WITA keep the printed day."""
    assert parse_date("2026-11-24T20:30:00Z", NOW, JAKARTA).moment(JAKARTA, NOW).date() == date(2026, 11, 25)
    assert parse_date("24 November 2026 00:30 WITA", NOW, JAKARTA).moment(JAKARTA, NOW).date() == date(2026, 11, 24)
    assert NOW.astimezone(UTC) - NOW == timedelta(0)
