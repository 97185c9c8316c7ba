"""Dates of today that software put in: clocks beside links, and fillings for missing dates."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from opd_exporter.freshness.areas import area_of_heading
from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.finding import NEWS_PATH
from opd_exporter.freshness.hints import picture_day
from opd_exporter.freshness.titles import HEADING_TAGS, in_heading
from opd_exporter.freshness.urls import url_key

if TYPE_CHECKING:
    from datetime import datetime

    from opd_exporter.freshness.anchors import ListReader
    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.freshness.items import Item

MAX_SERVICE_WORDS: Final = 2
MAX_AHEAD: Final = timedelta(days=90)
"""Dates further ahead are misspelt years."""
_EVENT_PATH = re.compile(r"/(?:[\w-]*(?:kegiatan|acara|events?|agenda|rapat|sidang|pimpinan))/", re.IGNORECASE)


def doubt_today(sightings: list[Sighting], now: datetime) -> list[Sighting]:
    """Refuse dates of today that look put in.

    A date that stands alone, in no list and no card, as a clock beside a link does (also one of yesterday, from a
    cache); the time of the request on several items; a whole list of today; a picture that is far older.
    """
    taken = [item for item in sightings if item.refusal is None and item.moment is not None]
    fresh = [item for item in taken if _age(item, now) <= timedelta(1)]
    lists: dict[str, set[str]] = defaultdict(set)
    for item in taken:
        lists[item.shape].add(item.url)
    verdicts: dict[int, Refusal] = {}
    for item in fresh:
        alone = len(lists[item.shape]) < 2
        if alone and (not item.carded or _is_service(item.url) or area_of_heading(item.title) is not None):
            verdicts[id(item)] = Refusal.CLOCK
    for item in taken:
        alone = len(lists[item.shape]) < 2 and not NEWS_PATH.search(item.url)
        alone = alone and (not item.carded or _is_service(item.url))
        if alone and id(item) not in verdicts and _is_far_newer(item, taken):
            verdicts[id(item)] = Refusal.LONE
    verdicts.update(_engagements(taken, now))
    at_once = [item for item in fresh if not item.date_only and not item.relative and _is_now(item, now)]
    if len({item.url for item in at_once}) >= 2:
        verdicts.update({id(item): Refusal.CLOCK for item in at_once})
    verdicts.update(_fillings([item for item in taken if item.date_only and not item.relative], now))
    return [replace(item, refusal=verdicts[id(item)]) if id(item) in verdicts else item for item in sightings]


def _is_service(url: str) -> bool:
    """Whether the address is one or two words without a number: a page of figures or of a service, hardly a post."""
    segments = [part for part in urlsplit(url).path.split("/") if part]
    words = [word for word in re.split(r"[-_.+]|%20", segments[-1]) if word] if segments else []
    plain = len(segments) == 1 and len(words) <= MAX_SERVICE_WORDS and not any(char.isdigit() for char in segments[0])
    return plain and not NEWS_PATH.search(url)


def _engagements(taken: list[Sighting], now: datetime) -> dict[int, Refusal]:
    """Lists of events: their addresses say so, and some of their days are still to come."""
    found: dict[int, Refusal] = {}
    lists: dict[str, list[Sighting]] = defaultdict(list)
    for item in taken:
        if _EVENT_PATH.search(urlsplit(item.url).path):
            lists[item.shape].append(item)
    for group in lists.values():
        ahead = [item for item in group if item.moment and timedelta(1) < item.moment - now < MAX_AHEAD]
        if ahead:
            found.update({id(item): Refusal.AGENDA for item in group})
    return found


def _is_far_newer(item: Sighting, taken: list[Sighting]) -> bool:
    """Whether every other post of the page is more than 45 days older."""
    others = [other.moment for other in taken if other.url != item.url and other.moment is not None]
    return bool(others) and item.moment is not None and item.moment - max(others) > timedelta(days=45)


def _age(item: Sighting, now: datetime) -> timedelta:
    """Whole days between the item's day and today; a huge one for the future."""
    days = (now.date() - item.moment.date()).days if item.moment is not None else 10_000
    return timedelta(days) if days >= 0 else timedelta(10_000)


def _is_now(item: Sighting, now: datetime) -> bool:
    return item.moment is not None and abs(now - item.moment) < timedelta(minutes=3)


def _fillings(plain: list[Sighting], now: datetime) -> dict[int, Refusal]:
    """Bare days that fill a gap: four items or more of one list that are all of today, and those with old pictures."""
    found: dict[int, Refusal] = {}
    lists: dict[str, list[Sighting]] = defaultdict(list)
    for item in plain:
        lists[item.shape].append(item)
    for group in lists.values():
        present = [item for item in group if _age(item, now) == timedelta(0)]
        urls = {item.url for item in present}
        contrary = [
            item
            for item in present
            if (day := picture_day(item.image)) is not None and now.date() - day > timedelta(days=30)
        ]
        whole = len(urls) >= 4 and len(present) == len(group)
        if whole or len(contrary) >= 2:
            found.update({id(item): Refusal.ALL_TODAY if whole else Refusal.UPLOAD_OLDER for item in present})
        else:
            found.update({id(item): Refusal.UPLOAD_OLDER for item in contrary})
    return found


def item_shape(item: Item) -> str:
    """Tag and classes of the item's block, and of what it stands in: the same for all items of a list."""
    block, parent = item.block, item.block.parent
    if item.flat:
        return f"flat {block.index}"
    above = f"{parent.tag} {parent.words}" if parent is not None else ""
    return re.sub(r"\d+", "", f"{block.tag} {block.words} < {above}")


def is_carded(reader: ListReader, item: Item) -> bool:
    """Whether the block is built like a card: its title is a heading, or a picture leads to the same post."""
    block = item.block
    if block.tag in {"body", "html"} or block.text_end - block.text_start > 1_500:
        return False
    if not item.linked:
        return True
    links = [link for link in reader.outline.links[block.link_start : block.link_end] if url_key(link.url) == item.key]
    return (
        len(links) > 1
        or any(in_heading(link.block, up_to=block.parent) for link in links)
        or any(
            inner.tag in HEADING_TAGS
            for link in links
            for inner in reader.outline.blocks[link.block.index : link.block.last + 1]
        )
    )


def item_picture(reader: ListReader, item: Item) -> str:
    """Address of the first picture in the item's block."""
    for block in reader.outline.blocks[item.block.index : min(item.block.last + 1, item.block.index + 30)]:
        if block.tag == "img":
            return str(block.element.get("src") or block.element.get("data-src") or "")
    return ""
