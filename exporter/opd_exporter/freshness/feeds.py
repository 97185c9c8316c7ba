"""Feeds as a source: where they are, whether they can be believed, and the posts in them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.feed_reader import Feed, FeedItem, read_feed
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from opd_exporter.models import Exchange
    from opd_exporter.page import Page

MAX_SIGHTINGS: Final = 60
_COMMENTS: Final = re.compile(r"comment|komentar|reply|replies", re.IGNORECASE)
_COMMENT_TITLE: Final = re.compile(
    r"\b(?:comments? (?:on|for|from)\b|comments? feed|umpan komentar|komentar (?:pada|untuk|di|terbaru)\b"
    r"|komentar:|tanggapan (?:untuk|pada)\b)"
    r"|^komentar\b",
    re.IGNORECASE,
)
_CHANGES: Final = re.compile(
    r"recent ?changes|perubahan terbaru|perubahan terkini|recentchanges|istimewa:|special:|feedrecentchanges"
    r"|action=history|revision history",
    re.IGNORECASE,
)
_WIKIS: Final = ("mediawiki", "dokuwiki", "xwiki", "foswiki", "bookstack", "wiki.js", "tiki wiki", "pmwiki", "moinmoin")
_VERSION: Final = re.compile(r"[?&;](?:rev|diff|oldid|do=diff|do=revisions|action=(?:diff|history))\b")
"""In addresses of versions of a page."""
_AGENDA: Final = re.compile(r"\b(?:agenda|events?|kalender|calendar|jadwal)\b", re.IGNORECASE)
_WELL_KNOWN: Final = (
    ("wordpress", ("feed/",)),
    ("joomla", ("?format=feed&type=rss", "index.php?format=feed&type=rss")),
    ("drupal", ("rss.xml",)),
    ("blogger", ("feeds/posts/default",)),
    ("ghost", ("rss/",)),
    ("wix", ("blog-feed.xml",)),
    ("hugo", ("index.xml",)),
    ("jekyll", ("feed.xml",)),
    ("hexo", ("atom.xml",)),
    ("pelican", ("feeds/all.atom.xml",)),
    ("nikola", ("rss.xml",)),
    ("eleventy", ("feed/feed.xml", "feed.xml")),
    ("opensid", ("feed",)),
    ("popoji", ("feed",)),
    ("grav", ("blog.rss",)),
    ("bludit", ("rss.xml",)),
)
_GUESSES: Final = ("feed", "rss", "rss.xml", "feed.xml")


def feed_urls(page: Page, base: str, configured: str | None, front: Page | None = None) -> Iterator[tuple[str, bool]]:
    """Feeds worth a request, the best first: (URL, whether the site itself names it).

    Args:
        page: The home page.
        base: Address of the home page.
        configured: ``feed_url`` of the registry.
        front: The page at the door, when it is another one; it may name feeds too.
    """
    if not configured and any(name in page.generator for name in _WIKIS):
        return
    seen: set[str] = set()
    named: list[str] = [configured] if configured else []
    found = [
        feed
        for feed in (*page.feeds, *(front.feeds if front else ()))
        if not _COMMENTS.search(feed.url + " " + feed.title) and not _CHANGES.search(feed.url + feed.title)
    ]
    # A feed of one page, category or event list is named beside the main one; the shortest address is the main one.
    found.sort(key=lambda feed: (bool(_AGENDA.search(feed.url + " " + feed.title)), "oembed" in feed.url))
    named += [feed.url for feed in found if "oembed" not in feed.url and "wp-json" not in feed.url]
    named += [
        link.url
        for link in page.links
        if re.search(r"/(?:feed|rss|atom)(?:\.xml|/)?$", link.url) and link.host == page.host
    ][:2]
    for url in named:
        if url not in seen:
            seen.add(url)
            yield url, True
    software = page.generator + " " + page.exchange.headers.get("X-Generator", "").lower() + _signs(page)
    for name, paths in _WELL_KNOWN:
        if name in software:
            for path in paths:
                url = urljoin(base, path)
                if url not in seen:
                    seen.add(url)
                    yield url, True
    for path in _GUESSES:
        url = urljoin(base, path)
        if url not in seen:
            seen.add(url)
            yield url, False


def is_comment_feed(url: str, title: str = "") -> bool:
    """Whether a feed's address or title says that it holds comments or page changes."""
    return bool(_COMMENTS.search(url + " " + title) or _CHANGES.search(url + " " + title))


def _signs(page: Page) -> str:
    """Names of software that the markup gives away."""
    head = page.html[:60_000]
    signs = (
        ("wordpress", "wp-content/"),
        ("joomla", "/media/jui/"),
        ("joomla", "com_content"),
        ("drupal", "/sites/default/files"),
        ("opensid", "opensid"),
    )
    return " ".join(name for name, mark in signs if mark in head)


def read_feed_page(
    exchange: Exchange, now: datetime, zone: tzinfo
) -> tuple[list[Sighting], list[tuple[str, str]]] | None:
    """Sightings and (title, URL) of the feed in ``exchange``; ``None`` when it is no feed."""
    # A broken feed of an old PHP program may answer 500 and still hold readable items.
    if not exchange.ok and (exchange.status != 500 or not exchange.body):
        return None
    feed = read_feed(exchange.body, exchange.headers.get("Content-Type", ""))
    if feed is None:
        return None
    url = exchange.final_url
    sightings = [_sight(item, url, now, zone) for item in feed.items[:MAX_SIGHTINGS]]
    refusal = _refuse_whole(feed, url, sightings, now)
    if refusal is not None:
        sightings = [replace(item, refusal=item.refusal or refusal) for item in sightings]
    titles = [(item.title, urljoin(url, item.link)) for item in feed.items[:200] if item.title]
    if refusal in {Refusal.COMMENT, Refusal.CHANGE_LIST}:
        titles = []
    return sightings, titles


def _sight(item: FeedItem, feed_url: str, now: datetime, zone: tzinfo) -> Sighting:
    raw = item.published or item.updated
    parsed = parse_machine(raw, now, zone) if raw else None
    moment, date_only = parsed or (None, True)
    if moment is not None and date_only:
        moment = DateHit(0, 0, moment.date()).moment(zone, now)
    refusal = None
    if not raw or moment is None:
        refusal = Refusal.UNREADABLE
    elif "#comment" in item.link:
        refusal = Refusal.COMMENT
    link = urljoin(feed_url, item.link) if item.link else ""
    return Sighting(PostSource.FEED, feed_url, raw, item.title, link, moment, date_only, refusal)


def _refuse_whole(feed: Feed, url: str, sightings: list[Sighting], now: datetime) -> Refusal | None:
    """What makes every date of a feed void."""
    if _COMMENT_TITLE.search(feed.title) or re.search(
        r"comments?/feed|feed=comments|/komentar|comments/default", url, re.IGNORECASE
    ):
        return Refusal.COMMENT
    comments = sum(1 for item in feed.items if "#comment" in item.link)
    if comments and comments * 2 >= len(feed.items):
        return Refusal.COMMENT
    generator = feed.generator.lower()
    versions = sum(1 for item in feed.items if _VERSION.search(item.link))
    if (
        _CHANGES.search(feed.title + " " + url)
        or any(name in generator for name in _WIKIS)
        or ("feed.php" in url and "feedcreator" in generator)
        or (versions and versions * 2 >= len(feed.items))
    ):
        return Refusal.CHANGE_LIST
    if re.search(r"/(?:agenda|events?|kalender|calendar)/", url, re.IGNORECASE):
        return Refusal.AGENDA
    return _liar(feed, sightings, now)


def _liar(feed: Feed, sightings: list[Sighting], now: datetime) -> Refusal | None:
    """Dates that the software made up: the time of the request, or of the build, on every item."""
    dated = [item for item in sightings if item.moment is not None]
    stamps = sorted(item.moment for item in dated if item.moment is not None)
    if not stamps:
        return None
    newest, spread = stamps[-1], stamps[-1] - stamps[0]
    exact = any(not item.date_only for item in dated)
    if len(stamps) == 1:
        return Refusal.FEED_NOW if exact and abs(now - newest) < timedelta(minutes=3) else None
    today = newest.date() == now.date()
    together = spread < timedelta(minutes=1)
    if (abs(now - newest) < timedelta(hours=2) and spread < timedelta(minutes=30)) or (
        together and today and not exact
    ):
        return Refusal.FEED_NOW if exact or len(stamps) >= 3 else None
    changed_only = any(item.updated for item in feed.items) and not any(item.published for item in feed.items)
    built = together and exact and (today or len(stamps) >= 3)
    rebuilt = changed_only and len(stamps) >= 3 and spread < timedelta(hours=24)
    return Refusal.BUILD_TIME if built or rebuilt else None
