"""The date of one opened post page, for sites whose lists show none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.areas import PUBLISHED_LABEL, area_of_words, is_edge, is_modified, label_refusal
from opd_exporter.freshness.credibility import Sighting
from opd_exporter.freshness.dates import find_dates
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.items import Item, climb, common_ancestor, find_item
from opd_exporter.freshness.jsonld import read_json_ld
from opd_exporter.freshness.lines import LineKind, line_kind
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.freshness.titles import collect_titles
from opd_exporter.freshness.urls import url_key
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from opd_exporter.freshness.titles import Titles
    from opd_exporter.page import Block, Page

_META_NAMES: Final = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "article.published",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "date",
    "parsely-pub-date",
    "sailthru.date",
)
AFTER_CHARS: Final = 700
BEFORE_CHARS: Final = 260
_WORDS = re.compile(r"\w+")


def read_article(
    page: Page, url: str, title: str, own: Callable[[str], bool], now: datetime, zone: tzinfo
) -> list[Sighting]:
    """What the page of one post says of its date of publication; empty when the page is not that post.

    Args:
        page: The page that answered for ``url``.
        url: The post's address.
        title: Its title on the list, by which a soft 404 is told apart; may be empty.
        own: Whether an address belongs to the site.
        now: Aware.
        zone: Zone of the site.
    """
    if not page.is_html or (title and not _shows(page, title)):
        return []
    found = [item for item in read_json_ld(page, now, zone, listing=False) if _is_this(item.url, url, page.url)]
    if found:
        return found[:1]
    for name in _META_NAMES:
        value = page.meta.get(name)
        parsed = parse_machine(value, now, zone) if value else None
        if value and parsed is not None:
            return [_sighting(PostSource.JSONLD, page, value, title, url, parsed[0], parsed[1], now, zone)]
    visible = _visible(page, url, title, own, now, zone)
    return [visible] if visible is not None else []


def _is_this(found: str, url: str, final: str) -> bool:
    return url_key(found) in {url_key(url), url_key(final)}


def _shows(page: Page, title: str) -> bool:
    """Whether the page shows the title that led to it."""
    wanted = [word.lower() for word in _WORDS.findall(title)][:8]
    if len(wanted) < 2:
        return True
    places = [page.title, *page.headings[:12]]
    for place in places:
        words = {word.lower() for word in _WORDS.findall(place)}
        if sum(1 for word in wanted if word in words) >= 0.7 * len(wanted):
            return True
    return False


def _sighting(
    source: PostSource,
    page: Page,
    raw: str,
    title: str,
    url: str,
    moment: datetime,
    date_only: bool,
    now: datetime,
    zone: tzinfo,
) -> Sighting:
    stated = DateHit(0, 0, moment.date()).moment(zone, now) if date_only else moment
    return Sighting(source, page.url, raw, title or page.title, url, stated, date_only)


@dataclass(frozen=True, slots=True)
class _Spot:
    """The post's heading on its own page, and what belongs to other posts there."""

    page: Page
    url: str
    title: str
    heading: Block
    titles: Titles
    now: datetime
    zone: tzinfo


def _visible(
    page: Page, url: str, title: str, own: Callable[[str], bool], now: datetime, zone: tzinfo
) -> Sighting | None:
    """The date near the heading of the post, outside menus, boxes and other posts."""
    heading = _heading(page, title)
    if heading is None:
        return None
    spot = _Spot(page, url, title, heading, collect_titles(page.outline, own), now, zone)
    ranked = [*_ranked_marks(spot), *_ranked_dates(spot)]
    return min(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def _ranked_marks(spot: _Spot) -> list[tuple[int, int, Sighting]]:
    """(rank, distance, sighting) of dates in attributes."""
    found = []
    for mark in spot.page.outline.marks:
        parsed = parse_machine(mark.value, spot.now, spot.zone)
        if parsed is None or "modif" in mark.name or "update" in mark.name or is_modified(mark.block.words):
            continue
        distance = _distance(spot, mark.block.text_start, mark.block)
        if distance is not None:
            published = "publish" in mark.name or "created" in mark.name
            sighting = _sighting(
                PostSource.PAGE, spot.page, mark.value, spot.title, spot.url, parsed[0], parsed[1], spot.now, spot.zone
            )
            found.append((0 if published else 1, distance, sighting))
    return found


def _ranked_dates(spot: _Spot) -> list[tuple[int, int, Sighting]]:
    """(rank, distance, sighting) of printed dates."""
    outline, heading, found = spot.page.outline, spot.heading, []
    for hit in find_dates(outline.text, spot.now, spot.zone):
        block, moment = outline.block_at(hit.start), hit.moment(spot.zone, spot.now)
        if block is None or moment is None or not _is_candidate(outline.text, hit, block, heading):
            continue
        before = outline.text[max(outline.text.rfind("\n", 0, hit.start) + 1, hit.start - 60) : hit.start]
        distance = _distance(spot, hit.start, block)
        if distance is None or label_refusal(before) is not None:
            continue
        sighting = Sighting(
            PostSource.PAGE,
            spot.page.url,
            outline.text[hit.start : hit.end],
            spot.title or spot.page.title,
            spot.url,
            moment,
            hit.time is None,
            relative=hit.relative,
        )
        dateline = _line(outline.text, hit, block) is LineKind.DATELINE
        found.append((3 if dateline else 0 if PUBLISHED_LABEL.search(before.lower()) else 2, distance, sighting))
    return found


def _is_candidate(text: str, hit: DateHit, block: Block, heading: Block) -> bool:
    """Whether a date stands near the heading, in a line of its own, and is one day."""
    if hit.span or hit.word or is_modified(block.words) or heading.text_start < hit.start < heading.text_end:
        return False
    near = heading.text_start - BEFORE_CHARS <= hit.start <= heading.text_end + AFTER_CHARS
    return near and _line(text, hit, block) is not LineKind.SENTENCE


def _line(text: str, hit: DateHit, block: Block) -> LineKind:
    """What the text node around the date is."""
    start = max(text.rfind("\n", 0, hit.start) + 1, block.text_start, hit.start - 200)
    end = text.find("\n", hit.end)
    end = min(len(text) if end < 0 else end, max(block.text_end, hit.end), hit.end + 200)
    return line_kind(text[start : hit.start], text[hit.end : end])


def _heading(page: Page, title: str) -> Block | None:
    """The heading that holds the title, else the only h1, else the first h1 or h2."""
    outline = page.outline
    wanted = {word.lower() for word in _WORDS.findall(title)}
    best: tuple[float, Block] | None = None
    for block in outline.heading_blocks:
        words = {word.lower() for word in _WORDS.findall(outline.text[block.text_start : block.text_end])}
        if wanted and words:
            share = len(words & wanted) / len(words | wanted)
            if share >= 0.5 and (best is None or share > best[0]):
                best = (share, block)
    if best is not None:
        return best[1]
    for tag in ("h1", "h2"):
        found = [
            block
            for block in outline.heading_blocks
            if block.tag == tag and not any(is_edge(parent) for parent in climb(block))
        ]
        if found:
            return found[0]
    return None


def _distance(spot: _Spot, start: int, block: Block) -> int | None:
    """Distance from the heading, or ``None`` when the date belongs to something else on the page."""
    heading = spot.heading
    for parent in climb(block):
        outside = not parent.index <= heading.index <= parent.last
        if outside and (area_of_words(parent.words) is not None or is_edge(parent)):
            return None
    shared = common_ancestor(block, heading)
    if start < heading.text_start and heading.depth - shared.depth > 3:
        return None
    item = find_item(spot.titles, block)
    if (
        isinstance(item, Item)
        and item.key != url_key(spot.url)
        and not item.block.index <= heading.index <= item.block.last
    ):
        return None
    return start - heading.text_end if start >= heading.text_end else 2 * (heading.text_start - start) + 50
