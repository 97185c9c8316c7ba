"""Which post a date on a page belongs to: rule F1, the smallest block that holds one titled link to the same host.

Two further forms are read: flat lists, in which titles and dates alternate inside one parent, and days as headings over
the posts of that day.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.urls import is_post_url, is_section_url, url_key
from opd_exporter.freshness.words import DAY, MONTH, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.page import Block, Link, Outline

MIN_TITLE_LETTERS: Final = 12
MIN_TWO_WORDS: Final = 8
MIN_HEADING_LETTERS: Final = 5
MAX_CLIMB: Final = 14
MAX_FLAT_DEPTH: Final = 3
"""How deep below a shared parent the titles and dates of a flat list may stand."""
_LETTERS = re.compile(r"[^\W\d_]")
_GENERIC: Final = re.compile(
    r"^\W*(?:(?:baca|lihat|klik|read|view|show|see|learn)\b.{0,30}|(?:berita |info |informasi )?se?lengkap(?:nya)?.{0,12}|lanjut(?:kan)?.{0,20}|detail.{0,12}"
    r"|more.{0,10}|continue.{0,20}|(?:semua|all|indeks|index|arsip|other|lainnya|view all|load more|muat).{0,20}|download.{0,20}|unduh.{0,20}"
    r"|\d+ (?:komentar|comments?).{0,10}|(?:no|tidak ada|belum ada|leave a|tinggalkan|beri|tulis|add) (?:komentar|comments?).{0,20}"
    r"|bagikan.{0,30}|share.{0,30}|tweet|whatsapp|facebook|oleh .{0,30}|by .{0,30}|next.{0,20}|prev.{0,20}|sebelumnya|selanjutnya|berikutnya"
    r"|hubungi.{0,20}|skip to.{0,20}|lewati.{0,20}|langsung ke.{0,20}|kembali.{0,20}|back to.{0,20})\W*$",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    rf"\b(?:{MONTH}|{DAY}|wib|wita|wit|pukul|jam|pada|on|posted|tanggal|am|pm|{UNIT}s?|yang|lalu|ago)\b"
)
_TITLE_WORDS: Final = frozenset({"title", "judul", "headline", "heading", "name"})
_HEADING_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_STOP_TAGS: Final = frozenset({"body", "html"})


def is_generic(text: str) -> bool:
    """Whether an anchor's text names no post (*Selengkapnya*, *2 Komentar*, *Bagikan*)."""
    return bool(_GENERIC.match(text))


def letter_count(text: str) -> int:
    """How many letters ``text`` holds."""
    return len(_LETTERS.findall(text))


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
    foreign: bool = False
    flat: bool = False
    """Found by alternation inside a shared parent."""
    linked: bool = True
    """The title is the anchor's own text (not a heading beside a link that says *Selengkapnya*)."""


@dataclass(slots=True)
class Titles:
    """The titled links of a page, ready to be counted by slices."""

    outline: Outline
    positions: list[int] = field(default_factory=list)
    """Indices into ``outline.links`` of own titled links."""
    keys: list[str] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    """Indices of every own link that can be a post, titled or not."""
    foreign: list[int] = field(default_factory=list)

    def in_block(self, block: Block) -> list[int]:
        """Positions (into ``positions``) of the titled links inside ``block``."""
        low = bisect_left(self.positions, block.link_start)
        return list(range(low, bisect_left(self.positions, block.link_end)))

    def distinct(self, block: Block) -> list[int]:
        """Like ``in_block``, the first of each address only."""
        found: dict[str, int] = {}
        for place in self.in_block(block)[:200]:
            found.setdefault(self.keys[place], place)
        return list(found.values())

    def own_count(self, block: Block) -> int:
        """How many distinct own posts ``block`` links to."""
        low, high = bisect_left(self.own, block.link_start), bisect_left(self.own, block.link_end)
        return len({url_key(self.outline.links[number].url) for number in self.own[low:high][:50]})

    def link(self, place: int) -> Link:
        """The link at ``place``."""
        return self.outline.links[self.positions[place]]


def collect_titles(outline: Outline, own: Callable[[str], bool]) -> Titles:
    """Find the titled links of a page."""
    titles = Titles(outline)
    for number, link in enumerate(outline.links):
        if not link.host:
            continue
        if not own(link.url):
            if letter_count(link.text) >= MIN_TITLE_LETTERS and not is_generic(link.text):
                titles.foreign.append(number)
            continue
        if not is_post_url(link.url) or is_section_url(link.url):
            continue
        titles.own.append(number)
        if _is_titled(link):
            titles.positions.append(number)
            titles.keys.append(url_key(link.url))
    return titles


def _is_titled(link: Link) -> bool:
    count = letter_count(link.text)
    if count < MIN_HEADING_LETTERS or is_generic(link.text) or _is_date_text(link.text):
        return False
    return count >= MIN_TITLE_LETTERS or (count >= MIN_TWO_WORDS and " " in link.text) or _in_heading(link.block)


def _is_date_text(text: str) -> bool:
    """Whether an anchor holds nothing but a date."""
    if len(text) > 45 or not any(char.isdigit() for char in text):
        return False
    return letter_count(_DATE_WORDS.sub(" ", text.lower())) < 4


def _in_heading(block: Block) -> bool:
    current: Block | None = block
    for _ in range(3):
        if current is None:
            return False
        if current.tag in _HEADING_TAGS or any(word in current.words for word in _TITLE_WORDS):
            return True
        current = current.parent
    return False


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
        if inner.tag in _HEADING_TAGS or any(word in inner.words for word in ("title", "judul")):
            if letter_count(outline.text[inner.text_start : inner.text_end]) >= MIN_HEADING_LETTERS:
                return inner
    return None


def _untitled_item(titles: Titles, block: Block) -> Item | None:
    """A card whose only link is *Selengkapnya* or a picture, and whose title is a heading; or one that leads elsewhere."""
    outline = titles.outline
    low, high = bisect_left(titles.own, block.link_start), bisect_left(titles.own, block.link_end)
    own = {url_key(outline.links[number].url): number for number in titles.own[low:high][:50]}
    heading = _heading_inside(outline, block)
    if len(own) == 1 and heading is not None:
        key, number = next(iter(own.items()))
        title = " ".join(outline.text[heading.text_start : heading.text_end].split())
        if letter_count(title) >= MIN_TWO_WORDS:
            url = outline.links[number].url
            return Item(block, url, key, title[:300], heading.text_start, heading.text_end, linked=False)
    low, high = bisect_left(titles.foreign, block.link_start), bisect_left(titles.foreign, block.link_end)
    if not own and low < high:
        link = outline.links[titles.foreign[low]]
        return Item(
            block, link.url, url_key(link.url), link.text, link.block.text_start, link.block.text_end, foreign=True
        )
    return None


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
            paired[start] = [_flat_item(titles, block, span[2]) for span in chosen[:20]]
    return paired


def _broken(breaks: list[int], start: int, end: int) -> bool:
    """Whether a section heading stands between two offsets."""
    return bisect_left(breaks, start) < bisect_left(breaks, end)


def _flat_item(titles: Titles, block: Block, place: int) -> Item:
    link = titles.link(place)
    return Item(block, link.url, titles.keys[place], link.text, link.block.text_start, link.block.text_end, flat=True)
