"""Days as headings over the posts of that day, each day with its posts in a wrapper of its own (old Blogger themes).

    <div class="date-outer"> <h2>Kamis, 19 November 2026</h2> (posts) </div>
    <div class="date-outer"> <h2>Rabu, 28 Oktober 2026</h2> (posts) </div>

Days and titles that alternate inside one parent are the business of ``pair_flat``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.items import climb, flat_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.freshness.anchors import Anchored
    from opd_exporter.freshness.items import Item
    from opd_exporter.freshness.titles import Titles
    from opd_exporter.page import Block

MAX_POSTS: Final = 20
"""Posts of one day that are looked at."""
MAX_GROUPS: Final = 50
MAX_BEFORE: Final = 12
"""Letters before the date: *Kamis,* or *Wednesday,*."""


class DayGroups:
    """The wrappers of a page that begin with a date.

    Args:
        titles: Of the page.
        found: All dates of the page.
    """

    def __init__(self, titles: Titles, found: Iterable[Anchored]) -> None:
        self._titles = titles
        self._found = found
        self._known: dict[tuple[int, str, str], dict[int, Anchored]] = {}

    def items_of(self, parent: Block, dates: list[Anchored]) -> list[Item]:
        """The posts under the one date of ``parent``, in which several titles stand; none unless it heads a day.

        It does where a wrapper of the same kind beside it begins with a date too, and the days go back one by one: a
        date that merely stands above some links says nothing about them.
        """
        if len({date.hit.day for date in dates}) != 1 or not self._begins(parent, dates[0]):
            return []
        days = [date.hit.day for _, date in sorted(self._alike(parent).items())]
        if len(days) < 2 or not all(one and other and one > other for one, other in pairwise(days)):
            return []
        return [flat_item(self._titles, parent, place) for place in self._titles.distinct(parent)[:MAX_POSTS]]

    def _alike(self, wrapper: Block) -> dict[int, Anchored]:
        """The first date of ``wrapper`` and of each of its likes beside it, by where the wrapper stands."""
        # Looked for once: hostile pages have hundreds of likes.
        key = (wrapper.parent.index if wrapper.parent else -1, wrapper.tag, wrapper.words)
        if key not in self._known:
            self._known[key] = self._find_alike(wrapper)
        return self._known[key]

    def _find_alike(self, wrapper: Block) -> dict[int, Anchored]:
        firsts: dict[int, Anchored] = {}
        for date in self._found:
            around = next((block for block in climb(date.block) if block.parent is wrapper.parent), None)
            if around is None or (around.tag, around.words) != (wrapper.tag, wrapper.words):
                continue
            if around.index not in firsts and len(firsts) < MAX_GROUPS and self._begins(around, date):
                firsts[around.index] = date
        return firsts

    def _begins(self, wrapper: Block, date: Anchored) -> bool:
        """Whether ``date`` stands before everything else in ``wrapper``, a weekday aside."""
        return len(self._titles.outline.text[wrapper.text_start : date.hit.start].strip()) <= MAX_BEFORE
