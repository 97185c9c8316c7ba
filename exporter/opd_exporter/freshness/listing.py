"""Dates beside post titles on a page that lists posts (the home page, the news page)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.anchors import Anchored, ListReader, anchor_dates
from opd_exporter.freshness.areas import (
    MADE_LABEL,
    PUBLISHED_LABEL,
    area_of_heading,
    area_of_words,
    is_edge,
    label_refusal,
)
from opd_exporter.freshness.columns import Columns
from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.day_groups import DayGroups
from opd_exporter.freshness.doubts import doubt_today, is_carded, item_picture, item_shape
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.items import Item, climb, find_item, pair_flat
from opd_exporter.freshness.lines import own_refusal, resolve_year, words_before
from opd_exporter.freshness.places import area_refusal, edge_of, heading_over, place_of_link, section_headings
from opd_exporter.freshness.titles import collect_titles
from opd_exporter.freshness.urls import url_exact_day
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, tzinfo

    from opd_exporter.page import Block, Page

MAX_TITLES: Final = 200
_DIRECTORY: Final = re.compile(
    r"^\s*(?:index of /|directory listing|listing directory|directory: /|daftar isi direktori)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page says of posts."""

    sightings: tuple[Sighting, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    """(title, URL) of every titled own link, in order."""
    undated: tuple[tuple[str, str], ...] = ()
    """Those that have no date of their own on this page."""


def read_listing(page: Page, own: Callable[[str], bool], now: datetime, zone: tzinfo) -> Listing:
    """Every date of ``page`` with the post it belongs to, or the reason why it belongs to none."""
    outline = page.outline
    titles = collect_titles(outline, own)
    reader = ListReader(page, titles, now, zone, outline)
    reader.directory = bool(_DIRECTORY.match(page.title) or (page.headings and _DIRECTORY.match(page.headings[0])))
    reader.headings = section_headings(outline, titles)
    found = anchor_dates(reader)
    sightings = _sight(reader, found)
    sightings += _from_addresses(reader, sightings)
    sightings = doubt_today(sightings, now)
    dated = {item.url for item in sightings if item.refusal is None}
    listed: dict[str, str] = {}
    for number in titles.positions:
        link = outline.links[number]
        if (
            link.url not in listed
            and len(listed) < MAX_TITLES
            and not any(is_edge(block) for block in climb(link.block))
        ):
            listed[link.url] = link.text
    return Listing(
        tuple(sightings),
        tuple((title, url) for url, title in listed.items()),
        tuple((title, url) for url, title in listed.items() if url not in dated),
    )


def _sight(reader: ListReader, found: list[Anchored]) -> list[Sighting]:
    """Give each date its item; where several titles share a block, pair them by alternation."""
    sightings: list[Sighting] = []
    by_item: dict[tuple[str, int], list[tuple[Anchored, Item]]] = defaultdict(list)
    undecided: dict[int, tuple[Block, list[Anchored]]] = {}
    columns = Columns(reader.outline, reader.titles)
    for anchored in found:
        place = columns.item_of(anchored.block) or find_item(reader.titles, anchored.block)
        if place is None:
            sightings.append(_refused(reader, anchored, Refusal.NO_LINK))
        elif isinstance(place, Item):
            by_item[place.key, place.block.index].append((anchored, place))
        else:
            undecided.setdefault(place.index, (place, []))[1].append(anchored)
    day_groups = DayGroups(reader.titles, found)
    for parent, group in undecided.values():
        of_one_day = day_groups.items_of(parent, group)
        for anchored, items in [(group[0], of_one_day)] if of_one_day else _pair(reader, parent, group):
            if not items:
                sightings.append(_refused(reader, anchored, Refusal.MANY_LINKS))
            for item in items:
                by_item[item.key, anchored.hit.start].append((anchored, item))
    found_edges = (edge_of(pairs[0][1]) for pairs in by_item.values())
    edges = Counter(edge.index for edge in found_edges if edge is not None)
    for pairs in by_item.values():
        sightings.extend(_choose(reader, pairs, edges))
    return sightings


def _pair(reader: ListReader, parent: Block, group: list[Anchored]) -> list[tuple[Anchored, list[Item]]]:
    """Each date of a shared parent with the items that alternation gives it."""
    group.sort(key=lambda anchored: anchored.hit.start)
    dates = {anchored.hit.start: (anchored.hit.start, anchored.hit.end, anchored.block) for anchored in group}
    breaks = [offset for offset, _, _ in reader.headings]
    paired = pair_flat(reader.titles, parent, list(dates.values()), breaks)
    return [(anchored, paired.get(anchored.hit.start, [])) for anchored in group]


def _choose(reader: ListReader, pairs: list[tuple[Anchored, Item]], edges: Counter[int]) -> list[Sighting]:
    """The publication date of one item among its dates; the others are refused as such."""
    item = pairs[0][1]
    area = area_refusal(reader, item, edges)
    judged: list[tuple[int, Anchored, Refusal | None]] = []
    for anchored, _ in pairs:
        refusal = area or own_refusal(reader, anchored, item)
        judged.append((_rank(reader, anchored, item), anchored, refusal))
    if all(refusal is not None for _, _, refusal in judged):
        judged = [
            (rank, one, None if area is None and id(one) in reader.weak else refusal) for rank, one, refusal in judged
        ]
    good = sorted((entry for entry in judged if entry[2] is None), key=lambda entry: (entry[0], entry[1].hit.start))
    sightings = []
    for number, (_, anchored, _) in enumerate(good):
        same_day = number and anchored.hit.day == good[0][1].hit.day
        if same_day:
            continue
        sightings.append(_sighting(reader, anchored, item, Refusal.SECOND_DATE if number else None))
    if good and not _has_time(good[0][1]):
        exact = next(
            (entry[1] for entry in good if entry[1].hit.day == good[0][1].hit.day and _has_time(entry[1])), None
        )
        if exact is not None and exact.moment is not None:
            sightings[0] = replace(sightings[0], moment=exact.moment, date_only=False)
    sightings.extend(
        _sighting(reader, anchored, item, refusal) for _, anchored, refusal in judged if refusal is not None
    )
    return sightings


def _has_time(anchored: Anchored) -> bool:
    return not anchored.date_only


def _rank(reader: ListReader, anchored: Anchored, item: Item) -> int:
    """How clearly a date is the publication date: 0 is clearest."""
    said = anchored.name or words_before(reader, anchored, item)[-40:].lower()
    if MADE_LABEL.search(said) or (anchored.name and "created" in anchored.name):
        return 1
    if PUBLISHED_LABEL.search(said) or "published" in said:
        return 0
    if anchored.name:
        return 0 if anchored.name in {"dc:date", "date", "pubdate"} else 2
    return 3 if not anchored.hit.relative else 4


def _sighting(reader: ListReader, anchored: Anchored, item: Item, refusal: Refusal | None) -> Sighting:
    moment, date_only = anchored.moment, anchored.date_only
    if moment is None and refusal is None:
        day = resolve_year(reader, anchored, item)
        moment = replace(anchored.hit, day=day).moment(reader.zone, reader.now) if day else None
    return Sighting(
        source=PostSource.PAGE,
        found_at=reader.page.url,
        raw=anchored.raw,
        title=item.title,
        url=item.url,
        moment=moment,
        date_only=date_only,
        refusal=refusal,
        relative=anchored.hit.relative,
        image=item_picture(reader, item) if refusal is None else "",
        shape=item_shape(item),
        carded=is_carded(reader, item),
    )


def _refused(reader: ListReader, anchored: Anchored, refusal: Refusal) -> Sighting:
    """A date without an item: say what it is where the place tells."""
    for block in climb(anchored.block):
        area = area_of_words(block.words)
        if area is not None:
            refusal = area
            break
        if is_edge(block):
            refusal = Refusal.FOOTER
            break
    else:
        heading = heading_over(reader, anchored.block, anchored.block.text_start)
        refusal = (area_of_heading(heading) if heading else None) or refusal
    text = reader.outline.text
    if refusal is Refusal.NO_LINK:
        label = label_refusal(text[max(0, anchored.hit.start - 60) : anchored.hit.start])
        today = reader.now.astimezone(reader.zone).date()
        refusal = label or (Refusal.CLOCK if anchored.hit.day == today else refusal)
    return Sighting(PostSource.PAGE, reader.page.url, anchored.raw, moment=anchored.moment, refusal=refusal)


def _from_addresses(reader: ListReader, sightings: Iterable[Sighting]) -> list[Sighting]:
    """Permalinks that hold a full day, for posts whose date the page does not show."""
    known = {item.url for item in sightings if item.refusal is None}
    found = []
    for number in reader.titles.positions:
        link = reader.outline.links[number]
        day = url_exact_day(link.url)
        if day is None or link.url in known:
            continue
        known.add(link.url)
        moment = DateHit(0, 0, day).moment(reader.zone, reader.now)
        refusal = place_of_link(reader, link)
        found.append(
            Sighting(PostSource.PAGE, reader.page.url, link.url[-60:], link.text, link.url, moment, refusal=refusal)
        )
    return found
