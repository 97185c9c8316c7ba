"""A visit: which requests are made, what is remembered, and what a later visit does with it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestServer

from opd_exporter.freshness import Memory, Reading, read_posts
from opd_exporter.models import PostSource
from opd_exporter.page import parse_page
from opd_exporter.probe import Prober
from opd_exporter.registry import Registry, Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
PAGE = "<html><head><title>Dinas</title>{head}</head><body>{body}</body></html>"
FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/feed">'


def post(number: int, title: str, day: str) -> str:
    """A card of one post."""
    return f'<div class="post"><h3><a href="/berita/{number}">{title}</a></h3><span>{day}</span></div>'


def feed(*items: tuple[int, str, str]) -> str:
    """A feed of (number, title, date)."""
    body = "".join(
        f"<item><title>{t}</title><link>/berita/{n}</link><pubDate>{d}</pubDate></item>" for n, t, d in items
    )
    return f"<rss><channel><title>Dinas</title>{body}</channel></rss>"


class Answers:
    """A site whose pages can be changed while it runs; it counts what it is asked."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, int]] = []
        self.url = ""
        self.etags = False

    async def answer(self, request: web.Request) -> web.Response:
        """The page of the path, 304 when its ETag is known, else 404."""
        path = request.path_qs
        body = self.pages.get(path)
        status = 404 if body is None else 200
        headers = {}
        if body is not None and self.etags:
            headers["ETag"] = f'"{hash(body)}"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, ""
        self.asked.append((path, status))
        return web.Response(
            text=body or "tidak ada",
            status=status,
            headers=headers,
            content_type="text/html" if status == 200 else "text/plain",
        )

    async def read(self, memory: Memory | None = None, now: datetime = NOW, **site: object) -> Reading:
        """One visit."""
        entry = Site(id="x", opd="X", name="X", url=self.url, **site)
        async with Prober(Registry({"x": entry})) as prober:
            exchange = await prober.get(entry)
            return await read_posts(
                entry, exchange, parse_page(exchange), prober.fetcher(entry), now, memory or Memory()
            )


@asynccontextmanager
async def serving(**pages: str) -> AsyncIterator[Answers]:
    """Serve ``pages`` (``home`` is the root, ``_`` stands for ``/``)."""
    answers = Answers({"/" if name == "home" else "/" + name.replace("_", "/"): body for name, body in pages.items()})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers.answer)
    async with TestServer(app) as server:
        answers.url = str(server.make_url("/"))
        yield answers


def day(reading: Reading) -> str | None:
    """ISO day of the newest post."""
    return reading.newest.published_at.date().isoformat() if reading.newest else None


async def test_first_visit_stays_within_eight_requests() -> None:
    """A site that answers every path with the same links costs at most eight requests, the home page included."""
    links = "".join(f'<a href="/berita/{n}-judul">Judul berita yang ke {n} puluh</a>' for n in range(30))
    menu = (
        '<a href="/berita">Berita</a><a href="/artikel">Artikel</a>'
        + FEED_LINK
        + '<link rel="https://api.w.org/" href="/wp-json/">'
    )
    async with serving(home=PAGE.format(head=menu, body=links)) as site:
        for n in range(30):
            site.pages[f"/berita/{n}-judul"] = PAGE.format(head="", body=f"<h1>Judul berita yang ke {n} puluh</h1>{n}")
        reading = await site.read()
    assert reading.newest is None
    assert len(site.asked) <= 8
    assert reading.requests == len(site.asked) - 1


async def test_registry_addresses_are_asked_first() -> None:
    """``news_url`` and ``feed_url`` of the registry are read although no page links to them."""
    async with serving(
        home=PAGE.format(head="", body="<p>Selamat datang</p>"),
        lain_daftar=PAGE.format(head="", body=post(1, "Penyerahan bantuan nelayan", "12 November 2026")),
        umpan=feed((2, "Pelatihan kelompok tani", "Fri, 20 Nov 2026 02:00:00 +0000")),
    ) as site:
        reading = await site.read(news_url=site.url + "lain/daftar", feed_url=site.url + "umpan")
    assert [post.published_at.date().day for post in reading.posts] == [20, 12]


async def test_selector_of_the_registry_reads_a_stubborn_page() -> None:
    """``post_selector`` finds the date where no rule does."""
    body = '<div class="x"><span class="d">12 November 2026</span></div>'
    async with serving(home=PAGE.format(head="", body=body)) as site:
        assert day(await site.read()) is None
        reading = await site.read(post_selector=".x .d")
    assert day(reading) == "2026-11-12"
    assert reading.newest is not None
    assert reading.newest.source is PostSource.SELECTOR


async def test_bad_selector_is_no_error() -> None:
    """A selector that is no CSS reads nothing and breaks nothing."""
    async with serving(
        home=PAGE.format(head="", body=post(1, "Penyerahan bantuan nelayan", "12 November 2026"))
    ) as site:
        assert day(await site.read(post_selector="!!!(")) == "2026-11-12"


async def test_later_visit_asks_only_the_winner_and_conditionally() -> None:
    """After a first visit that the feed won, a visit is one conditional request; a 304 gives the same posts again."""
    async with serving(
        home=PAGE.format(head=FEED_LINK, body="<p>Beranda</p>"),
        feed=feed((2, "Pelatihan kelompok tani", "Fri, 20 Nov 2026 02:00:00 +0000")),
    ) as site:
        site.etags = True
        first = await site.read()
        site.asked.clear()
        memory = Memory.from_json(first.memory.to_json())
        second = await site.read(memory, NOW + timedelta(minutes=15))
        assert site.asked == [("/", 200), ("/feed", 304)]
        assert second.unchanged
        assert day(second) == day(first) == "2026-11-20"
        site.pages["/feed"] = feed(
            (3, "Panen raya jagung", "Wed, 25 Nov 2026 01:00:00 +0000"),
            (2, "Pelatihan", "Fri, 20 Nov 2026 02:00:00 +0000"),
        )
        third = await site.read(second.memory, NOW + timedelta(minutes=30))
        assert day(third) == "2026-11-25"
        assert not third.unchanged


async def test_unchanged_body_without_validators_is_recognised() -> None:
    """A server without ETag that sends the same feed again is unchanged too."""
    async with serving(
        home=PAGE.format(head=FEED_LINK, body="<p>x</p>"),
        feed=feed((2, "Pelatihan tani", "Fri, 20 Nov 2026 02:00:00 +0000")),
    ) as site:
        first = await site.read()
        second = await site.read(first.memory, NOW + timedelta(minutes=15))
    assert second.unchanged
    assert day(second) == "2026-11-20"


async def test_home_page_winner_needs_no_request() -> None:
    """When the home page itself won, a later visit asks nothing more."""
    async with serving(
        home=PAGE.format(head="", body=post(1, "Penyerahan bantuan nelayan", "12 November 2026"))
    ) as site:
        first = await site.read()
        site.asked.clear()
        second = await site.read(first.memory, NOW + timedelta(minutes=15))
        assert site.asked == [("/", 200)]
    assert second.requests == 0
    assert day(second) == "2026-11-12"


async def test_failed_winner_is_replaced_at_once() -> None:
    """When the feed is gone the other sources are asked in the same visit."""
    async with serving(
        home=PAGE.format(head=FEED_LINK, body='<a href="/berita">Berita</a>'),
        feed=feed((2, "Pelatihan kelompok tani", "Fri, 20 Nov 2026 02:00:00 +0000")),
        berita=PAGE.format(head="", body=post(2, "Pelatihan kelompok tani", "20 November 2026")),
    ) as site:
        first = await site.read()
        assert first.memory.source is PostSource.FEED
        del site.pages["/feed"]
        second = await site.read(first.memory, NOW + timedelta(minutes=15))
    assert day(second) == "2026-11-20"
    assert second.memory.source is PostSource.PAGE


async def test_discovery_is_repeated_weekly() -> None:
    """After a week everything is looked at again."""
    async with serving(
        home=PAGE.format(head="", body=post(1, "Penyerahan bantuan nelayan", "12 November 2026"))
    ) as site:
        first = await site.read()
        site.pages["/feed"] = feed((9, "Panen raya jagung", "Sun, 29 Nov 2026 01:00:00 +0000"))
        site.pages["/"] = PAGE.format(head=FEED_LINK, body=post(1, "Penyerahan bantuan nelayan", "12 November 2026"))
        assert day(await site.read(first.memory, NOW + timedelta(days=6))) == "2026-11-12"
        assert day(await site.read(first.memory, NOW + timedelta(days=8))) == "2026-11-29"


async def test_date_that_moves_with_the_day_voids_its_source() -> None:
    """A theme that prints today for every post is believed once at most: the next day its dates have moved (F17)."""

    def body(day_text: str) -> str:
        return PAGE.format(
            head="",
            body="".join(
                post(n, t, day_text) for n, t in ((1, "Penyerahan bantuan nelayan"), (2, "Panen raya jagung"))
            ),
        )

    async with serving(home=body("24 November 2026")) as site:
        first = await site.read()
        assert first.newest is not None
        site.pages["/"] = body("25 November 2026")
        second = await site.read(first.memory, NOW + timedelta(days=1))
        assert second.posts == ()
        assert second.disproves(first.newest)
        assert [day.day for day in sorted(second.disproved_dates)] == [24, 25]
        assert {candidate.refusal for candidate in second.candidates} == {"moved"}


async def test_steady_dates_are_not_taken_for_moving_ones() -> None:
    """The same date on the next day keeps its post, and a relative one may lag by its unit."""
    body = post(1, "Penyerahan bantuan nelayan", "12 November 2026") + post(2, "Panen raya jagung", "{age}")
    async with serving(home=PAGE.format(head="", body=body.format(age="2 minggu yang lalu"))) as site:
        first = await site.read()
        second = await site.read(first.memory, NOW + timedelta(days=6))
    assert len(second.posts) == 2
    assert not second.moved


async def test_undated_site_reports_new_addresses() -> None:
    """A new same-host article on a site without dates is seen as new, and is no post (F18)."""
    link = '<a href="/berita/{n}-kegiatan">Kegiatan pembinaan desa ke {n} belas</a>'
    async with serving(home=PAGE.format(head="", body=link.format(n=1) + link.format(n=2))) as site:
        first = await site.read()
        assert len(first.article_urls) == 2
        site.pages["/"] = PAGE.format(head="", body=link.format(n=3) + link.format(n=1) + link.format(n=2))
        second = await site.read(first.memory, NOW + timedelta(days=1))
    assert second.newest is None
    assert [url.rpartition("/")[2] for url in second.new_article_urls] == ["3-kegiatan"]


async def test_error_pages_are_not_read() -> None:
    """A date on an error page is no post, and nothing more is asked."""
    async with serving() as site:
        reading = await site.read()
    assert reading.posts == ()
    assert reading.requests == 0


async def test_dates_are_in_the_zone_of_the_site_and_never_after_now() -> None:
    """A post of today without a time stands for now, in the zone of the site."""
    jayapura = ZoneInfo("Asia/Jayapura")
    body = post(1, "Penyerahan bantuan nelayan", "25 November 2026") + post(2, "Panen raya jagung", "20 November 2026")
    async with serving(home=PAGE.format(head="", body=body)) as site:
        reading = await site.read(timezone=jayapura)
    assert reading.newest is not None
    assert reading.newest.published_at == NOW
    assert reading.newest.published_at.utcoffset() == timedelta(hours=9)


async def test_every_refusal_is_explained_in_indonesian() -> None:
    """Each candidate carries a sentence for the operator, and their number is bounded."""
    rows = "".join(f"<tr><td>{n}</td><td>{n % 28 + 1} Oktober 2026</td></tr>" for n in range(300))
    body = post(1, "Penyerahan bantuan nelayan", "12 Oktober 2026") + f"<h4>Agenda</h4><table>{rows}</table>"
    async with serving(home=PAGE.format(head="", body=body)) as site:
        reading = await site.read()
    assert 1 < len(reading.candidates) <= 60
    assert all(candidate.note for candidate in reading.candidates)
    assert {candidate.refusal for candidate in reading.candidates} == {None, "agenda"}


async def test_memory_survives_json_and_rubbish() -> None:
    """What a visit remembers is restored exactly; rubbish gives an empty memory."""
    async with serving(
        home=PAGE.format(head="", body=post(1, "Penyerahan bantuan nelayan", "12 November 2026"))
    ) as site:
        memory = (await site.read()).memory
    assert Memory.from_json(memory.to_json()) == replace(memory)
    assert Memory.from_json({"posts": [1], "source": "x"}) == Memory()
    assert Memory.from_json({}) == Memory()
