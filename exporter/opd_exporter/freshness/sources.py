"""The table of sources: each reads what it knows on a visit and adds what it saw.

To add one: write a function ``async (visit) -> None`` in a file of its own, name it here, and add a corpus case.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.articles import read_article
from opd_exporter.freshness.credibility import FUTURE_SLACK, Refusal
from opd_exporter.freshness.embedded import read_embedded
from opd_exporter.freshness.endpoints import endpoint_urls, frame_urls, read_endpoint
from opd_exporter.freshness.feeds import feed_urls, is_comment_feed, read_feed_page
from opd_exporter.freshness.hints import read_sitemap
from opd_exporter.freshness.jsonld import read_json_ld
from opd_exporter.freshness.listing import read_listing
from opd_exporter.freshness.selector import read_selector
from opd_exporter.freshness.urls import is_file_url, is_post_url, is_section_url, url_key
from opd_exporter.freshness.wordpress import is_wordpress, read_rest, rest_urls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from opd_exporter.freshness.visit import Visit
    from opd_exporter.page import Page

_NEWS_PATH: Final = re.compile(
    r"/(?:berita|news|artikel|articles?|kabar|warta|blog|posts?|informasi|info|pengumuman|kegiatan|publikasi|rilis|siaran-?pers|read|baca|konten|category|kategori)"
    r"(?:[-_/.?]|$)",
    re.IGNORECASE,
)
_NEWS_TEXT: Final = (
    (
        re.compile(
            r"^(?:indeks|index|arsip|semua|lihat semua|all)\b.{0,20}(?:berita|artikel|kabar|news|posts?)\b",
            re.IGNORECASE,
        ),
        100,
    ),
    (re.compile(r"^(?:berita|kabar|warta|news)\b.{0,18}$", re.IGNORECASE), 90),
    (re.compile(r"\b(?:berita|news|kabar|warta)\b", re.IGNORECASE), 70),
    (
        re.compile(r"^(?:artikel|articles?|blog|posts?|publikasi|kegiatan|rilis|siaran pers)\b.{0,16}$", re.IGNORECASE),
        65,
    ),
    (re.compile(r"^(?:pengumuman|informasi|info|announcements?)\b.{0,16}$", re.IGNORECASE), 50),
    (
        re.compile(
            r"^(?:lihat|selengkapnya|semua|more|view all|lainnya|indeks|arsip|archives?)\b.{0,20}$", re.IGNORECASE
        ),
        30,
    ),
)


async def read_home(visit: Visit) -> None:
    """The home page itself: what it lists, and the data that it carries."""
    await read_list_page(visit, visit.home)


async def read_list_page(visit: Visit, page: Page) -> bool:
    """Read a page that may list posts; true when it dated some."""
    listing, data = await asyncio.to_thread(_read_page, visit, page)
    visit.sightings += listing.sightings
    visit.sightings += data
    for title, url in listing.titles:
        visit.titles.setdefault(url, title)
    for title, url in listing.undated:
        visit.undated.setdefault(url, title)
    return any(item.refusal is None for item in (*listing.sightings, *data))


def _read_page(visit: Visit, page: Page):  # type: ignore[no-untyped-def]  # noqa: ANN202
    listing = read_listing(page, visit.own, visit.now, visit.zone)
    data = read_json_ld(page, visit.now, visit.zone, listing=True)
    data += read_embedded(page, visit.now, visit.zone)
    return listing, data


async def read_by_selector(visit: Visit) -> None:
    """The registry's selector, on the news page when one is written there, else on the home page."""
    if not visit.site.post_selector:
        return
    page: Page | None = visit.home
    if visit.site.news_url:
        page = await visit.get_page(visit.site.news_url)
    if page is not None:
        visit.sightings += await asyncio.to_thread(read_selector, page, visit.site.post_selector, visit.now, visit.zone)


async def read_wordpress(visit: Visit) -> None:
    """WordPress REST in either form of address."""
    if not is_wordpress(visit.home):
        return
    for url in rest_urls(visit.home, visit.base)[:2]:
        exchange = await visit.get(url)
        found = read_rest(exchange, visit.now, visit.zone) if exchange is not None else None
        if found is not None:
            visit.sightings += found
            for item in found:
                visit.titles.setdefault(item.url, item.title)
            return
        if exchange is not None and exchange.status in {401, 403}:
            return


async def read_type_feed(visit: Visit) -> None:
    """The feed of one section: news in a post type of its own is in no other feed, and its dates on no list."""
    for url in _type_feeds(visit)[:1]:
        await _read_feed(visit, url)


def _type_feeds(visit: Visit) -> list[str]:
    """Feeds of sections that list posts without dates: those they name, and WordPress's own form of address."""
    wanted: list[str] = []
    undated = [url for url, _ in _undated(visit)]
    for page in visit.pages.values():
        section = page.url.rstrip("/")
        if page is visit.home or not page.exchange.ok or not page.is_html:
            continue
        if any(url.startswith(section + "/") for url in undated):
            wanted += [
                feed.url
                for feed in page.feeds
                if feed.url.startswith(section) and not is_comment_feed(feed.url, feed.title)
            ]
    if is_wordpress(visit.home):
        counted: Counter[str] = Counter()
        for url in undated:
            rest = url.removeprefix(visit.base)
            parts = rest.strip("/").split("/")
            named = re.match(r"\?([a-z_]{3,20})=[\w-]+$", rest)
            if named and named.group(1) not in {"page_id", "cat", "tag", "author", "paged"}:
                counted[f"{visit.base}?post_type={named.group(1)}&feed=rss2"] += 1
            elif rest != url and len(parts) == 2 and not parts[0].isdigit() and "?" not in rest:
                counted[f"{visit.base}{parts[0]}/feed/"] += 1
        wanted += [address for address, _ in counted.most_common()]
    return [url for url in dict.fromkeys(wanted) if url_key(url) not in visit.pages]


def _undated(visit: Visit) -> list[tuple[str, str]]:
    """(URL, title) of listed posts that no source has dated and that were not opened."""
    dated = {url_key(item.url) for item in visit.sightings if item.refusal is None and item.url}
    return [
        (url, title)
        for url, title in visit.undated.items()
        if is_post_url(url) and url_key(url) not in visit.pages and url_key(url) not in dated
    ]


async def _read_feed(visit: Visit, url: str) -> bool:
    """Read one feed; true when it is one and has credible dates."""
    exchange = await visit.get(url)
    if exchange is None or exchange.body == visit.home.exchange.body:
        return False
    read = await asyncio.to_thread(read_feed_page, exchange, visit.now, visit.zone)
    if read is None:
        return False
    sightings, titles = read
    visit.sightings += sightings
    dated = {item.url for item in sightings if item.refusal is None}
    for title, link in titles:
        visit.titles.setdefault(link, title)
        if is_post_url(link) and link not in dated:
            visit.undated.setdefault(link, title)
    return bool(dated)


async def read_feeds(visit: Visit, limit: int = 2) -> None:
    """The feeds that the site names, the first that is one and has dates."""
    for tried, (url, named) in enumerate(feed_urls(visit.home, visit.base, visit.site.feed_url, visit.front)):
        if tried >= limit or (not named and best_moment(visit) is not None):
            return
        if await _read_feed(visit, url):
            return


async def read_news_page(visit: Visit, limit: int = 1) -> None:
    """The page that lists the news, found by its link or written in the registry."""
    tried = 0
    for url in news_urls(visit):
        if tried >= limit:
            return
        if url_key(url) in visit.pages and url != visit.site.news_url:
            continue
        tried += 1
        page = await visit.get_page(url)
        if page is not None:
            await read_list_page(visit, page)


def news_urls(visit: Visit) -> list[str]:
    """Addresses of news lists, the likeliest first."""
    scored: dict[str, tuple[int, int]] = {}
    home = url_key(visit.base)
    for number, link in enumerate(visit.home.links):
        if (
            not link.host
            or not visit.own(link.url)
            or url_key(link.url) == home
            or is_file_url(link.url)
            or "#" in link.url
        ):
            continue
        text = link.text.strip()
        score = 0
        if len(text) <= 40:
            score = next((points for pattern, points in _NEWS_TEXT if pattern.search(text)), 0)
        path = link.url.split("://", 1)[-1].partition("/")[2]
        if _NEWS_PATH.search("/" + path):
            score += 20 if score else 15 if is_section_url(link.url) else 0
        if score and path.count("/") > 3:
            score -= 20
        if score > 0:
            known = scored.get(link.url)
            if known is None or known[0] < score:
                scored[link.url] = (score, number)
    ordered = sorted(scored, key=lambda url: (-scored[url][0], scored[url][1]))
    return ([visit.site.news_url] if visit.site.news_url else []) + ordered


async def read_parts(visit: Visit) -> None:
    """What the home page loads by itself, when nothing is dated yet: the data of its scripts, and its frames."""
    if best_moment(visit) is not None:
        return
    for url in endpoint_urls(visit.home)[:2]:
        exchange = await visit.get(url)
        if exchange is not None:
            visit.sightings += await asyncio.to_thread(read_endpoint, exchange, visit.home, visit.now, visit.zone)
    for url in [url for url in frame_urls(visit.home) if visit.own(url)][:1]:
        page = await visit.get_page(url)
        if page is not None:
            await read_list_page(visit, page)


async def read_articles(visit: Visit, limit: int = 3) -> None:
    """Open posts that no list dates: the first two (one may be pinned), and the last, if the list is turned round."""
    candidates = article_candidates(visit)
    newest = best_moment(visit)
    doubtful = [
        (item.url, item.title)
        for item in visit.sightings
        if item.refusal is Refusal.CLOCK and item.url and url_key(item.url) not in visit.pages
        if newest is None or (item.moment is not None and item.moment > newest)
    ]
    chosen = doubtful[:1] + candidates[:2] + ([candidates[-1]] if 2 < len(candidates) <= 40 else [])
    for url, title in chosen[:limit]:
        if visit.left <= 0:
            return
        page = await visit.get_page(url)
        if page is not None:
            visit.sightings += await asyncio.to_thread(read_article, page, url, title, visit.own, visit.now, visit.zone)


def article_candidates(visit: Visit) -> list[tuple[str, str]]:
    """Listed posts without a date: the highest number in a series first, else in the order of the page."""
    entries = _undated(visit)
    scored = []
    for place, (url, title) in enumerate(entries):
        news = bool(_NEWS_PATH.search(url.split("://", 1)[-1].partition("/")[2].join(("/", ""))))
        scored.append((not news, place, url, title))
    scored.sort()
    ordered = [(url, title) for _, _, url, title in scored]
    numbered = [
        (int(found.group(1)), url, title)
        for url, title in ordered[:12]
        if (found := re.search(r"[/=](\d{1,7})(?:[-/]|$)", url))
    ]
    if len(numbered) >= 3:
        top = max(numbered)
        ordered.remove((top[1], top[2]))
        ordered.insert(0, (top[1], top[2]))
    return ordered


async def read_by_sitemap(visit: Visit) -> None:
    """Ask the sitemap which page changed last, and read the date on that page; the sitemap's own dates are no posts."""
    if best_moment(visit) is not None or visit.left < 2:
        return
    exchange = await visit.get(visit.base.rstrip("/") + "/sitemap.xml")
    if exchange is None or not exchange.ok:
        return
    pages, nested = await asyncio.to_thread(read_sitemap, exchange.body, visit.now, visit.zone)
    if not pages and nested and visit.left > 1:
        wanted = next((url for url in nested if re.search(r"post|berita|news|artikel", url)), nested[0])
        exchange = await visit.get(wanted)
        if exchange is None or not exchange.ok:
            return
        pages, _ = await asyncio.to_thread(read_sitemap, exchange.body, visit.now, visit.zone)
    for url, _ in [
        entry
        for entry in pages
        if _NEWS_PATH.search(entry[0]) and is_post_url(entry[0]) and not is_section_url(entry[0])
    ][:2]:
        page = await visit.get_page(url)
        if page is not None:
            visit.sightings += await asyncio.to_thread(read_article, page, url, "", visit.own, visit.now, visit.zone)


def best_moment(visit: Visit) -> datetime | None:
    """The newest date that nothing speaks against so far."""
    moments = [item.moment for item in visit.sightings if item.refusal is None and item.moment is not None]
    return max((moment for moment in moments if moment <= visit.now + FUTURE_SLACK), default=None)


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the table."""

    name: str
    read: Callable[[Visit], Awaitable[None]]


SOURCES: Final[tuple[Source, ...]] = (
    Source("selector", read_by_selector),
    Source("home", read_home),
    Source("wordpress", read_wordpress),
    Source("feeds", read_feeds),
    Source("news page", read_news_page),
    Source("section feed", read_type_feed),
    Source("parts", read_parts),
    Source("articles", read_articles),
    Source("sitemap", read_by_sitemap),
)
"""In the order in which they may spend requests."""
