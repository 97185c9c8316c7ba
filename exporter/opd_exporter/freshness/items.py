"""Which post a date on a page belongs to: rule F1, the smallest block that holds one titled link to the same host.

Two further forms are read: flat lists, in which titles and dates alternate inside one parent, and days as headings over
the posts of that day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.titles import (
    HEADING_TAGS,
    MIN_HEADING_LETTERS,
    MIN_TITLE_LETTERS,
    MIN_TWO_WORDS,
    Titles,
    in_heading,
    is_generic,
    letter_count,
)
from opd_exporter.freshness.urls import url_key

if TYPE_CHECKING:
    from opd_exporter.freshness.credibility import Refusal
    from opd_exporter.page import Block, Outline

MAX_CLIMB: Final = 14
MAX_FLAT_DEPTH: Final = 4
"""How deep below a shared parent the titles and dates of a flat list may stand."""
MAX_ROW_CHARS: Final = 500
_STOP_TAGS: Final = frozenset({"body", "html"})
_ROW_TAGS: Final = frozenset({"li", "tr", "article"})


@dataclass(frozen=True, slots=True)
class Item:
    """One post on a list: its block, its address and its title."""

    block: Block
    url: str
    key: str
    title: str
    title_start: int
    """Offsets of the title in the outline's text; both -1 when it is not there."""
    title_end: int
    refusal: Refusal | None = None
    """Why what the date belongs to is no post of the site."""
    flat: bool = False
    """Found by alternation inside a shared parent."""
    linked: bool = True
    """The title is the anchor's own text (not a heading beside a link that says *Selengkapnya*)."""


def climb(block: Block | None) -> list[Block]:
    """``block`` and its ancestors below the body."""
    chain: list[Block] = []
    while block is not None and block.tag not in _STOP_TAGS and len(chain) < MAX_CLIMB:
        chain.append(block)
        block = block.parent
    return chain


def common_ancestor(first: Block, second: Block) -> Block:
    """The smallest block that holds both."""
    one, two = first, second
    while one is not two:
        if one.depth >= two.depth and one.parent is not None:
            one = one.parent
        elif two.parent is not None:
            two = two.parent
        else:
            return one
    return one


def find_item(titles: Titles, block: Block) -> Item | Block | None:
    """The item around a date that stands in ``block``.

    Returns:
        An ``Item``; the ``Block`` in which several titles stand with it (undecided); or ``None`` when there is none.
    """
    current: Block | None = block
    for _ in range(MAX_CLIMB):
        if current is None:
            return None
        found = titles.distinct(current)
        if len(found) > 1:
            # A category or an author beside the title: the post is the one that is a heading.
            headed = [place for place in found if in_heading(titles.link(place).block, up_to=current)]
            found = headed if len(headed) == 1 else found
        if len(found) == 1:
            return _item(titles, current, found[0])
        if len(found) > 1:
            return current
        lone = _untitled_item(titles, current)
        if lone is not None:
            return lone
        if current.tag in _STOP_TAGS:
            return None
        current = current.parent
    return None


def title_of(titles: Titles, block: Block) -> Item | None:
    """The post that ``block`` names, or the thing of another kind; ``None`` when it names none or several."""
    found = titles.distinct(block)
    return _item(titles, block, found[0]) if len(found) == 1 else None if found else _untitled_item(titles, block)


def _item(titles: Titles, block: Block, place: int) -> Item:
    link = titles.link(place)
    anchor = link.block
    text = titles.outline.text[anchor.text_start : anchor.text_end]
    title, start, end = link.text, anchor.text_start, anchor.text_end
    heading = _heading_inside(titles.outline, anchor)
    if heading is not None:
        start, end = heading.text_start, heading.text_end
        title = " ".join(titles.outline.text[start:end].split())
    elif not text.strip():
        start = end = -1
    return Item(block, link.url, titles.keys[place], title[:300], start, end)


def _heading_inside(outline: Outline, block: Block) -> Block | None:
    """A heading inside an anchor that wraps a whole card."""
    for inner in outline.blocks[block.index + 1 : min(block.last + 1, block.index + 40)]:
        headed = inner.tag in HEADING_TAGS or any(word in inner.words for word in ("title", "judul"))
        if headed and letter_count(outline.text[inner.text_start : inner.text_end]) >= MIN_HEADING_LETTERS:
            return inner
    return None


def _untitled_item(titles: Titles, block: Block) -> Item | None:
    """A card or row whose only link is *Selengkapnya* or a picture; or one whose title is no post of the site."""
    outline = titles.outline
    low, high = bisect_left(titles.own, block.link_start), bisect_left(titles.own, block.link_end)
    own = {url_key(outline.links[number].url): number for number in titles.own[low:high][:50]}
    if len(own) == 1:
        key, number = next(iter(own.items()))
        link = outline.links[number]
        heading = _heading_inside(outline, block)
        if heading is not None:
            title = " ".join(outline.text[heading.text_start : heading.text_end].split())
            if letter_count(title) >= MIN_TWO_WORDS:
                return Item(block, link.url, key, title[:300], heading.text_start, heading.text_end, linked=False)
        elif is_generic(link.text) and (block.tag in _ROW_TAGS or _has_bold(outline, block)):
            title = _longest_line(outline, block)
            if letter_count(title) >= MIN_TITLE_LETTERS:
                return Item(block, link.url, key, title, -1, -1, linked=False)
    low, high = bisect_left(titles.others, block.link_start), bisect_left(titles.others, block.link_end)
    if not own and low < high:
        number = titles.others[low]
        link, refusal = outline.links[number], titles.other_refusals[number]
        anchor = link.block
        return Item(block, link.url, url_key(link.url), link.text, anchor.text_start, anchor.text_end, refusal=refusal)
    return None


def _has_bold(outline: Outline, block: Block) -> bool:
    """Whether the block holds a bold line that can be a title."""
    inner = outline.blocks[block.index + 1 : min(block.last + 1, block.index + 20)]
    return any(
        one.tag in {"b", "strong"} and letter_count(outline.text[one.text_start : one.text_end]) >= MIN_TITLE_LETTERS
        for one in inner
    )


def _longest_line(outline: Outline, block: Block) -> str:
    """The longest line of a short row: its title, where the link says *Detail*."""
    text = outline.text[block.text_start : block.text_end]
    return max(text.split("\n"), key=letter_count).strip()[:300] if len(text) < MAX_ROW_CHARS else ""


def pair_flat(
    titles: Titles, block: Block, dates: list[tuple[int, int, Block]], breaks: list[int]
) -> dict[int, list[Item]]:
    """Give each undecided date of ``block`` its title by alternation.

    Args:
        titles: Of the page.
        block: The parent that holds several titles and the dates.
        dates: (start, end, block) of each date in the outline's text, in order.
        breaks: Offsets of section headings, across which nothing is paired.

    Returns:
        Start of a date -> its items (several when a day stands over the posts of that day).
    """
    dates = [entry for entry in dates if entry[2].depth - block.depth <= MAX_FLAT_DEPTH]
    places = [
        place for place in titles.distinct(block) if titles.link(place).block.depth - block.depth <= MAX_FLAT_DEPTH
    ]
    if len(dates) < 2 or len(places) < 2:
        return {}
    spans = sorted((titles.link(place).block.text_start, titles.link(place).block.text_end, place) for place in places)
    starts = [span[0] for span in spans]
    date_first = dates[0][0] < starts[0]
    paired: dict[int, list[Item]] = {}
    for number, (start, end, _) in enumerate(dates):
        if date_first:
            limit = dates[number + 1][0] if number + 1 < len(dates) else block.text_end
            chosen = spans[bisect_left(starts, end) : bisect_left(starts, limit)]
            if chosen and chosen[0][0] - end > 160:
                chosen = []
            chosen = [span for span in chosen if not _broken(breaks, end, span[0])]
        else:
            floor = dates[number - 1][1] if number else block.text_start
            place = bisect_right(starts, start) - 1
            chosen = (
                [spans[place]] if place >= 0 and spans[place][0] >= floor and start - spans[place][1] <= 400 else []
            )
            chosen = [span for span in chosen if not _broken(breaks, span[1], start)]
        if chosen:
            paired[start] = [flat_item(titles, block, span[2]) for span in chosen[:20]]
    return paired


def _broken(breaks: list[int], start: int, end: int) -> bool:
    """Whether a section heading stands between two offsets."""
    return bisect_left(breaks, start) < bisect_left(breaks, end)


def flat_item(titles: Titles, block: Block, place: int) -> Item:
    """The post at ``place``, one of several in ``block``."""
    link = titles.link(place)
    return Item(block, link.url, titles.keys[place], link.text, link.block.text_start, link.block.text_end, flat=True)
