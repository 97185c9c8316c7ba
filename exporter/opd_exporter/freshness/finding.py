"""Addresses worth a request: the news page, the feeds of sections, posts that no list dates."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.credibility import FUTURE_SLACK
from opd_exporter.freshness.feeds import is_comment_feed
from opd_exporter.freshness.urls import is_file_url, is_post_url, is_section_url, is_tool_url, url_key
from opd_exporter.freshness.wordpress import is_wordpress

if TYPE_CHECKING:
    from datetime import datetime

    from opd_exporter.freshness.visit import Visit

NEWS_PATH: Final = re.compile(
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
    (
        re.compile(
            r"\b(?:seputar|sekilas|lensa|liputan|sorotan|buletin|majalah|aktivitas|kegiatan|terkini|terbaru|headlines?"
            r"|highlights?|press|siaran pers|tulisan|catatan)\b",
            re.IGNORECASE,
        ),
        45,
    ),
    (re.compile(r"^(?:pengumuman|informasi|info|announcements?)\b.{0,16}$", re.IGNORECASE), 50),
    (
        re.compile(
            r"^(?:lihat|selengkapnya|semua|more|view all|lainnya|indeks|arsip|archives?)\b.{0,20}$", re.IGNORECASE
        ),
        30,
    ),
)


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
            or is_tool_url(link.url)
            or "#" in link.url
        ):
            continue
        text = link.text.strip()
        score = 0
        if len(text) <= 40:
            score = next((points for pattern, points in _NEWS_TEXT if pattern.search(text)), 0)
        path = link.url.split("://", 1)[-1].partition("/")[2]
        if NEWS_PATH.search("/" + path):
            score += 20 if score else 15 if is_section_url(link.url) else 0
        if score and path.count("/") > 3:
            score -= 20
        if score > 0:
            known = scored.get(link.url)
            if known is None or known[0] < score:
                scored[link.url] = (score, number)
    ordered = sorted(scored, key=lambda url: (-scored[url][0], scored[url][1]))
    return ([visit.site.news_url] if visit.site.news_url else []) + ordered


def section_feeds(visit: Visit) -> list[str]:
    """Feeds of sections that list posts without dates: those they name, and WordPress's own form of address."""
    wanted: list[str] = []
    undated = [url for url, _ in undated_posts(visit)]
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


def undated_posts(visit: Visit) -> list[tuple[str, str]]:
    """(URL, title) of listed posts that no source has dated and that were not opened."""
    dated = {url_key(item.url) for item in visit.sightings if item.refusal is None and item.url}
    return [
        (url, title)
        for url, title in visit.undated.items()
        if is_post_url(url) and url_key(url) not in visit.pages and url_key(url) not in dated
    ]


def article_candidates(visit: Visit) -> list[tuple[str, str]]:
    """Listed posts without a date: the highest number in a series first, else in the order of the page."""
    entries = undated_posts(visit)
    scored = []
    for place, (url, title) in enumerate(entries):
        news = bool(NEWS_PATH.search(url.split("://", 1)[-1].partition("/")[2].join(("/", ""))))
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


def best_moment(visit: Visit) -> datetime | None:
    """The newest date that nothing speaks against so far."""
    moments = [item.moment for item in visit.sightings if item.refusal is None and item.moment is not None]
    return max((moment for moment in moments if moment <= visit.now + FUTURE_SLACK), default=None)
