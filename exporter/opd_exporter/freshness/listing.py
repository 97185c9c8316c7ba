"""Dates beside post titles on a page that lists posts (the home page, the news page)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.areas import (
    PUBLISHED_LABEL,
    area_of_heading,
    area_of_words,
    is_edge,
    is_modified,
    label_refusal,
)
from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.dates import DateHit, find_dates, weekday_before
from opd_exporter.freshness.hints import picture_day
from opd_exporter.freshness.items import Item, climb, common_ancestor, find_item, pair_flat
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.freshness.titles import HEADING_TAGS, Titles, collect_titles, in_heading, letter_count
from opd_exporter.freshness.urls import url_day, url_exact_day, url_key
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import tzinfo

    from opd_exporter.page import Block, Outline, Page

MAX_DATES: Final = 400
MAX_TITLES: Final = 200
MAX_CARD_CHARS: Final = 1_200
MAX_LINE_CHARS: Final = 400
"""How far to either side a sentence is looked for."""
_META: Final = re.compile(
    r"\b(?:oleh|by|admin\w*|penulis|author|humas|dibaca|dilihat|views?|hits?|kali|komentar|comments?|kategori|category|categori[sz]ed|in|pada|on|posted"
    r"|published|diterbitkan|dipublikasikan|diposting|ditulis|publish|tanggal|tgl|wib|wita|wit|pukul|jam|menit|baca|read|tags?|share|berita|artikel"
    r"|pengumuman|operator|editor|redaksi|super|user)\b"
)
_DIRECTORY: Final = re.compile(r"^\s*(?:index of /|directory listing|daftar isi direktori)", re.IGNORECASE)
_MODIFIED = re.compile(r"modif|lastmod|lastupdate|diperbarui|expired|deadline")
_UPDATED_AFTER = re.compile(r" {0,2}[(\[]? ?(?:di)?(?:perbarui|perbaharui|update|edit|ubah|modif)")
_LONE_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Anchored:
    """A date of the page with the block in which it stands."""

    hit: DateHit
    block: Block
    raw: str
    name: str = ""
    """Property or attribute for a machine date, else an empty string."""
    moment: datetime | None = None
    date_only: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page says of posts."""

    sightings: tuple[Sighting, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    """(title, URL) of every titled own link, in order."""
    undated: tuple[tuple[str, str], ...] = ()
    """Those that have no date of their own on this page."""


@dataclass(slots=True)
class _Reader:
    page: Page
    titles: Titles
    now: datetime
    zone: tzinfo
    outline: Outline
    headings: list[tuple[int, Block, str]] = field(default_factory=list)
    directory: bool = False
    weak: set[int] = field(default_factory=set)
    """``id`` of dates that count when an item has no better one (a dateline, an ``updated`` class)."""
    areas: dict[int, Refusal | None] = field(default_factory=dict)


def read_listing(page: Page, own: Callable[[str], bool], now: datetime, zone: tzinfo) -> Listing:
    """Every date of ``page`` with the post it belongs to, or the reason why it belongs to none."""
    outline = page.outline
    titles = collect_titles(outline, own)
    reader = _Reader(page, titles, now, zone, outline)
    reader.directory = bool(_DIRECTORY.match(page.title) or (page.headings and _DIRECTORY.match(page.headings[0])))
    reader.headings = _section_headings(outline, titles)
    found = _anchor_dates(reader)
    sightings = _sight(reader, found)
    sightings += _from_addresses(reader, sightings)
    sightings = _doubt_today(sightings, now)
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


def _anchor_dates(reader: _Reader) -> list[Anchored]:
    """Dates in the text and in attributes, each with the block in which it stands."""
    outline, found = reader.outline, []
    for hit in find_dates(outline.text, reader.now, reader.zone)[:MAX_DATES]:
        first, last = outline.block_at(hit.start), outline.block_at(max(hit.start, hit.end - 1))
        if first is None or last is None:
            continue
        block = first if first is last else common_ancestor(first, last)
        found.append(
            Anchored(
                hit,
                block,
                outline.text[hit.start : hit.end],
                moment=hit.moment(reader.zone, reader.now),
                date_only=hit.time is None,
            )
        )
    for mark in outline.marks[:MAX_DATES]:
        parsed = parse_machine(mark.value, reader.now, reader.zone)
        if parsed is None:
            continue
        moment, date_only = parsed
        if date_only:
            moment = DateHit(0, 0, moment.date()).moment(reader.zone, reader.now) or moment
        hit = DateHit(mark.block.text_start, mark.block.text_end, moment.date())
        found.append(Anchored(hit, mark.block, mark.value, mark.name, moment, date_only))
    return found


def _sight(reader: _Reader, found: list[Anchored]) -> list[Sighting]:
    """Give each date its item; where several titles share a block, pair them by alternation."""
    sightings: list[Sighting] = []
    by_item: dict[tuple[str, int], list[tuple[Anchored, Item]]] = defaultdict(list)
    undecided: dict[int, list[Anchored]] = defaultdict(list)
    parents: dict[int, Block] = {}
    for anchored in found:
        place = find_item(reader.titles, anchored.block)
        if place is None:
            sightings.append(_refused(reader, anchored, Refusal.NO_LINK))
        elif isinstance(place, Item):
            by_item[place.key, place.block.index].append((anchored, place))
        else:
            undecided[place.index].append(anchored)
            parents[place.index] = place
    for index, group in undecided.items():
        group.sort(key=lambda anchored: anchored.hit.start)
        offsets = {anchored.hit.start: (anchored.hit.start, anchored.hit.end, anchored.block) for anchored in group}
        paired = pair_flat(
            reader.titles, parents[index], list(offsets.values()), [entry[0] for entry in reader.headings]
        )
        for anchored in group:
            items = paired.get(anchored.hit.start)
            if not items:
                sightings.append(_refused(reader, anchored, Refusal.MANY_LINKS))
            for item in items or ():
                by_item[item.key, anchored.hit.start].append((anchored, item))
    edges: Counter[int] = Counter()
    for (_, _), group_items in by_item.items():
        edge = _edge_of(group_items[0][1])
        if edge is not None:
            edges[edge.index] += 1
    for pairs in by_item.values():
        sightings.extend(_choose(reader, pairs, edges))
    return sightings


def _choose(reader: _Reader, pairs: list[tuple[Anchored, Item]], edges: Counter[int]) -> list[Sighting]:
    """The publication date of one item among its dates; the others are refused as such."""
    item = pairs[0][1]
    area = _area_refusal(reader, item, edges)
    judged: list[tuple[int, Anchored, Refusal | None]] = []
    for anchored, _ in pairs:
        refusal = area or _own_refusal(reader, anchored, item)
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


def _rank(reader: _Reader, anchored: Anchored, item: Item) -> int:
    """How clearly a date is the publication date: 0 is clearest."""
    if anchored.name:
        if "publish" in anchored.name or "created" in anchored.name or anchored.name in {"dc:date", "date", "pubdate"}:
            return 0
        return 1
    if PUBLISHED_LABEL.search(_before(reader, anchored, item)[-40:].lower()):
        return 0
    return 2 if not anchored.hit.relative else 3


def _before(reader: _Reader, anchored: Anchored, item: Item) -> str:
    """The words of the item that stand before the date, the title left out."""
    start = anchored.hit.start
    opening = item.block.text_start
    if item.title_end > opening and item.title_end <= start:
        opening = item.title_end
    text = reader.outline.text[max(opening, start - 90) : start]
    return text.split("\n\n")[-1] if "\n\n" in text.rstrip() else text


def _own_refusal(reader: _Reader, anchored: Anchored, item: Item) -> Refusal | None:
    """What speaks against one date of an item, apart from where the item stands."""
    hit = anchored.hit
    if anchored.block.hidden and not anchored.name:
        return Refusal.HIDDEN
    if hit.span:
        return Refusal.SPAN
    for block in climb(anchored.block):
        if block.index <= item.block.index:
            break
        if is_modified(block.words):
            if not _MODIFIED.search(block.words) and not block.hidden:
                reader.weak.add(id(anchored))
            return Refusal.UPDATED_LABEL
    if item.flat or _is_wide(item):
        far = _far_refusal(reader, anchored, item)
        if far is not None:
            return far
    if anchored.name:
        if "modif" in anchored.name or "updated" in anchored.name.split() or "expire" in anchored.name:
            return Refusal.UPDATED_LABEL
        if any(word in anchored.name for word in ("startdate", "enddate", "validfrom", "validthrough")):
            return Refusal.AGENDA
        words = reader.outline.text[
            max(item.block.text_start, anchored.block.text_start - 40) : anchored.block.text_end
        ]
        label = label_refusal(_label_part(words))
        return label
    if hit.day is None and _resolve_year(reader, anchored, item) is None:
        return Refusal.NO_YEAR
    label = label_refusal(_before(reader, anchored, item)) or _column_refusal(anchored.block)
    if label is not None:
        return label
    if _UPDATED_AFTER.match(reader.outline.text[hit.end : hit.end + 24].lower()):
        return Refusal.UPDATED_LABEL
    if item.title_start <= hit.start < item.title_end:
        return _inside_title(reader, hit, item)
    return _inside_sentence(reader, anchored, item)


def _is_wide(item: Item) -> bool:
    """Whether the block is a part of the page rather than a card: it may hold other boxes beside the post."""
    return item.block.tag in {"body", "html", "main"} or item.block.text_end - item.block.text_start > MAX_CARD_CHARS


def _far_refusal(reader: _Reader, anchored: Anchored, item: Item) -> Refusal | None:
    """What speaks against a date that shares only a wide block with its title: a box of its own, or the distance."""
    for block in climb(anchored.block):
        if block.index <= item.block.index:
            break
        area = area_of_words(block.words)
        if area is not None:
            return area
        if is_edge(block):
            return Refusal.FOOTER
    heading = _heading_over(reader, anchored.block, anchored.hit.start, flat=True)
    area = area_of_heading(heading) if heading else None
    if area is not None:
        return area
    start = item.title_start if item.title_start >= 0 else item.block.text_start
    end = max(item.title_end, start)
    if anchored.hit.start - end > MAX_LINE_CHARS or start - anchored.hit.end > MAX_LINE_CHARS:
        return Refusal.NO_LINK
    return None


def _column_refusal(block: Block) -> Refusal | None:
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


def _label_part(text: str) -> str:
    """The words in front of the first digit."""
    found = re.search(r"\d", text)
    return text[: found.start()] if found else text


def _inside_title(reader: _Reader, hit: DateHit, item: Item) -> Refusal | None:
    """A date inside the title itself counts only when it is set off at one end."""
    text = reader.outline.text
    before, after = text[item.title_start : hit.start], text[hit.end : item.title_end]
    if not letter_count(before) and re.match(r"\s*[-|:\u2013\u2014\n)\]]", after):
        return None
    if not letter_count(after) and re.search(r"[\n(\[|]\s*(?:\w+,\s*)?$", before):
        return None
    return Refusal.TITLE


def _inside_sentence(reader: _Reader, anchored: Anchored, item: Item) -> Refusal | None:
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
    if start <= item.title_start and item.title_end <= hit.start:
        start = item.title_end
    elif hit.end <= item.title_start and item.title_end <= end:
        end = item.title_start
    line = text[start:end]
    rest = line[: hit.start - start] + " " + line[hit.end - start :]
    count = letter_count(rest)
    if hit.word and count > 6 and not re.match(r"\s*$|\W*(?:oleh|by|pukul|jam|,|\|)", text[hit.end : end].lower()):
        return Refusal.SENTENCE
    if count <= 45:
        return None
    lowered = rest.lower()
    words = len(re.findall(r"\w+", lowered))
    if count <= 140 and len(_META.findall(lowered)) * 3 >= words:
        return None
    before = letter_count(line[: hit.start - start])
    if before <= 14 and re.match(
        r"\s*(?:[-|\u2013\u2014\u2022\u00b7]|\)\s*[-|\u2013\u2014]?|\n)", line[hit.end - start :]
    ):
        if before <= 3 or PUBLISHED_LABEL.search(line[: hit.start - start].lower()):
            return None
        reader.weak.add(id(anchored))  # a dateline: SERANG, 24/11/2026 - ...
    return Refusal.SENTENCE


def _area_refusal(reader: _Reader, item: Item, edges: Counter[int]) -> Refusal | None:
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
    edge = _edge_of(item)
    if edge is not None and edges[edge.index] < 2:
        return Refusal.FOOTER
    return None


def _place_refusal(reader: _Reader, item: Item) -> Refusal | None:
    for block in climb(item.block):
        area = area_of_words(block.words)
        if area is not None:
            return area
    if not item.linked and len(item.title.split()) <= 3 and (area := area_of_heading(item.title)) is not None:
        return area
    start = item.title_start if item.flat and item.title_start >= 0 else item.block.text_start
    heading = _heading_over(reader, item.block, start, flat=item.flat)
    return area_of_heading(heading) if heading else None


def _edge_of(item: Item) -> Block | None:
    """The head, foot or menu in which the item stands."""
    for block in climb(item.block):
        if is_edge(block):
            return block
    return None


def _section_headings(outline: Outline, titles: Titles) -> list[tuple[int, Block, str]]:
    """(offset, block, text) of headings that name a section, in order: real ones, and others only where they name a bad area."""
    found = []
    for block in outline.heading_blocks:
        text = " ".join(outline.text[block.text_start : block.text_end].split())
        if 2 < len(text) < 90 and not titles.in_block(block) and not _inside_item(block, titles):
            found.append((block.text_start, block, text))
    for block in outline.blocks:
        if block.tag in {"caption", "legend", "strong", "b", "summary", "dt", "th", "td"} or (
            block.tag in {"div", "span", "p", "a", "li"}
            and any(word in block.words for word in ("title", "judul", "heading", "header"))
        ):
            size = block.text_end - block.text_start
            lone = block.tag not in {"td", "th"} or _is_only_cell(block)
            if 3 < size < 50 and lone and not titles.in_block(block):
                text = " ".join(outline.text[block.text_start : block.text_end].split())
                if area_of_heading(text) is not None:
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


def _heading_over(reader: _Reader, inner: Block, start: int, *, flat: bool = False) -> str | None:
    """The nearest heading before ``inner`` whose own section holds it."""
    for offset, block, text in reversed(reader.headings):
        if offset > start or (not flat and block.index >= inner.index):
            continue
        section = block.parent
        for _ in range(3):
            if section is None:
                break
            if section.index <= inner.index <= section.last:
                return text
            section = section.parent
    return None


def _resolve_year(reader: _Reader, anchored: Anchored, item: Item) -> date | None:
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


def _sighting(reader: _Reader, anchored: Anchored, item: Item, refusal: Refusal | None) -> Sighting:
    moment, date_only = anchored.moment, anchored.date_only
    if moment is None and refusal is None:
        day = _resolve_year(reader, anchored, item)
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
        image=_picture(reader, item) if refusal is None else "",
        shape=_shape(item),
        carded=_is_carded(reader, item),
    )


def _shape(item: Item) -> str:
    """Tag and classes of the item's block, and of what it stands in: the same for all items of a list."""
    block, parent = item.block, item.block.parent
    if item.flat:
        return f"flat {block.index}"
    above = f"{parent.tag} {parent.words}" if parent is not None else ""
    return re.sub(r"\d+", "", f"{block.tag} {block.words} < {above}")


def _is_carded(reader: _Reader, item: Item) -> bool:
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


def _picture(reader: _Reader, item: Item) -> str:
    """Address of the first picture in the item's block."""
    for block in reader.outline.blocks[item.block.index : min(item.block.last + 1, item.block.index + 30)]:
        if block.tag == "img":
            return str(block.element.get("src") or block.element.get("data-src") or "")
    return ""


def _refused(reader: _Reader, anchored: Anchored, refusal: Refusal) -> Sighting:
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
        heading = _heading_over(reader, anchored.block, anchored.block.text_start)
        refusal = (area_of_heading(heading) if heading else None) or refusal
    text = reader.outline.text
    if refusal is Refusal.NO_LINK:
        label = label_refusal(text[max(0, anchored.hit.start - 60) : anchored.hit.start])
        today = reader.now.astimezone(reader.zone).date()
        refusal = label or (Refusal.CLOCK if anchored.hit.day == today else refusal)
    return Sighting(PostSource.PAGE, reader.page.url, anchored.raw, moment=anchored.moment, refusal=refusal)


def _from_addresses(reader: _Reader, sightings: Iterable[Sighting]) -> list[Sighting]:
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
        blocks = climb(link.block)
        refusal = next((area for area in (area_of_words(block.words) for block in blocks) if area), None)
        found.append(
            Sighting(PostSource.PAGE, reader.page.url, link.url[-60:], link.text, link.url, moment, refusal=refusal)
        )
    return found


def _doubt_today(sightings: list[Sighting], now: datetime) -> list[Sighting]:
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
