"""The newest post of a site: one visit, every source that it can afford, the newest credible date."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.credibility import judge
from opd_exporter.freshness.feeds import read_feed_page
from opd_exporter.freshness.memory import MAX_ARTICLE_URLS, MAX_FIRST_DAYS, MAX_KEPT_POSTS, Memory, Reading
from opd_exporter.freshness.sources import SOURCES, read_list_page
from opd_exporter.freshness.urls import OwnHosts, base_of, is_post_url, is_section_url, url_key
from opd_exporter.freshness.visit import Visit
from opd_exporter.freshness.wordpress import read_rest
from opd_exporter.page.outline import join_url
from opd_exporter.verdict import is_intruders_title
from opd_exporter.verdict.domains import host_of, is_same_site

if TYPE_CHECKING:
    from datetime import datetime

    from opd_exporter.models import Exchange, Fetch, Post
    from opd_exporter.page import Page
    from opd_exporter.registry import Site

REDISCOVER_AFTER_SECONDS: Final = 7 * 86_400.0
_SCRIPT_MOVE = re.compile(
    r"""(?:window\.|document\.|top\.|self\.)?location(?:\.href|\.replace\s*+\(|\.assign\s*+\()?\s*+=?\s*+\(?\s*+["']([^"']{1,300})["']"""
)
_ENTRANCE = re.compile(r"\b(?:masuk|enter|beranda|home|lanjut\w*|kunjungi|menuju|klik)\b", re.IGNORECASE)
MAX_SPLASH_LINKS: Final = 4
SMALL_PAGE_CHARS: Final = 200


async def read_posts(
    site: Site, exchange: Exchange, page: Page, fetch: Fetch, now: datetime, memory: Memory
) -> Reading:
    """Read the posts of ``site``.

    Args:
        site: Whose.
        exchange: The answer of its home page.
        page: The same, parsed.
        fetch: Gets further pages of the site.
        now: Aware; the instant to judge as of.
        memory: What the last reading left behind.

    Returns:
        The posts, every candidate with its reason, and the new memory. A first visit makes at most 7 requests beyond
        the home page; later ones ask the winning document again, conditionally. Nothing raises.
    """
    now = now.astimezone(site.timezone)
    own = OwnHosts([site.url, *([page.url] if _stays(site, page.url) else [])], site.allowed_hosts)
    if not exchange.ok or not own(page.url):
        return Reading(memory=memory)
    visit = Visit(site, page, base_of(page.url), own, fetch, now, site.timezone)
    visit.pages[url_key(page.url)] = page
    if site.url:
        visit.pages[url_key(site.url)] = page
    await _enter(visit)
    if _must_discover(memory, now):
        for source in SOURCES:
            await source.read(visit)
        return _finish(visit, memory, discovered=True)
    return await _revisit(visit, memory)


def _stays(site: Site, url: str) -> bool:
    """Whether a redirect stayed within the site's registered domain."""
    return is_same_site(site, host_of(url))


def _must_discover(memory: Memory, now: datetime) -> bool:
    if memory.discovered_at is None or memory.source is None:
        return True
    return not 0 <= now.timestamp() - memory.discovered_at <= REDISCOVER_AFTER_SECONDS


async def _enter(visit: Visit) -> None:
    """Go through a doorway (frames, a refresh or a script to another page of the site) to the real home page."""
    for _ in range(2):
        page = visit.home
        if not page.is_html or len(page.visible_text) > SMALL_PAGE_CHARS:
            return
        target = _doorway(page)
        if target is None or not visit.own(target) or url_key(target) in visit.pages:
            return
        exchange = await visit.get(target)
        if exchange is None or not exchange.ok:
            return
        visit.front = visit.front or page
        visit.home = visit.pages[url_key(target)]
        visit.base = base_of(visit.home.url)


def _doorway(page: Page) -> str | None:
    if page.refresh is not None:
        return page.refresh.url
    if page.frames:
        named = [
            url
            for url in page.frames
            if re.search(r"main|isi|content|konten|home|beranda|utama|berita", url, re.IGNORECASE)
        ]
        return (named or list(page.frames))[-1 if not named else 0]
    for _, text in page.scripts:
        found = _SCRIPT_MOVE.search(text[:5_000])
        if found:
            return join_url(page.url, found.group(1))
    links = {
        link.url: link.text for link in page.links if link.host == page.host and url_key(link.url) != url_key(page.url)
    }
    entries = [
        url
        for url, text in links.items()
        if _ENTRANCE.search(text) or (len(links) == 1 and len(page.visible_text) < 20)
    ]
    return entries[0] if entries and len(links) <= MAX_SPLASH_LINKS else None


async def _revisit(visit: Visit, memory: Memory) -> Reading:
    """The home page, and the document that won last time, asked conditionally."""
    await read_list_page(visit, visit.home)
    if not memory.source_url or url_key(memory.source_url) in visit.pages:
        reading = _finish(visit, memory, discovered=False)
    else:
        headers = {}
        if memory.etag:
            headers["If-None-Match"] = memory.etag
        if memory.last_modified:
            headers["If-Modified-Since"] = memory.last_modified
        exchange = await visit.get(memory.source_url, headers)
        if exchange is not None and (exchange.status == 304 or _hash(exchange) == memory.body_hash):
            return _finish(visit, memory, discovered=False, unchanged=True)
        if exchange is not None:
            await _read_document(visit, visit.pages[url_key(memory.source_url)])
        reading = _finish(visit, memory, discovered=False)
    if reading.newest is None or (memory.posts and reading.newest.published_at < memory.posts[0].published_at):
        # The winner failed or lost its newest post: look everywhere again.
        for source in SOURCES:
            await source.read(visit)
        reading = _finish(visit, memory, discovered=True)
    return reading


async def _read_document(visit: Visit, page: Page) -> None:
    """Read a document again by what it is."""
    rest = read_rest(page.exchange, visit.now, visit.zone) if "wp/v2/posts" in page.exchange.url else None
    if rest is not None:
        visit.sightings += rest
        return
    feed = read_feed_page(page.exchange, visit.now, visit.zone)
    if feed is not None:
        visit.sightings += feed[0]
        for title, link in feed[1]:
            visit.titles.setdefault(link, title)
        return
    if page.is_html and page.exchange.ok:
        await read_list_page(visit, page)


def _hash(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.body).hexdigest() if exchange.ok else ""


def _finish(visit: Visit, memory: Memory, *, discovered: bool, unchanged: bool = False) -> Reading:
    """Judge what was seen and write down what the next reading needs."""
    judgement = judge(
        visit.sightings, visit.now, own=visit.own, gambling=is_intruders_title, first_days=memory.first_days
    )
    posts = judgement.posts
    if unchanged:
        posts = _merge(posts, memory.posts)
    articles = tuple(
        dict.fromkeys(
            url_key(url) for url in visit.titles if visit.own(url) and is_post_url(url) and not is_section_url(url)
        )
    )[:300]
    known = set(memory.article_urls)
    fresh = tuple(url for url in articles if url not in known)
    days = dict(memory.first_days)
    for post in posts:
        if post.url:
            days.setdefault(url_key(post.url), post.published_at.date().isoformat())
    winner = posts[0] if posts else None
    updated = _remember(visit, memory, winner, discovered=discovered, unchanged=unchanged)
    return Reading(
        posts=posts,
        candidates=judgement.candidates,
        memory=Memory(
            source=updated.source,
            source_url=updated.source_url,
            etag=updated.etag,
            last_modified=updated.last_modified,
            body_hash=updated.body_hash,
            first_days=MappingProxyType(dict(list(days.items())[-MAX_FIRST_DAYS:])),
            article_urls=(*memory.article_urls, *fresh)[-MAX_ARTICLE_URLS:],
            discovered_at=visit.now.timestamp() if discovered else memory.discovered_at,
            posts=posts[:MAX_KEPT_POSTS],
        ),
        requests=visit.requests,
        titles=tuple((title, url) for url, title in visit.titles.items() if title)[:400],
        article_urls=articles,
        new_article_urls=fresh,
        moved=MappingProxyType(dict(judgement.moved)),
        moved_from=frozenset(
            date.fromisoformat(memory.first_days[key]) for key in judgement.moved if key in memory.first_days
        ),
        unchanged=unchanged,
    )


def _merge(first: tuple[Post, ...], second: tuple[Post, ...]) -> tuple[Post, ...]:
    merged = {url_key(post.url) or post.title: post for post in (*second, *first)}
    return tuple(sorted(merged.values(), key=lambda post: post.published_at, reverse=True))


def _remember(visit: Visit, memory: Memory, winner: Post | None, *, discovered: bool, unchanged: bool) -> Memory:
    """Where the newest post stood, with the validators of that document."""
    if unchanged or (winner is None and not discovered):
        return memory
    if winner is None:
        return Memory()
    found_at = next(
        (
            item.found_at
            for item in visit.sightings
            if item.refusal is None and item.source is winner.source and url_key(item.url) == url_key(winner.url)
        ),
        "",
    )
    page = next((page for page in visit.pages.values() if page.url == found_at), None)
    if page is None or page is visit.home:
        return Memory(source=winner.source, source_url=visit.base)
    headers = page.exchange.headers
    return Memory(
        source=winner.source,
        source_url=page.exchange.url,
        etag=headers.get("ETag", "")[:200],
        last_modified=headers.get("Last-Modified", "")[:80],
        body_hash=_hash(page.exchange),
    )
