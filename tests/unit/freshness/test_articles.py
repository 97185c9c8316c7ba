"""Dates on opened post pages and in the data of script-built pages."""

# ruff: noqa: E501, ISC004 - markup is read more easily on one line

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from opd_exporter.freshness.articles import read_article
from opd_exporter.freshness.embedded import read_embedded
from opd_exporter.freshness.jsonld import read_json_ld
from opd_exporter.freshness.urls import OwnHosts
from opd_exporter.models import Exchange
from opd_exporter.page import Page, parse_page

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
URL = "http://x.example/berita/12-panen-raya"
TITLE = "Panen raya padi di lahan percontohan"
TOP = (
    '<div class="topbar">Rabu, 25 November 2026 10:00</div><ul class="menu"><li><a href="/profil">Profil</a></li></ul>'
)
TEXT = "<p>Petani memanen padi bersama penyuluh pada 20 November 2026 dan menjualnya kepada koperasi setempat dengan harga baik.</p>"


def page_of(html: str, url: str = URL) -> Page:
    """A page with ``html``."""
    return parse_page(Exchange(url=url, final_url=url, started_at=0, seconds=0, status=200, body=html.encode()))


def article_day(body: str, head: str = "", title: str = TITLE) -> str | None:
    """ISO day that the post's page gives."""
    page = page_of(f"<html><head><title>{TITLE} - Dinas</title>{head}</head><body>{body}</body></html>")
    found = read_article(page, URL, title, OwnHosts([URL]), NOW, JAKARTA)
    return found[0].moment.date().isoformat() if found and found[0].moment else None


LD = '<script type="application/ld+json">{}</script>'
PAGES = {
    "line under the heading": (f"{TOP}<h1>{TITLE}</h1><p>12 November 2026 | Admin</p>{TEXT}", "2026-11-12"),
    "line over the heading": (
        f"{TOP}<article><span>12 November 2026</span><h1>{TITLE}</h1>{TEXT}</article>",
        "2026-11-12",
    ),
    "label and time": (
        f"{TOP}<h2>{TITLE}</h2><div>Dipublikasikan: Kamis, 12 November 2026 08.00 WIB oleh Humas</div>{TEXT}",
        "2026-11-12",
    ),
    "time element": (
        f"{TOP}<h1>{TITLE}</h1><time datetime='2026-11-12T08:00:00+07:00'>minggu lalu</time>{TEXT}",
        "2026-11-12",
    ),
    "published beats updated": (
        f"{TOP}<h1>{TITLE}</h1><p>Terakhir diperbarui: 24 November 2026</p><p>Diterbitkan: 12 November 2026</p>{TEXT}",
        "2026-11-12",
    ),
    "only updated": (f"{TOP}<h1>{TITLE}</h1><p>Terakhir diperbarui: 24 November 2026</p>{TEXT}", None),
    "only a sentence": (f"{TOP}<h1>{TITLE}</h1>{TEXT}", None),
    "only the clock": (f"{TOP}<h1>{TITLE}</h1><p>Isi.</p>", None),
    "comments below": (
        f"{TOP}<h1>{TITLE}</h1><p>12 November 2026</p><div class='comments'><p>Budi</p><p>25 November 2026</p></div>",
        "2026-11-12",
    ),
    "only a comment": (
        f"{TOP}<h1>{TITLE}</h1><p>x</p><div class='comments'><p>Budi</p><p>25 November 2026</p></div>",
        None,
    ),
    "related posts": (
        f"{TOP}<h1>{TITLE}</h1><p>Isi.</p><h3>Berita Lain</h3><div><a href='/berita/13-lain'>Pelatihan "
        f"penyuluh pertanian</a> 24 November 2026</div>",
        None,
    ),
    "agenda beside": (
        f"{TOP}<h1>{TITLE}</h1><p>12 November 2026</p><div class='agenda'><p>24 November 2026</p></div>",
        "2026-11-12",
    ),
    "range of days": (f"{TOP}<h1>{TITLE}</h1><p>20 - 24 November 2026</p>", None),
}


@pytest.mark.parametrize(("body", "expected"), PAGES.values(), ids=PAGES)
def test_reads_post_page(body: str, expected: str | None) -> None:
    """The date of publication on a post's own page, or none."""
    assert article_day(body) == expected


HEADS = {
    "article:published_time": (
        '<meta property="article:published_time" content="2026-11-12T01:00:00+00:00">',
        "2026-11-12",
    ),
    "modified only": ('<meta property="article:modified_time" content="2026-11-24T01:00:00+00:00">', None),
    "og:updated_time": ('<meta property="og:updated_time" content="2026-11-24T01:00:00+00:00">', None),
    "dc.date": ('<meta name="DC.Date" content="2026-11-12">', "2026-11-12"),
    "pubdate in Indonesian": ('<meta name="pubdate" content="Kamis, 12 November 2026">', "2026-11-12"),
    "json-ld": (
        LD.format(
            json.dumps(
                {
                    "@type": "NewsArticle",
                    "url": URL,
                    "datePublished": "2026-11-12T08:00:00+07:00",
                    "dateModified": "2026-11-24",
                }
            )
        ),
        "2026-11-12",
    ),
    "json-ld of a web page": (
        LD.format(json.dumps({"@type": "WebPage", "url": URL, "datePublished": "2026-11-12"})),
        None,
    ),
    "json-ld in a graph after a broken block": (
        LD.format("{,}")
        + LD.format(
            json.dumps(
                {"@graph": [{"@type": ["Article"], "mainEntityOfPage": {"@id": URL}, "datePublished": "2026-11-12"}]}
            )
        ),
        "2026-11-12",
    ),
    "json-ld with trailing comma": (
        LD.format('{"@type":"Article","url":"' + URL + '","datePublished":"2026-11-12",}'),
        "2026-11-12",
    ),
    "json-ld of another post": (
        LD.format(json.dumps({"@type": "Article", "url": "/berita/99", "datePublished": "2026-11-24"})),
        None,
    ),
}


@pytest.mark.parametrize(("head", "expected"), HEADS.values(), ids=HEADS)
def test_reads_metadata(head: str, expected: str | None) -> None:
    """What a post page's metadata say of publication; changes never count (F10)."""
    assert article_day(f"{TOP}<h1>{TITLE}</h1><p>Isi.</p>", head) == expected


def test_soft_404_is_not_the_post() -> None:
    """A page that does not show the title is another page, whatever date it has."""
    html = f"<html><title>Beranda</title><body>{TOP}<h1>Selamat datang</h1><p>24 November 2026</p></body></html>"
    assert read_article(page_of(html), URL, TITLE, OwnHosts([URL]), NOW, JAKARTA) == []


def test_home_page_about_itself_is_no_post() -> None:
    """An Article that names the home page itself is a profile, not a post."""
    home = "http://x.example/"
    block = LD.format(json.dumps({"@type": "Article", "url": home, "datePublished": "2026-11-24", "headline": "Dinas"}))
    assert (
        read_json_ld(page_of(f"<html><head>{block}</head><body>x</body></html>", home), NOW, JAKARTA, listing=True)
        == []
    )


POST = {
    "title": TITLE,
    "slug": "panen-raya",
    "content": "x",
    "publishedAt": "2026-11-12T01:00:00Z",
    "updatedAt": "2026-11-24T01:00:00Z",
}
EVENT = {
    "title": "Rapat koordinasi bulanan",
    "slug": "rapat",
    "publishedAt": "2026-11-24T01:00:00Z",
    "startDate": "2026-11-24",
}
FLIGHT = json.dumps('5:["$","div",null,{"posts":[' + json.dumps(POST) + "]}]\n")
EMBEDDED = {
    "next": f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"posts": [POST, EVENT]}})}</script>',
    "next, streamed": f"<script>self.__next_f.push([1,{FLIGHT}])</script>",
    "global state": f"<script>window.__INITIAL_STATE__ = {json.dumps({'news': [POST]})};</script>",
    "global state, parsed": f"<script>window.__PRELOADED_STATE__ = JSON.parse({json.dumps(json.dumps({'news': [POST]}))});</script>",
    "function call": f"<script>window.__NUXT__=(function(a){{return {{}}}})({json.dumps([POST])})</script>",
    "inertia": f'<div id="app" data-page="{escape(json.dumps({"props": {"berita": [POST]}}))}"></div>',
    "json island": f'<script type="application/json" data-x>{json.dumps([POST])}</script>',
    "laravel names": '<script type="application/json">'
    + json.dumps({"berita": [{"judul": TITLE, "slug": "panen", "isi": "x", "tanggal": "12 November 2026"}]})
    + "</script>",
    "created only": '<script type="application/json">'
    + json.dumps(
        [{"judul": TITLE, "slug": "p", "created_at": "2026-11-12 08:00:00", "updated_at": "2026-11-24 08:00:00"}]
    )
    + "</script>",
    "unix times": '<script type="application/json">'
    + json.dumps([{"title": TITLE, "slug": "p", "published_at": 1794448800}])
    + "</script>",
    "strapi": '<script type="application/json">' + json.dumps({"data": [{"id": 1, "attributes": POST}]}) + "</script>",
}


def embedded_days(body: str) -> set[str]:
    """ISO days of the credible objects in the data of a page."""
    found = read_embedded(page_of(f"<html><head></head><body>{body}</body></html>"), NOW, JAKARTA)
    return {item.moment.date().isoformat() for item in found if item.refusal is None and item.moment}


@pytest.mark.parametrize("body", EMBEDDED.values(), ids=EMBEDDED)
def test_reads_embedded_data(body: str) -> None:
    """Each way of carrying data gives the day of publication, never that of a change or an event."""
    assert embedded_days(body) == {"2026-11-12"}


@pytest.mark.parametrize("key", ["agenda", "events", "jadwal", "komentar", "comments", "downloads", "upcomingEvents"])
def test_embedded_area_is_refused(key: str) -> None:
    """Objects under a key that names another kind of area are no posts."""
    data = json.dumps({key: [{**POST, "publishedAt": "2026-11-24T01:00:00Z"}]})
    assert embedded_days(f'<script type="application/json">{data}</script>') == set()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[[[[",
        "{}",
        "null",
        '{"a":' * 5_000,
        "[" * 100_000,
        '"' + "x" * 1_000_000,
        "window.__STATE__ = function(){",
    ],
)
def test_embedded_rubbish_never_raises(text: str) -> None:
    """Data that are no JSON cost nothing and raise nothing."""
    assert (
        embedded_days(f'<script type="application/json">{text}</script><script>published_at":1;{text}</script>')
        == set()
    )
