"""What goes into the store comes out again, with sums and ratios worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opd_exporter.models import (
    Check,
    Evidence,
    Finding,
    Post,
    PostSource,
    ProbeResult,
    Reason,
    Status,
    TlsFacts,
)
from opd_exporter.registry import Site
from opd_exporter.store import Change, DaySums, Remembered, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIB = ZoneInfo("Asia/Jakarta")
SITE = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/")
OTHER = Site("papua", "Papua", "Dinas Papua", "https://papua.example.go.id/", timezone=ZoneInfo("Asia/Jayapura"))
NOON = datetime(2026, 11, 25, 12, tzinfo=WIB).timestamp()
HOUR = 3600.0
DAY = 86_400.0


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path: Path) -> Iterator[Store]:
    """A store on disk, and one in memory: they behave the same."""
    opened = Store.open(tmp_path / "store.db" if request.param == "file" else None, commit_interval=0.05)
    yield opened
    opened.close()


def full_state() -> Remembered:
    """A state with every field set."""
    return Remembered(
        site_id="dinkes",
        status=Status.COMPROMISED,
        reason=Reason.GAMBLING_LINKS,
        since=NOON - DAY,
        evidence=(Evidence("link_text", "slot gacor", "https://dinkes.example.go.id/"),),
        readable=False,
        findings={
            Check.PROBE: Finding(Check.PROBE, NOON),
            Check.CONTENT: Finding(
                Check.CONTENT, NOON - 5, Reason.GAMBLING_LINKS, (Evidence("hidden_link", "judi"),), readable=False
            ),
        },
        last_post=Post("https://x.example/1", "Judul", datetime(2026, 11, 20, 23, 59, 59, tzinfo=WIB), PostSource.FEED),
        dated=False,
        known_since=date(2026, 8, 1),
        new_content_since=NOON - 3 * DAY,
        tls=TlsFacts(NOON + DAY, verified=False, chain_complete=True, reason=Reason.TLS_EXPIRED, subject="CN=x"),
        last_probe_at=NOON,
        last_content_at=NOON - 60,
        last_daily_at=NOON - HOUR,
        extra={"clean": {"daily": 1}},
    )


def test_state_comes_back_whole(tmp_path: Path):
    """Every field of a site's state survives a restart."""
    store = Store.open(tmp_path / "store.db")
    state = full_state()
    store.save_state(replace(state, status=Status.ACTIVE))
    store.save_state(state)
    store.save_memory("dinkes", {"url": "https://x.example/feed", "dates": {"https://x.example/1": "2026-11-20"}})
    store.close()
    store = Store.open(tmp_path / "store.db")
    found = store.load()
    store.close()
    memory = {"url": "https://x.example/feed", "dates": {"https://x.example/1": "2026-11-20"}}
    assert found == {"dinkes": replace(state, memory=memory)}


def test_a_bare_state_comes_back(store: Store):
    """Nothing known is nothing known, not zero."""
    store.save_state(Remembered("dinkes"))
    assert store.flush()
    assert store.load() == {"dinkes": Remembered("dinkes")}


def test_daily_sums(store: Store):
    """Probes fall into the local day and hour of the site; seconds, bytes and content checks add up."""
    midnight = datetime(2026, 11, 25, tzinfo=WIB).timestamp()
    store.record_probe(SITE, midnight - 1, ProbeResult.UP, 0.5, 100)
    store.record_probe(SITE, midnight, ProbeResult.UP, 0.25, 1000)
    store.record_probe(SITE, midnight + 60, ProbeResult.DOWN, None, 0)
    store.flush()
    store.record_probe(SITE, midnight + 5 * HOUR, ProbeResult.UP, 1.5, 2000)
    store.record_probe(SITE, midnight + 23 * HOUR, ProbeResult.BLOCKED, 0.1, 5)
    store.record_probe(SITE, midnight + 23 * HOUR, ProbeResult.UNKNOWN)
    store.record_content_check(SITE, midnight + 100)
    store.record_content_check(SITE, midnight + 1000)
    store.flush()
    assert store.days("dinkes", date(2026, 11, 1), date(2026, 11, 30)) == [
        DaySums("dinkes", date(2026, 11, 24), 1, 0, 0, 0, 1, 0.5, 0.5, 100, 0, 1 << 23),
        DaySums("dinkes", date(2026, 11, 25), 2, 1, 1, 1, 3, 1.85, 1.5, 3005, 2, 1 | 1 << 5 | 1 << 23),
    ]
    assert store.days("dinkes", date(2026, 11, 26), date(2026, 11, 30)) == []
    assert store.all_days(date(2026, 11, 24), date(2026, 11, 25)) == {
        "dinkes": store.days("dinkes", date(2026, 11, 1), date(2026, 11, 30))
    }
    assert store.probes_total("dinkes") == {
        ProbeResult.UP: 3,
        ProbeResult.DOWN: 1,
        ProbeResult.BLOCKED: 1,
        ProbeResult.UNKNOWN: 1,
    }


def test_days_follow_the_zone(store: Store):
    """23.30 WIB is the next day in Jayapura."""
    moment = datetime(2026, 11, 25, 23, 30, tzinfo=WIB).timestamp()
    store.record_probe(SITE, moment, ProbeResult.UP)
    store.record_probe(OTHER, moment, ProbeResult.UP)
    store.flush()
    assert [day.day.day for day in store.days("dinkes", date(2026, 11, 1), date(2026, 11, 30))] == [25]
    assert [(day.day.day, day.hours) for day in store.days("papua", date(2026, 11, 1), date(2026, 11, 30))] == [(26, 2)]


def test_uptime_windows(store: Store):
    """1d is 24 hourly sums, 7d and 30d are local days; blocked and unknown time is left out."""
    for age, result, count in [
        (0, ProbeResult.UP, 3),
        (0, ProbeResult.DOWN, 1),
        (0, ProbeResult.BLOCKED, 50),
        (0, ProbeResult.UNKNOWN, 50),
        (23 * HOUR, ProbeResult.UP, 1),
        (24 * HOUR, ProbeResult.DOWN, 4),  # yesterday noon: outside 1d, inside 7d
        (6 * DAY, ProbeResult.UP, 7),
        (7 * DAY, ProbeResult.DOWN, 16),  # outside 7d, inside 30d
        (29 * DAY, ProbeResult.UP, 32),
        (30 * DAY, ProbeResult.DOWN, 1000),
        (-DAY, ProbeResult.DOWN, 1000),  # a clock that was ahead
    ]:
        for _ in range(count):
            store.record_probe(SITE, NOON - age, result)
    store.record_probe(OTHER, NOON, ProbeResult.BLOCKED)
    store.flush()
    assert store.uptime([SITE, OTHER], NOON) == {
        "dinkes": {"1d": 4 / 5, "7d": 11 / 16, "30d": 43 / 64},
        "papua": {},
    }


def test_uptime_without_history(store: Store):
    """A site without known time has no ratio."""
    assert store.uptime([SITE], NOON) == {"dinkes": {}}


def a_post(url: str, moment: datetime, *, date_only: bool = True, title: str = "Judul") -> Post:
    """A post of the feed."""
    return Post(url, title, moment, PostSource.FEED, date_only)


def test_posts(store: Store):
    """Posts come newest first with their first sight, and only those of the asked time."""
    first = a_post("https://x.example/1", datetime(2026, 11, 20, 8, tzinfo=WIB))
    second = a_post("https://x.example/2", datetime(2026, 11, 22, 8, tzinfo=WIB))
    nameless = a_post("", datetime(2026, 11, 22, 9, tzinfo=WIB), title="Tanpa tautan")
    store.save_posts("dinkes", [first], NOON)
    store.flush()
    store.save_posts("dinkes", [second, nameless, first], NOON + 900)
    store.flush()
    found = store.posts("dinkes")
    assert [(item.post, item.first_seen) for item in found] == [
        (nameless, NOON + 900),
        (second, NOON + 900),
        (first, NOON),
    ]
    assert [item.post.url for item in store.posts("dinkes", since=second.published_at.timestamp(), limit=1)] == [""]
    assert store.posts("dinkes", until=first.published_at.timestamp()) == []
    assert store.posts("papua") == []
    assert store.publishing_dates("dinkes") == [date(2026, 11, 20), date(2026, 11, 22)]


def test_a_moving_date_never_makes_a_post_new(store: Store):
    """Another day counts only when it is earlier; within a day the time replaces the bare date, and not the reverse."""
    url = "https://x.example/1"
    readings = [
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=WIB), True, datetime(2026, 11, 20, 23, 59, 59, tzinfo=WIB)),
        (datetime(2026, 11, 21, 8, tzinfo=WIB), False, datetime(2026, 11, 20, 23, 59, 59, tzinfo=WIB)),
        (datetime(2026, 11, 20, 8, 30, tzinfo=WIB), False, datetime(2026, 11, 20, 8, 30, tzinfo=WIB)),
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=WIB), True, datetime(2026, 11, 20, 8, 30, tzinfo=WIB)),
        (datetime(2026, 11, 19, 23, 59, 59, tzinfo=WIB), True, datetime(2026, 11, 19, 23, 59, 59, tzinfo=WIB)),
    ]
    for moment, date_only, expected in readings:
        store.save_posts("dinkes", [a_post(url, moment, date_only=date_only)], NOON)
        store.flush()
        assert [item.post.published_at for item in store.posts("dinkes")] == [expected]


def test_a_disproved_post_proves_no_day(store: Store):
    """A post whose date turned out to be a clock is forgotten, also while it waits, and may be kept again."""
    good = a_post("https://x.example/1", datetime(2026, 11, 20, 8, tzinfo=WIB))
    clock = a_post("https://x.example/clock", datetime(2026, 11, 24, 8, tzinfo=WIB))
    waiting = a_post("https://x.example/clock2", datetime(2026, 11, 23, 8, tzinfo=WIB))
    store.save_posts("dinkes", [good, clock], NOON)
    store.save_posts("papua", [clock], NOON)
    store.flush()
    store.save_posts("dinkes", [good, clock, waiting], NOON)
    store.forget_posts("dinkes", lambda post: "clock" in post.url)
    store.flush()
    assert store.publishing_dates("dinkes") == [date(2026, 11, 20)]
    assert store.all_publishing_dates() == {"dinkes": [date(2026, 11, 20)], "papua": [date(2026, 11, 24)]}
    store.save_posts("dinkes", [good, clock, waiting], NOON)
    store.flush()
    assert len(store.publishing_dates("dinkes")) == 3
    since, until = good.published_at.timestamp(), clock.published_at.timestamp()
    assert store.post_counts(since, until) == {"dinkes": 2}


def test_changes(store: Store):
    """The change in force at the beginning comes first; the end is not included."""
    made = [
        Change("dinkes", NOON, Status.ACTIVE, readable=True),
        Change("dinkes", NOON + 10, Status.DOWN, Reason.TIMEOUT, (Evidence("status", "504"),), readable=False),
        Change("dinkes", NOON + 20, Status.COMPROMISED, Reason.DEFACED, readable=False),
        Change("dinkes", NOON + 30, Status.BLOCKED, Reason.RATE_LIMITED),
    ]
    for change in made:
        store.record_change(change)
    store.record_change(Change("papua", NOON + 5, Status.ACTIVE))
    store.flush()
    assert store.changes("dinkes") == made
    assert store.changes("dinkes", NOON + 15, NOON + 30) == made[1:3]
    assert store.changes("dinkes", NOON + 10, NOON + 20) == made[1:2]
    assert store.changes("dinkes", NOON - 5, NOON) == []
    assert store.all_changes(NOON + 15, NOON + 30) == {
        "dinkes": made[1:3],
        "papua": [Change("papua", NOON + 5, Status.ACTIVE)],
    }
    assert [change.unreadable for change in made] == [False, True, True, False]


@pytest.mark.parametrize("status", list(Status))
def test_every_status_and_reason_comes_back(tmp_path: Path, status: Status):
    """No label of the contract is lost on the way to the disk and back."""
    store = Store.open(tmp_path / "store.db")
    reasons = [None, *Reason]
    for number, reason in enumerate(reasons):
        store.record_change(Change("dinkes", float(number), status, reason))
    store.flush()
    assert [(change.status, change.reason) for change in store.changes("dinkes")] == [
        (status, item) for item in reasons
    ]
    store.close()


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.characters(), max_size=400),
    st.text(alphabet=st.characters(), max_size=3000),
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),  # noqa: DTZ001 - given a zone below
)
def test_hostile_text_is_stored(title: str, url: str, moment: datetime):
    """Any text, lone surrogates and NUL included, and any date are kept or shortened, never an error."""
    store = Store.open(None, commit_interval=0.01)
    try:
        post = Post(url, title, moment.replace(tzinfo=UTC), PostSource.PAGE)
        store.save_posts("dinkes", [post], NOON)
        store.save_state(Remembered("dinkes", last_post=post, evidence=(Evidence(title, url, title),)))
        store.save_memory("dinkes", {title: url})
        store.record_change(Change("dinkes", NOON, Status.DOWN, evidence=(Evidence("title", title),)))
        assert store.flush(5)
        assert store.load()["dinkes"].last_post is not None
        assert len(store.posts("dinkes", since=float("-inf"))) == 1
        assert len(store.changes("dinkes")) == 1
    finally:
        store.close()


def test_old_history_is_removed_by_count_of_days(tmp_path: Path, monkeypatch):
    """Days, hours, changes and posts are bounded, and a clock that jumped ahead deletes nothing."""
    from opd_exporter.store import pruning, writer

    monkeypatch.setattr(pruning, "DAYS_KEPT", 5)
    monkeypatch.setattr(pruning, "HOURS_KEPT", 6)
    monkeypatch.setattr(pruning, "POSTS_KEPT_PER_SITE", 3)
    monkeypatch.setattr(writer, "PRUNE_INTERVAL", 0.0)
    store = Store.open(tmp_path / "store.db")
    for day in range(10):
        store.record_probe(SITE, NOON + day * DAY, ProbeResult.UP)
        store.record_change(Change("dinkes", NOON + day * DAY, Status.DOWN if day % 2 else Status.ACTIVE))
        store.save_posts("dinkes", [a_post(f"https://x.example/{day}", datetime(2026, 11, 1 + day, tzinfo=WIB))], NOON)
        store.flush()
    first, last = date(2026, 11, 1), date(2026, 12, 31)
    assert [item.day for item in store.days("dinkes", first, last)] == [
        date(2026, 11, 25) + timedelta(days=day) for day in range(5, 10)
    ]
    assert [change.at for change in store.changes("dinkes")] == [NOON + day * DAY for day in range(3, 10)]
    assert [item.post.url[-1] for item in store.posts("dinkes")] == ["9", "8", "7"]
    # The clock jumps to 2036 for one probe: one old day goes, not all of them.
    store.record_probe(SITE, NOON + 3650 * DAY, ProbeResult.UP)
    store.flush()
    assert len(store.days("dinkes", first, last)) == 4
    store.close()


def test_recording_is_cheap(tmp_path: Path):
    """10,000 sites a minute are 170 probes a second: a thousand take a small part of a second."""
    import time

    store = Store.open(tmp_path / "store.db")
    sites = [replace(SITE, id=f"site-{number}") for number in range(1000)]
    started = time.perf_counter()
    for site in sites:
        store.record_probe(site, NOON, ProbeResult.UP, 0.2, 50_000)
        store.save_state(Remembered(site.id, Status.ACTIVE, since=NOON))
    assert time.perf_counter() - started < 0.5
    assert store.flush()
    assert len(store.load()) == 1000
    store.close()
