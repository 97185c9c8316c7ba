"""A month worked out by hand: November 2020, five sites, one hour between probes.

The figures that the tests expect are derived in the comments, not by the program.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from opd_exporter.models import Duty, Kendala, Post, PostSource, ProbeResult, Reason, Status, TlsFacts
from opd_exporter.registry import Note, Registry, Site
from opd_exporter.store import Change, Remembered, Store

if TYPE_CHECKING:
    from collections.abc import Iterable

WIB = ZoneInfo("Asia/Jakarta")
HOSTILE_NAME = '=HYPERLINK("http://evil.example/","Sekretariat Daerah")'
HOSTILE_NOTE = "+cmd|' /C calc'!A0"

SETDA = Site(
    "setda",
    "Setda",
    HOSTILE_NAME,
    "https://setda.example.go.id/",
    note=Note(Kendala.LUPA_AKUN, HOSTILE_NOTE, "@Kepala Bagian Umum", date(2020, 11, 18)),
)
DINKES = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/", duty=Duty.DAILY)
BPBD = Site("bpbd", "BPBD", "Badan Penanggulangan Bencana Daerah", "https://bpbd.example.go.id/", duty=Duty.MONTHLY)
DISHUB = Site("dishub", "Dishub", "Dinas Perhubungan", None)
DPMD = Site("dpmd", "DPMD", "Dinas Pemberdayaan Masyarakat Desa", "https://dpmd.example.go.id/", duty=Duty.MONTHLY)
REGISTRY = Registry({site.id: site for site in (SETDA, DINKES, BPBD, DISHUB, DPMD)})


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2020) -> float:
    """Unix seconds of a moment in Serang."""
    return datetime(year, month, day, hour, minute, tzinfo=WIB).timestamp()


NOW = at(12, 5)
OFF = range(int(at(11, 9, 8) // 3600), int(at(11, 9, 14) // 3600))
"""The exporter was off on 9 November from 08.00 to 14.00: six hours without a probe of any site."""


def probe_hourly(store: Store, site: Site, start: float, down: Iterable[tuple[float, float, ProbeResult]]) -> None:
    """One probe at every full hour from ``start`` to the end of November, except while the exporter was off."""
    spans = list(down)
    moment = start
    while moment < at(12, 1):
        if int(moment // 3600) not in OFF:
            result = next((kind for begin, end, kind in spans if begin <= moment < end), ProbeResult.UP)
            seconds = 2.0 if moment == at(11, 20, 9) else 0.5
            store.record_probe(site, moment, result, seconds if result is ProbeResult.UP else None, 1000)
        moment += 3600


def publish(store: Store, site: Site, days: Iterable[date], source: PostSource = PostSource.FEED) -> Post:
    """One post at 10.00 on each day; the newest."""
    posts = [
        Post(
            f"{site.url}baca/{day}",
            "=1+1",
            datetime(day.year, day.month, day.day, 10, tzinfo=WIB),
            source,
            date_only=False,
        )
        for day in days
    ]
    store.save_posts(site.id, posts, at(11, 1))
    return max(posts, key=lambda post: post.published_at)


def fill(store: Store) -> None:
    """The history of the five sites."""
    down, blocked, unknown = ProbeResult.DOWN, ProbeResult.BLOCKED, ProbeResult.UNKNOWN
    # Setda: one outage, 10 November 08.00 to 12.30; late from the 27th, active again on the 30th at 09.00.
    for moment, status, reason, readable in [
        (at(9, 1), Status.ACTIVE, None, True),
        (at(11, 10, 8), Status.DOWN, Reason.TIMEOUT, False),
        (at(11, 10, 12, 30), Status.ACTIVE, None, True),
        (at(11, 27), Status.LATE, None, True),
        (at(11, 30, 9), Status.ACTIVE, None, True),
    ]:
        store.record_change(Change("setda", moment, status, reason, readable=readable))
    store.record_probe(SETDA, at(10, 31, 12), ProbeResult.UP, 9.0)
    probe_hourly(store, SETDA, at(11, 1), [(at(11, 10, 8), at(11, 10, 12, 30), down)])
    # Every Monday from 31 August to 16 November, then 30 November.
    mondays = [date(2020, 8, 31) + timedelta(days=7 * week) for week in range(12)]
    newest = publish(store, SETDA, [*mondays, date(2020, 11, 30)])
    store.save_state(
        Remembered(
            "setda",
            Status.ACTIVE,
            since=at(11, 30, 9),
            last_post=newest,
            known_since=date(2020, 8, 31),
            tls=TlsFacts(at(12, 10), verified=True),
        )
    )
    # Dinkes: down over the turn of the month, over the exporter's own absence, and with a spell of ignorance.
    for moment, status, reason, readable in [
        (at(10, 25), Status.DOWN, Reason.CONNECT_REFUSED, False),
        (at(11, 2, 6), Status.ACTIVE, None, True),
        (at(11, 9, 6, 30), Status.DOWN, Reason.HTTP_SERVER_ERROR, False),
        (at(11, 9, 15), Status.ACTIVE, None, True),
        (at(11, 20), Status.BLOCKED, Reason.WAF_CHALLENGE, None),
        (at(11, 21), Status.ACTIVE, None, True),
        (at(11, 25), Status.DOWN, Reason.TIMEOUT, False),
        (at(11, 25, 10), Status.PENDING, None, None),
        (at(11, 25, 12), Status.DOWN, Reason.TLS_EXPIRED, False),
        (at(11, 26), Status.LATE, None, True),
        (at(11, 28, 12), Status.COMPROMISED, Reason.GAMBLING_LINKS, True),
    ]:
        store.record_change(Change("dinkes", moment, status, reason, readable=readable))
    store.record_probe(DINKES, at(10, 31, 12), down)
    probe_hourly(
        store,
        DINKES,
        at(11, 1),
        [
            (at(11, 1), at(11, 2, 6), down),
            (at(11, 9, 6, 30), at(11, 9, 15), down),
            (at(11, 20), at(11, 21), blocked),
            (at(11, 25, 10), at(11, 25, 12), unknown),
            (at(11, 25), at(11, 26), down),
        ],
    )
    weekdays = [date(2020, 8, 3) + timedelta(days=n) for n in range(110)]
    newest = publish(store, DINKES, [day for day in weekdays if day.weekday() < 5])
    assert newest.published_at.date() == date(2020, 11, 20)
    store.save_state(Remembered("dinkes", Status.COMPROMISED, last_post=newest, known_since=date(2020, 8, 3), tls=None))
    # BPBD: seen since 16 November, never a date.
    store.record_change(Change("bpbd", at(11, 16), Status.UNDATED, readable=True))
    probe_hourly(store, BPBD, at(11, 16), [])
    store.save_state(Remembered("bpbd", Status.UNDATED, since=at(11, 16), known_since=date(2020, 11, 16)))
    # DPMD: always there, silent since 1 May.
    store.record_change(Change("dpmd", at(7, 30), Status.DORMANT, readable=True))
    store.record_probe(DPMD, at(10, 31, 12), ProbeResult.UP, 1.0)
    probe_hourly(store, DPMD, at(11, 1), [])
    newest = publish(store, DPMD, [date(2020, 5, 1)])
    store.save_state(Remembered("dpmd", Status.DORMANT, last_post=newest, known_since=date(2020, 1, 1)))
    assert store.flush()
