"""What the place of an item or a date on the page says: agenda, comments, head and foot, headings, columns."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.areas import area_of_heading, area_of_words, is_edge, label_refusal
from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.items import climb

if TYPE_CHECKING:
    from collections import Counter

    from opd_exporter.freshness.anchors import Anchored, ListReader
    from opd_exporter.freshness.items import Item
    from opd_exporter.freshness.titles import Titles
    from opd_exporter.page import Block, Link, Outline

_HEADING_LIKE: Final = frozenset(
    {"caption", "legend", "strong", "b", "summary", "dt", "th", "td", "div", "span", "p", "a", "li"}
)
_CALLED_HEADING = re.compile("title|judul|heading|header")
MAX_CARD_CHARS: Final = 1_200
MAX_LINE_CHARS: Final = 400
"""How far to either side a sentence is looked for."""


def area_refusal(reader: ListReader, item: Item, edges: Counter[int]) -> Refusal | None:
    """What speaks against everything in the place where the item stands."""
    if reader.directory:
        return Refusal.DIRECTORY
    if item.refusal is not None:
        return item.refusal
    index = item.block.index
    if index not in reader.areas:
        reader.areas[index] = _place_refusal(reader, item)
    if reader.areas[index] is not None:
        return reader.areas[index]
    edge = edge_of(item)
    if edge is not None and edges[edge.index] < 2:
        return Refusal.FOOTER
    return None


def _place_refusal(reader: ListReader, item: Item) -> Refusal | None:
    for block in climb(item.block):
        area = area_of_words(block.words)
        if area is not None:
            return area
    if not item.linked and len(item.title.split()) <= 3 and (area := area_of_heading(item.title)) is not None:
        return area
    start = item.title_start if item.flat and item.title_start >= 0 else item.block.text_start
    heading = heading_over(reader, item.block, start, flat=item.flat)
    return area_of_heading(heading) if heading else None


def place_of_link(reader: ListReader, link: Link) -> Refusal | None:
    """What the place of a link says of it, whether or not a date stands beside it."""
    for block in climb(link.block):
        area = area_of_words(block.words)
        if area is not None:
            return area
    heading = heading_over(reader, link.block, link.block.text_start)
    return area_of_heading(heading) if heading else None


def edge_of(item: Item) -> Block | None:
    """The head, foot or menu in which the item stands."""
    for block in climb(item.block):
        if is_edge(block):
            return block
    return None


def section_headings(outline: Outline, titles: Titles) -> list[tuple[int, Block, str]]:
    """(offset, block, text) of section headings in order: real ones, and others only where they name a bad area."""
    found = []
    for block in outline.heading_blocks:
        text = " ".join(outline.text[block.text_start : block.text_end].split())
        if not 2 < len(text) < 90 or titles.in_block(block) or titles.names_other(block):
            continue
        if not _inside_item(block, titles) or (area_of_heading(text) is not None and _heads_one(block, titles)):
            found.append((block.text_start, block, text))
    for block in outline.blocks:
        if not 3 < block.text_end - block.text_start < 50 or block.tag not in _HEADING_LIKE:
            continue
        plain = block.tag in {"div", "span", "p", "a", "li"}
        if plain and not _CALLED_HEADING.search(block.words):
            continue
        if block.tag in {"td", "th"} and not _is_only_cell(block):
            continue
        text = " ".join(outline.text[block.text_start : block.text_end].split())
        if area_of_heading(text) is not None and not titles.in_block(block):
            found.append((block.text_start, block, text))
    found.sort(key=lambda entry: entry[0])
    return found


def _is_only_cell(block: Block) -> bool:
    row = block.element.getparent()
    return row is not None and len(row) == 1


def _inside_item(block: Block, titles: Titles) -> bool:
    """Whether the heading is the title of a card: linked itself, or alone with one link that leads to a post."""
    for parent in climb(block)[:4]:
        if parent.tag == "a":
            return True
    card = block.parent
    for _ in range(2):
        if card is None or card.tag in {"body", "html", "section", "aside"}:
            return False
        count = titles.own_count(card)
        if count:
            return count == 1
        card = card.parent
    return False


def _heads_one(block: Block, titles: Titles) -> bool:
    """Whether the heading stands over a box whose single title is another text, or that links to no post."""
    card = block.parent
    if card is None or block.tag == "a" or card.tag == "a":
        return False
    return bool(titles.in_block(card)) or not titles.own_count(card)


def heading_over(reader: ListReader, inner: Block, start: int, *, flat: bool = False) -> str | None:
    """The nearest heading before ``inner`` whose own section holds it."""
    for offset, block, text in reversed(reader.headings):
        if offset > start or (not flat and block.index >= inner.index):
            continue
        if _governs(reader, block, inner):
            return text
    return None


def _governs(reader: ListReader, heading: Block, inner: Block) -> bool:
    """Whether ``inner`` stands in the section of ``heading``: not when that has content of its own beside it."""
    section = heading.parent
    for _ in range(3):
        if section is None:
            return False
        if section.index <= inner.index <= section.last:
            return True
        if (section.tag in {"td", "th"} and not _is_only_cell(section)) or _has_content(reader, section, heading):
            return False
        section = section.parent
    return False


def _has_content(reader: ListReader, section: Block, heading: Block) -> bool:
    """Whether dates, titles, a table or a list stand in ``section`` beside its heading."""
    if _holds_figures(reader, section, heading):
        return True
    low, high = bisect_left(reader.dates, section.text_start), bisect_left(reader.dates, section.text_end)
    if any(not heading.text_start <= offset < heading.text_end for offset in reader.dates[low:high]):
        return True
    return bool(reader.titles.in_block(section)) or reader.titles.names_other(section)


def _holds_figures(reader: ListReader, section: Block, heading: Block) -> bool:
    """Whether ``section`` is a box that is closed in itself: prayer times, prices, numbers of visitors."""
    if section.tag in {"body", "main", "html"} or reader.titles.own_count(section):
        return False
    inside = [
        block for block in reader.outline.blocks[section.index + 1 : section.last + 1] if block.index > heading.last
    ]
    if any(block.tag in {"dl", "iframe", "table"} for block in inside):
        return True
    items = [block for block in inside if block.tag == "li" and block.link_start == block.link_end]
    return len(items) > 1


def apart_refusal(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """What speaks against a date with a section's heading between it and the title."""
    if item.title_start < 0:
        return None
    hit = anchored.hit
    after = hit.start >= item.title_end
    low, high = (item.title_end, hit.start) if after else (hit.end, item.title_start)
    first = bisect_left(reader.headings, low, key=lambda heading: heading[0])
    inside = takewhile(lambda heading: heading[0] < high, reader.headings[first:])
    between = [text for _, block, text in inside if block.text_end <= high]
    if not between:
        return None
    return (area_of_heading(between[-1]) if after else None) or Refusal.NO_LINK


def is_wide(item: Item) -> bool:
    """Whether the block is a part of the page rather than a card: it may hold other boxes beside the post."""
    return item.block.tag in {"body", "html", "main"} or item.block.text_end - item.block.text_start > MAX_CARD_CHARS


def far_refusal(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """What speaks against a date that shares only a wide block with its title: a box of its own, or the distance."""
    for block in climb(anchored.block):
        if block.index <= item.block.index:
            break
        area = area_of_words(block.words)
        if area is not None:
            return area
        if is_edge(block):
            return Refusal.FOOTER
    heading = heading_over(reader, anchored.block, anchored.hit.start, flat=True)
    area = area_of_heading(heading) if heading else None
    if area is not None:
        return area
    start = item.title_start if item.title_start >= 0 else item.block.text_start
    end = max(item.title_end, start)
    if anchored.hit.start - end > MAX_LINE_CHARS or start - anchored.hit.end > MAX_LINE_CHARS:
        return Refusal.NO_LINK
    return None


def column_refusal(block: Block) -> Refusal | None:
    """What the head of a table's column says of the dates in it (*Tanggal Pelaksanaan*, *Terakhir Diubah*)."""
    cell = next((parent for parent in climb(block)[:4] if parent.tag == "td"), None)
    if cell is None:
        return None
    row = cell.element.getparent()
    table = next((parent for parent in cell.element.iterancestors("table")), None)
    if row is None or table is None:
        return None
    place = row.index(cell.element)
    head = next(table.iter("tr"), None)
    if head is None or head is row or place >= len(head):
        return None
    words = " ".join("".join(head[place].itertext()).split()).lower()[:60]
    if not words or any(char.isdigit() for char in words):
        return None
    area = area_of_heading(words)
    return label_refusal(words) or (area if area is Refusal.AGENDA else None)
