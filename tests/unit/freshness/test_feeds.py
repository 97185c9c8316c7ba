"""Feeds as they are: broken, lying, localised; each read within bounds and never with an error."""

# ruff: noqa: E501 - markup is read more easily on one line

from __future__ import annotations

import time
import tracemalloc
from datetime import datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.feed_reader import read_feed
from opd_exporter.freshness.feeds import read_feed_page
from opd_exporter.models import Exchange

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
ITEM = "<item><title>Berita {n}</title><link>http://x.example/b/{n}</link><pubDate>{date}</pubDate></item>"


def exchange(
    body: bytes | str, url: str = "http://x.example/feed", status: int = 200, kind: str = "text/xml"
) -> Exchange:
    """An answer with ``body``."""
    raw = body.encode() if isinstance(body, str) else body
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": kind}))
    return Exchange(url=url, final_url=url, started_at=0, seconds=0, status=status, headers=headers, body=raw)


def rss(*dates: str, title: str = "Dinas") -> str:
    """A feed with one item a date."""
    items = "".join(ITEM.format(n=n, date=date) for n, date in enumerate(dates))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def days(body: bytes | str, **kwargs: object) -> list[str]:
    """ISO days of the credible items, in order."""
    read = read_feed_page(exchange(body, **kwargs), NOW, JAKARTA)
    return [item.moment.date().isoformat() for item in read[0] if item.refusal is None and item.moment] if read else []


def refusals(body: bytes | str, **kwargs: object) -> set[Refusal | None]:
    """The reasons for which its items were refused."""
    read = read_feed_page(exchange(body, **kwargs), NOW, JAKARTA)
    assert read is not None
    return {item.refusal for item in read[0]}


GOOD = "Thu, 12 Nov 2026 02:00:00 +0000"
OLDER = "Thu, 15 Oct 2026 02:00:00 +0000"

ZOO = {
    "rss 2.0": rss(GOOD, OLDER),
    "rss 0.91 without version": rss(GOOD, OLDER).replace(' version="2.0"', ""),
    "upper-case tags": rss(GOOD, OLDER).replace("pubDate", "PUBDATE").replace("item>", "ITEM>"),
    "warnings first": "<br />\n<b>Warning</b>: x in <b>/a.php</b> on line <b>2</b><br />\n" + rss(GOOD, OLDER),
    "blank lines and a byte order mark": "\n\n\ufeff" + rss(GOOD, OLDER),
    "undeclared entities": rss(GOOD, OLDER).replace("Berita", "Berita&nbsp;&eacute;&copy;"),
    "bare ampersands": rss(GOOD, OLDER).replace("Berita", "Tanya & Jawab"),
    "control characters": rss(GOOD, OLDER).replace("Berita", "Ber\x0bita\x01"),
    "truncated in an item": rss(GOOD, OLDER, OLDER)[:-120],
    "never closed": rss(GOOD, OLDER).replace("</channel></rss>", ""),
    "items outside the channel": rss().replace(
        "</rss>", ITEM.format(n=1, date=GOOD) + ITEM.format(n=2, date=OLDER) + "</rss>"
    ),
    "items after the root": rss() + ITEM.format(n=1, date=GOOD) + ITEM.format(n=2, date=OLDER),
    "windows-1252 declared utf-8": rss(GOOD, OLDER).replace("Berita", "Jum\u2019at").encode("cp1252"),
    "utf-16": rss(GOOD, OLDER).replace('<?xml version="1.0"?>', "").encode("utf-16"),
    "undeclared prefix": rss(GOOD, OLDER).replace("pubDate", "dc:date"),
    "cdata": rss(GOOD, OLDER).replace(GOOD, f"<![CDATA[{GOOD}]]>"),
    "indonesian names": rss("Kam, 12 Nop 2026 09:00:00 +0700", "Kamis, 15 Oktober 2026 09:00:00 WIB"),
    "day first numbers": rss("12-11-2026 09:00:00", "15-10-2026 09:00:00"),
    "iso without zone": rss("2026-11-12 09:00:00", "2026-10-15 09:00:00"),
    "unix times": rss("1794448800", "1792030000"),
    "entity bomb": '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    + rss(GOOD, OLDER).replace("Berita", "&c;"),
    "external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + rss(GOOD, OLDER).replace("Berita", "&x;"),
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><updated>2026-11-25T03:00:00Z</updated>'
    '<entry><title>a</title><link href="/b/1"/><published>2026-11-12T02:00:00Z</published><updated>2026-11-25T02:00:00Z</updated></entry>'
    '<entry><title>b</title><link href="/b/2"/><published>2026-10-15T02:00:00Z</published><updated>2026-11-24T02:00:00Z</updated></entry></feed>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    '<channel rdf:about="/"><title>x</title></channel><item rdf:about="/b/1"><title>a</title><dc:date>2026-11-12T02:00:00Z</dc:date></item>'
    '<item rdf:about="/b/2"><title>b</title><dc:date>2026-10-15</dc:date></item></rdf:RDF>',
    "json feed": '{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1","url":"/b/1","title":"a","date_published":"2026-11-12T02:00:00Z"},'
    '{"id":"2","url":"/b/2","title":"b","date_published":"2026-10-15T02:00:00Z"}]}',
}


@pytest.mark.parametrize("body", ZOO.values(), ids=ZOO)
def test_reads_broken_feed(body: bytes | str) -> None:
    """Every animal of the zoo gives its newest post on 12 November, and the one of October unless that was cut off."""
    found = days(body)
    assert found[0] == "2026-11-12"
    assert set(found) <= {"2026-11-12", "2026-10-15"}


@pytest.mark.parametrize(
    "body",
    ["<html><body>Umpan dimatikan</body></html>", "", "{}", "\x00\x01", "<html><rss></rss></html>", "[]", "<rss"],
)
def test_no_feed_is_no_feed(body: str) -> None:
    """A page, nothing and rubbish are no feed, whatever the status said (F8)."""
    assert days(body) == []


def _ago(**delta: float) -> str:
    return format_datetime(NOW - timedelta(**delta))


def test_feed_that_dates_everything_now_is_void() -> None:
    """All items within the last minutes were dated by the request (F6)."""
    assert refusals(rss(_ago(seconds=1), _ago(seconds=1))) == {Refusal.FEED_NOW}
    assert refusals(rss(_ago(minutes=5), _ago(minutes=25))) == {Refusal.FEED_NOW}


def test_single_item_dated_now_is_void() -> None:
    """One item of this very moment is the request's time; one of an hour ago is a post."""
    assert refusals(rss(_ago(seconds=2))) == {Refusal.FEED_NOW}
    assert refusals(rss(_ago(hours=1))) == {None}


def test_busy_morning_is_believed() -> None:
    """Two posts in one morning beside an older one are posts."""
    assert refusals(rss(_ago(minutes=5), _ago(minutes=25), _ago(days=3))) == {None}


def test_same_second_on_all_items_is_a_build() -> None:
    """Three items of one second were stamped when the site was built."""
    stamp = "2026-11-20T04:00:01Z"
    assert refusals(rss(stamp, stamp, stamp)) == {Refusal.BUILD_TIME}


def test_bulk_upload_is_believed() -> None:
    """Nine posts put up within forty minutes are posts of that day."""
    assert refusals(rss(*[f"2026-11-10T02:{minute:02d}:00Z" for minute in range(0, 40, 5)])) == {None}


def test_atom_with_only_updated_of_one_day_is_a_build() -> None:
    """Entries without ``published`` whose ``updated`` lie within a day were rebuilt, not written (Hexo)."""
    entries = "".join(
        f"<entry><title>t{n}</title><link href='/b/{n}'/><updated>2026-11-20T0{n}:00:00Z</updated></entry>"
        for n in range(4)
    )
    assert refusals(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>") == {Refusal.BUILD_TIME}


@pytest.mark.parametrize(
    "title",
    [
        "Komentar untuk Dinas",
        "Comments on: Profil",
        "Komentar pada: Profil",
        "Comments for Dinas",
        "Dinas - Umpan Komentar",
    ],
)
def test_comment_feed_is_refused(title: str) -> None:
    """A feed that says it holds comments dates no post (F7)."""
    assert refusals(rss(GOOD, OLDER, title=title)) == {Refusal.COMMENT}


def test_comment_links_are_refused() -> None:
    """Items that lead to comments make a comment feed, whatever its title."""
    assert refusals(rss(GOOD, OLDER).replace("</link>", "#comment-1</link>")) == {Refusal.COMMENT}


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("http://x.example/index.php?title=Special:RecentChanges&feed=atom", "Wiki - Recent changes [en]"),
        ("http://x.example/w?title=Istimewa:Perubahan_terbaru&feed=rss", "Wiki - Perubahan terbaru"),
    ],
)
def test_wiki_changes_are_no_posts(url: str, title: str) -> None:
    """A list of page changes is no list of posts."""
    assert refusals(rss(GOOD, OLDER, title=title), url=url) == {Refusal.CHANGE_LIST}


def test_wordpress_without_comments_is_not_taken_for_a_comment_feed() -> None:
    """A post about comments in an ordinary feed is a post."""
    assert refusals(rss(GOOD, OLDER).replace("Berita 0", "Komentar bupati tentang pasar")) == {None}


def test_undated_items_are_said_to_be_unreadable() -> None:
    """Items without a date keep their titles and give no date."""
    read = read_feed_page(exchange(rss("", "")), NOW, JAKARTA)
    assert read is not None
    assert {item.refusal for item in read[0]} == {Refusal.UNREADABLE}
    assert [title for title, _ in read[1]] == ["Berita 0", "Berita 1"]


HUGE = {
    "100 000 items": "<rss><channel>"
    + "<item><title>t</title><pubDate>Thu, 12 Nov 2026 02:00:00 +0000</pubDate></item>" * 100_000,
    "deep nesting": "<rss>" + "<a>" * 300_000,
    "one long title": "<rss><item><title>" + "x" * 5_000_000,
    "many attributes": "<rss><item " + " ".join(f'a{n}="1"' for n in range(100_000)) + "></item></rss>",
    "many ampersands": "<rss><item><title>" + "&" * 1_000_000 + "</title></item></rss>",
    "many entities": "<rss><item><title>" + "&lol;" * 300_000 + "</title></item></rss>",
    "many opened items": "<rss>" + "<item>" * 200_000,
    "nul bytes": "<rss>" + "\x00" * 1_000_000 + "</rss>",
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
def test_huge_feed_is_bounded(body: str) -> None:
    """A monstrous feed costs bounded time and memory."""
    tracemalloc.start()
    start = time.process_time()
    days(body)
    seconds = time.process_time() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 4.0
    assert peak < 120_000_000


PIECES = [
    "<rss>",
    "<channel>",
    "<item>",
    "</item>",
    "<entry>",
    "<title>",
    "</title>",
    "<link>",
    "<pubDate>",
    GOOD,
    "&",
    "&amp;",
    "&lol;",
    "<!--",
    "-->",
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *PIECES,
                "<![CDATA[",
                "]]>",
                "<?xml",
                "?>",
                "<!DOCTYPE a [",
                "\x00",
                "'",
                '"',
                "<",
                ">",
                "dc:date",
                "#comment",
            ]
        ),
        max_size=40,
    )
)
def test_any_soup_of_tags_never_raises(pieces: list[str]) -> None:
    """Any mixture of feed pieces is read without an error."""
    days("<rss>" + "".join(pieces))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(body: bytes) -> None:
    """Any bytes at all are read without an error."""
    read_feed(body)
    read_feed(b"<rss>" + body)
