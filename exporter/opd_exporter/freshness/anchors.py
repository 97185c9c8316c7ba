"""Dates of a page with the blocks in which they stand, and what is shared while a list is read."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.dates import find_dates
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.items import common_ancestor
from opd_exporter.freshness.machine import parse_machine

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from opd_exporter.freshness.credibility import Refusal
    from opd_exporter.freshness.titles import Titles
    from opd_exporter.page import Block, Outline, Page

MAX_DATES: Final = 400
MAX_STAMP_CHARS: Final = 60


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


@dataclass(slots=True)
class ListReader:
    """What the rules share while one list is read."""

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
    dates: list[int] = field(default_factory=list)
    """Offsets of the printed dates, in order."""


def anchor_dates(reader: ListReader) -> list[Anchored]:
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
    reader.dates = [anchored.hit.start for anchored in found]
    for mark in outline.marks[:MAX_DATES]:
        parsed = parse_machine(mark.value, reader.now, reader.zone)
        if parsed is None:
            continue
        moment, date_only = parsed
        if date_only:
            moment = DateHit(0, 0, moment.date()).moment(reader.zone, reader.now) or moment
        hit = DateHit(mark.block.text_start, mark.block.text_end, moment.date())
        machine = Anchored(hit, mark.block, mark.value, mark.name, moment, date_only)
        printed = _printed_in(found, reader.dates, mark.block)
        if printed is None or not _belies(printed, machine):
            found.append(machine)
    return found


def _printed_in(found: list[Anchored], offsets: list[int], block: Block) -> Anchored | None:
    """The one date that ``block``, a short element with a date in an attribute, shows to readers."""
    if block.text_end - block.text_start > MAX_STAMP_CHARS:
        return None
    low, high = bisect_left(offsets, block.text_start), bisect_left(offsets, block.text_end)
    return found[low] if high - low == 1 else None


def _belies(printed: Anchored, machine: Anchored) -> bool:
    """Whether readers see an older day than the attribute says: that was put in when the page was made."""
    shown, said = printed.hit, machine.hit.day
    if shown.day is None or said is None or shown.relative:
        return False
    return all(said - day > timedelta(days=2) for day in (shown.day, shown.other) if day is not None)
