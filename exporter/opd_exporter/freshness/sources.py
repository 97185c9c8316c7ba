"""The table of sources: each reads what it knows on a visit and adds what it saw.

To add one: write a function ``async (visit) -> None`` in a file of its own, name it here, and add a corpus case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.articles import read_article
from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.embedded import read_embedded
from opd_exporter.freshness.endpoints import endpoint_urls, frame_urls, read_endpoint
from opd_exporter.freshness.feeds import feed_urls, read_feed_page
from opd_exporter.freshness.finding import NEWS_PATH, article_candidates, best_moment, news_urls, section_feeds
from opd_exporter.freshness.hints import read_sitemap
from opd_exporter.freshness.jsonld import read_json_ld
from opd_exporter.freshness.listing import Listing, read_listing
from opd_exporter.freshness.selector import read_selector
from opd_exporter.freshness.urls import is_post_url, is_section_url, url_key
from opd_exporter.freshness.wordpress import is_wordpress, read_rest, rest_urls
from opd_exporter.offload import offload
from opd_exporter.page import without_scripts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.freshness.visit import Visit
    from opd_exporter.page import Page


async def read_home(visit: Visit) -> None:
    """The home page itself: what it lists, and the data that it carries."""
    await read_list_page(visit, visit.home)


async def read_list_page(visit: Visit, page: Page) -> bool:
    """Read a page that may list posts, once a visit; true when it dated some."""
    if page in visit.listed:
        return visit.listed[page]
    listing, data = await offload(_read_page, visit, page)
    visit.sightings += listing.sightings
    visit.sightings += data
    for title, url in listing.titles:
        visit.titles.setdefault(url, title)
    for title, url in listing.undated:
        visit.undated.setdefault(url, title)
    visit.listed[page] = any(item.refusal is None for item in (*listing.sightings, *data))
    return visit.listed[page]


def _read_page(visit: Visit, page: Page) -> tuple[Listing, list[Sighting]]:
    """What a page lists, and the posts in its data."""
    listing = read_listing(page, visit.own, visit.now, visit.zone)
    if not listing.titles and (plain := without_scripts(page)) is not None:
        listing = read_listing(plain, visit.own, visit.now, visit.zone)
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
        visit.sightings += await offload(read_selector, page, visit.site.post_selector, visit.now, visit.zone)


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
    for url in section_feeds(visit)[:1]:
        await _read_feed(visit, url)


async def _read_feed(visit: Visit, url: str) -> bool:
    """Read one feed; true when it is one and has credible dates."""
    exchange = await visit.get(url)
    if exchange is None or exchange.body == visit.home.exchange.body:
        return False
    read = await offload(read_feed_page, exchange, visit.now, visit.zone)
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


async def read_parts(visit: Visit) -> None:
    """What the home page loads by itself, when nothing is dated yet: data and fragments of its scripts, its frames."""
    if best_moment(visit) is not None:
        return
    for url in endpoint_urls(visit.home)[:2]:
        exchange = await visit.get(url)
        if exchange is None:
            continue
        found = await offload(read_endpoint, exchange, visit.home, visit.now, visit.zone)
        visit.sightings += found
        part = None if found else await visit.get_page(url)
        if part is not None:
            await read_list_page(visit, part)
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
        if item.refusal in {Refusal.CLOCK, Refusal.LONE} and item.url and url_key(item.url) not in visit.pages
        if newest is None or (item.moment is not None and item.moment > newest)
    ]
    chosen = doubtful[:1] + candidates[:2] + ([candidates[-1]] if 2 < len(candidates) <= 40 else [])
    for url, title in chosen[:limit]:
        if visit.left <= 0:
            return
        page = await visit.get_page(url)
        if page is not None:
            visit.sightings += await offload(read_article, page, url, title, visit.own, visit.now, visit.zone)


async def read_by_sitemap(visit: Visit) -> None:
    """Ask the sitemap which page changed last, and read the date on that page; the sitemap's own dates are no posts."""
    if best_moment(visit) is not None or visit.left < 2:
        return
    exchange = await visit.get(visit.base.rstrip("/") + "/sitemap.xml")
    if exchange is None or not exchange.ok:
        return
    pages, nested = await offload(read_sitemap, exchange.body, visit.now, visit.zone)
    if not pages and nested and visit.left > 1:
        wanted = next((url for url in nested if re.search(r"post|berita|news|artikel", url)), nested[0])
        exchange = await visit.get(wanted)
        if exchange is None or not exchange.ok:
            return
        pages, _ = await offload(read_sitemap, exchange.body, visit.now, visit.zone)
    for url, _ in [
        entry
        for entry in pages
        if NEWS_PATH.search(entry[0]) and is_post_url(entry[0]) and not is_section_url(entry[0])
    ][:2]:
        page = await visit.get_page(url)
        if page is not None:
            visit.sightings += await offload(read_article, page, url, "", visit.own, visit.now, visit.zone)


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
