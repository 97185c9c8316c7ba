"""The titled links of a page: which anchors can name a post, and how many stand in a block."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.urls import (
    is_agenda_url,
    is_comment_url,
    is_document_url,
    is_post_url,
    is_section_url,
    is_service_url,
    url_key,
)
from opd_exporter.freshness.words import DAY, MONTH, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.page import Block, Link, Outline

MIN_TITLE_LETTERS: Final = 12
MIN_TWO_WORDS: Final = 8
MIN_HEADING_LETTERS: Final = 5
_REPLY = re.compile(r"\W*(?:re|bls|balas(?:an)?|tanggapan)\s?:\s", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_GENERIC: Final = re.compile(
    r"^\W*(?:(?:baca|lihat|klik|read|view|show|see|learn)\b.{0,30}|(?:berita |info |informasi "
    r")?se?lengkap(?:nya)?.{0,12}|lanjut(?:kan)?.{0,20}|detail.{0,12}"
    r"|more.{0,10}|continue.{0,20}|(?:semua|all|indeks|index|arsip|other|lainnya|view all|load more"
    r"|muat).{0,20}|download.{0,20}|unduh.{0,20}"
    r"|\d+ (?:komentar|comments?).{0,10}|(?:no|tidak ada|belum ada|leave a|tinggalkan|beri|tulis|add) "
    r"(?:komentar|comments?).{0,20}"
    r"|bagikan.{0,30}|share.{0,30}|tweet|whatsapp|facebook|oleh .{0,30}|by .{0,30}|next.{0,20}|prev.{0,20}"
    r"|sebelumnya|selanjutnya|berikutnya"
    r"|hubungi.{0,20}|skip to.{0,20}|lewati.{0,20}|langsung ke.{0,20}|kembali.{0,20}|back to.{0,20})\W*$",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    rf"\b(?:{MONTH}|{DAY}|wib|wita|wit|pukul|jam|pada|on|posted|tanggal|am|pm|{UNIT}s?|yang|lalu|ago)\b"
)
_TITLE_WORD = re.compile("title|judul|headline|heading|name")
HEADING_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def is_generic(text: str) -> bool:
    """Whether an anchor's text names no post (*Selengkapnya*, *2 Komentar*, *Bagikan*)."""
    return bool(_GENERIC.match(text))


def letter_count(text: str) -> int:
    """How many letters ``text`` holds."""
    return len(_LETTERS.findall(text))


@dataclass(slots=True)
class Titles:
    """The titled links of a page, ready to be counted by slices."""

    outline: Outline
    positions: list[int] = field(default_factory=list)
    """Indices into ``outline.links`` of own titled links."""
    keys: list[str] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    """Indices of every own link that can be a post, titled or not."""
    others: list[int] = field(default_factory=list)
    """Indices of titled links that are no posts of the site: of other hosts, files, agenda entries."""
    other_refusals: dict[int, Refusal] = field(default_factory=dict)

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

    def names_other(self, block: Block) -> bool:
        """Whether ``block`` holds the title of something that is no post of the site."""
        return bisect_left(self.others, block.link_start) < bisect_left(self.others, block.link_end)

    def note_other(self, number: int, link: Link, refusal: Refusal) -> None:
        """Remember a titled link that is no post of the site."""
        if letter_count(link.text) >= MIN_TWO_WORDS and not is_generic(link.text):
            self.others.append(number)
            self.other_refusals[number] = refusal

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
            titles.note_other(number, link, Refusal.OTHER_HOST)
            continue
        if not is_post_url(link.url):
            if (refusal := _kind_of_other(link.url)) is not None:
                titles.note_other(number, link, refusal)
            continue
        if is_section_url(link.url):
            continue
        if _REPLY.match(link.text):
            titles.note_other(number, link, Refusal.COMMENT)
            continue
        titles.own.append(number)
        if _is_titled(link):
            titles.positions.append(number)
            titles.keys.append(url_key(link.url))
    return titles


def _kind_of_other(url: str) -> Refusal | None:
    """What an own address that is no post leads to, where a date may stand beside it."""
    if is_document_url(url):
        return Refusal.DOWNLOAD
    if is_agenda_url(url):
        return Refusal.AGENDA
    if is_service_url(url):
        return Refusal.WIDGET
    return Refusal.COMMENT if is_comment_url(url) else None


def _is_titled(link: Link) -> bool:
    count = letter_count(link.text)
    if count < MIN_HEADING_LETTERS or is_generic(link.text) or _is_date_text(link.text):
        return False
    return count >= MIN_TITLE_LETTERS or (count >= MIN_TWO_WORDS and " " in link.text) or in_heading(link.block)


def _is_date_text(text: str) -> bool:
    """Whether an anchor holds nothing but a date."""
    if len(text) > 45 or not _DIGIT.search(text):
        return False
    return letter_count(_DATE_WORDS.sub(" ", text.lower())) < 4


def in_heading(block: Block, up_to: Block | None = None) -> bool:
    """Whether an anchor is a heading, stands in one, or is called a title; looked for below ``up_to``."""
    current: Block | None = block
    for _ in range(3):
        if current is None or current is up_to:
            return False
        if current.tag in HEADING_TAGS or _TITLE_WORD.search(current.words):
            return True
        current = current.parent
    return False
