"""Dates of today that software put in: clocks beside links, and fillings for missing dates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.hints import picture_day
from opd_exporter.freshness.titles import HEADING_TAGS, in_heading
from opd_exporter.freshness.urls import url_key

if TYPE_CHECKING:
    from datetime import date, datetime

    from opd_exporter.freshness.anchors import ListReader
    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.freshness.items import Item


def doubt_today(sightings: list[Sighting], now: datetime) -> list[Sighting]:
    """Refuse dates of today that look put in.

    Every title has one; the picture is far older; or the date stands alone, in no list and no card, as a clock beside a
    link does (also one of yesterday, from a cache).
    """
    today = now.date()
    taken = [
        item
        for item in sightings
        if item.refusal is None and item.moment is not None and item.date_only and not item.relative
    ]
    fresh = [
        item for item in taken if item.moment is not None and timedelta(0) <= today - item.moment.date() <= timedelta(1)
    ]
    if not fresh:
        return sightings
    shapes = Counter(item.shape for item in sightings if item.refusal is None)
    alone = {id(item) for item in fresh if shapes[item.shape] < 2 and not item.carded}
    present = [item for item in fresh if item.moment is not None and item.moment.date() == today]
    urls = {item.url for item in present}
    void = _put_in(present, urls, taken, today)
    reason = Refusal.ALL_TODAY if void == urls else Refusal.UPLOAD_OLDER
    marked = {id(item) for item in present}
    return [
        replace(item, refusal=Refusal.CLOCK)
        if id(item) in alone
        else replace(item, refusal=reason)
        if id(item) in marked and item.url in void
        else item
        for item in sightings
    ]


def _put_in(present: list[Sighting], urls: set[str], taken: list[Sighting], today: date) -> set[str]:
    """Addresses whose "today" is a filling: all of them, or those whose picture is over a month older."""
    older = [item for item in taken if item.moment is not None and item.moment.date() != today]
    contrary = {
        item.url
        for item in present
        if (day := picture_day(item.image)) is not None and today - day > timedelta(days=30)
    }
    return urls if (len(urls) >= 4 and not older) or len(contrary) >= 2 else contrary


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
