"""What the line around a date says of it: its label, the sentence or title that it is part of, its missing year."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.areas import PUBLISHED_LABEL, is_modified, label_refusal
from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.dates import weekday_before
from opd_exporter.freshness.items import climb
from opd_exporter.freshness.places import MAX_LINE_CHARS, apart_refusal, column_refusal, far_refusal, is_wide
from opd_exporter.freshness.titles import letter_count
from opd_exporter.freshness.urls import url_day

if TYPE_CHECKING:
    from opd_exporter.freshness.anchors import Anchored, ListReader
    from opd_exporter.freshness.hits import DateHit
    from opd_exporter.freshness.items import Item

_META: Final = re.compile(
    r"\b(?:oleh|by|admin\w*|penulis|author|humas|dibaca|dilihat|views?|hits?|kali|komentar|comments?|kategori|category|categori[sz]ed|in|pada|on|posted"
    r"|published|diterbitkan|dipublikasikan|diposting|ditulis|publish|tanggal|tgl|wib|wita|wit|pukul|jam|menit|baca|read|tags?|share|berita|artikel"
    r"|pengumuman|operator|editor|redaksi|super|user)\b"
)
_CLAUSE = re.compile(r"\b(?:pada|tanggal|hari|sejak|hingga|sampai)\b[\s,]*(?:hari\s*)?(?:[a-z']+,?\s*)?$")
_BYLINE = re.compile(r"\W{0,4}(?:oleh|by|penulis|author|redaksi|kontributor)\b")
MAX_BYLINE_WORDS: Final = 7
"""The author opens the line: *Oleh: Humas, pada 18 November 2026*."""
_GOES_ON = re.compile(
    r"[ \t]+(?!(?:oleh|pada|posted|published|diterbitkan|dipublikasikan|diposting|ditulis|terbit|tayang|tanggal)\b)"
    r"[a-z]{4,}\b"
)
"""After a title: the sentence whose object it is, not a line about it."""
_SET_OFF = re.compile(r"\s*(?:[-|\u2013\u2014\u2022\u00b7]|\)\s*[-|\u2013\u2014]?|\n)")
_WORD_ALONE = re.compile(r"\s*$|\W*(?:oleh|by|pukul|jam|,|\|)")
_MODIFIED = re.compile(r"modif|lastmod|lastupdate|diperbarui|expired|deadline")
_UPDATED_AFTER = re.compile(
    r" {0,2}[(\[]? ?(?:di)?(?:perbarui|perbaharui|update|edit|ubah|modif)\w{0,6}(?![\w :,]{0,16}\d)"
)
"""After a date; not where it is the label of the next one."""
_LONE_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")


def words_before(reader: ListReader, anchored: Anchored, item: Item) -> str:
    """The words of the item that stand before the date, the title left out."""
    start = anchored.hit.start
    opening = item.block.text_start
    if item.title_end > opening and item.title_end <= start:
        opening = item.title_end
    text = reader.outline.text[max(opening, start - 90) : start]
    return text.split("\n\n")[-1] if "\n\n" in text.rstrip() else text


def own_refusal(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """What speaks against one date of an item, apart from where the item stands."""
    if anchored.block.hidden and not anchored.name:
        return Refusal.HIDDEN
    if anchored.hit.span:
        return Refusal.SPAN
    refusal = _changed(reader, anchored, item)
    if refusal is None and (item.flat or is_wide(item)):
        refusal = far_refusal(reader, anchored, item)
    elif refusal is None:
        refusal = apart_refusal(reader, anchored, item)
    if refusal is None:
        said = _attribute_refusal if anchored.name else _printed_refusal
        refusal = said(reader, anchored, item)
    return refusal


def _changed(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """Whether an element around the date is called one of change."""
    for block in climb(anchored.block):
        if block.index <= item.block.index:
            return None
        if is_modified(block.words):
            if not _MODIFIED.search(block.words) and not block.hidden:
                reader.weak.add(id(anchored))
            return Refusal.UPDATED_LABEL
    return None


def _attribute_refusal(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """What the name of an attribute's date says, and the label inside its element."""
    if (
        "modif" in anchored.name
        or "update" in anchored.name.replace("published updated", "")
        or "expire" in anchored.name
    ):
        return Refusal.UPDATED_LABEL
    if any(word in anchored.name for word in ("startdate", "enddate", "validfrom", "validthrough")):
        return Refusal.AGENDA
    start = max(item.block.text_start, anchored.block.text_start - 40)
    return label_refusal(_label_part(reader.outline.text[start : anchored.block.text_end]))


def _printed_refusal(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """What the words around a printed date say of it."""
    hit, text = anchored.hit, reader.outline.text
    if hit.day is None and resolve_year(reader, anchored, item) is None:
        return Refusal.NO_YEAR
    label = label_refusal(words_before(reader, anchored, item)) or column_refusal(anchored.block)
    if label is None and _UPDATED_AFTER.match(text[hit.end : hit.end + 40].lower()):
        label = Refusal.UPDATED_LABEL
    if label is not None:
        return label
    if item.title_start <= hit.start < item.title_end:
        return _inside_title(reader, hit, item)
    return _inside_sentence(reader, anchored, item)


def _label_part(text: str) -> str:
    """The words in front of the first digit."""
    found = re.search(r"\d", text)
    return text[: found.start()] if found else text


def _inside_title(reader: ListReader, hit: DateHit, item: Item) -> Refusal | None:
    """A date inside the title itself counts only when it is set off at one end."""
    text = reader.outline.text
    before, after = text[item.title_start : hit.start], text[hit.end : item.title_end]
    if not letter_count(before) and re.match(r"\s*[-|:\u2013\u2014\n)\]]", after):
        return None
    if not letter_count(after) and re.search(r"[\n(\[|]\s*(?:\w+,\s*)?$", before):
        return None
    return Refusal.TITLE


def _inside_sentence(reader: ListReader, anchored: Anchored, item: Item) -> Refusal | None:
    """Whether the text node around the date is a sentence rather than a line about the post."""
    text, hit = reader.outline.text, anchored.hit
    start = text.rfind("\n", 0, hit.start) + 1
    end = text.find("\n", hit.end)
    end = len(text) if end < 0 else end
    block = reader.outline.block_at(hit.start)
    if block is not None:
        start = max(start, block.text_start)
        end = min(end, max(block.text_end, hit.end))
    start, end = max(start, hit.start - MAX_LINE_CHARS), min(end, hit.end + MAX_LINE_CHARS)
    if start < item.title_end <= hit.start:
        start = item.title_end
        if _GOES_ON.match(text[start : hit.start]):
            return Refusal.SENTENCE
    elif hit.end <= item.title_start and item.title_end <= end:
        end = item.title_start
    kind = line_kind(text[start : hit.start], text[hit.end : end])
    if hit.word and kind is LineKind.ABOUT and not _WORD_ALONE.match(text[hit.end : end].lower()):
        kind = LineKind.ABOUT if letter_count(text[start : hit.start] + text[hit.end : end]) <= 6 else LineKind.SENTENCE
    if kind is LineKind.DATELINE:
        reader.weak.add(id(anchored))
    return None if kind is LineKind.ABOUT else Refusal.SENTENCE


class LineKind(Enum):
    """What the line around a date is."""

    ABOUT = "about"
    """A line about the post: a date, an author, a count of readers."""
    DATELINE = "dateline"
    """The head of a report: SERANG, 24/11/2026 - ..."""
    SENTENCE = "sentence"


def line_kind(before: str, after: str) -> LineKind:
    """What a line is, by the words before and after its date."""
    lowered = f"{before} {after}".lower()
    count, ahead = letter_count(lowered), letter_count(before)
    byline = _BYLINE.match(before.lower()) is not None and len(before.split()) <= MAX_BYLINE_WORDS
    published = byline or bool(PUBLISHED_LABEL.search(before.lower()))
    if _CLAUSE.search(before.lower()) and not published and len(before.split()) >= 3:
        return LineKind.SENTENCE
    if count <= 45:
        return LineKind.ABOUT
    words = len(re.findall(r"\w+", lowered))
    if count <= 140 and len(_META.findall(lowered)) * 3 >= words:
        return LineKind.ABOUT
    if ahead <= 14 and _SET_OFF.match(after):
        return LineKind.ABOUT if ahead <= 3 or published else LineKind.DATELINE
    return LineKind.SENTENCE


def resolve_year(reader: ListReader, anchored: Anchored, item: Item) -> date | None:
    """The year of ``24 November``: from the address, a lone year beside it, or the weekday in front of it."""
    if anchored.hit.month_day is None:
        return None
    month, day = anchored.hit.month_day
    written = url_day(item.url)
    text = reader.outline.text
    if written is not None and written.month == month:
        year: int | None = written.year
    else:
        around = (
            text[max(0, anchored.hit.start - 12) : anchored.hit.start]
            + " "
            + text[anchored.hit.end : anchored.hit.end + 12]
        )
        lone = _LONE_YEAR.search(around)
        year = (
            int(lone.group(1))
            if lone
            else _year_by_weekday(
                text[max(0, anchored.hit.start - 16) : anchored.hit.start], month, day, reader.now.date()
            )
        )
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


def _year_by_weekday(before: str, month: int, day: int, today: date) -> int | None:
    """The latest of the last five years in which that day had the weekday written before it."""
    weekday = weekday_before(before)
    for year in range(today.year, today.year - 5, -1):
        if weekday is None or (month, day) == (2, 29):
            return None
        candidate = date(year, month, day)
        if candidate <= today and candidate.weekday() == weekday:
            return year
    return None
