"""Posts as columns of a table: titles in one row and their dates in another, paired by their place in the row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.items import climb, title_of

if TYPE_CHECKING:
    from opd_exporter.freshness.items import Item
    from opd_exporter.freshness.titles import Titles
    from opd_exporter.page import Block, Outline

MAX_BLOCKS: Final = 2_000
MAX_ROWS: Final = 60
MAX_DISTANCE: Final = 4
"""Rows between a title and its date."""


@dataclass(slots=True)
class Columns:
    """The tables of a page, read by columns when it is asked for them."""

    outline: Outline
    titles: Titles
    rows: dict[int, list[list[Block]]] = field(default_factory=dict)
    """Index of a table -> the cells of its rows."""
    tables: bool | None = None
    """Whether the page has any; ``None`` until it is asked."""

    def item_of(self, block: Block) -> Item | None:
        """The post in the column of the date that stands in ``block``; ``None`` where the table is no set of columns.

        It is one when a row without titles stands beside one with two or more, both with as many cells.
        """
        if self.tables is None:
            self.tables = any(one.tag == "table" for one in self.outline.blocks)
        if not self.tables:
            return None
        cell = next((parent for parent in climb(block) if parent.tag in {"td", "th"}), None)
        table = next((parent for parent in climb(cell) if parent.tag == "table"), None) if cell is not None else None
        if cell is None or table is None:
            return None
        rows = self._rows_of(table)
        place = next((number for number, row in enumerate(rows) if cell in row), None)
        if place is None or any(self._is_titled(other) for other in rows[place]):
            return None
        titled = [number for number, row in enumerate(rows) if sum(map(self._is_titled, row)) > 1]
        titled = [number for number in titled if len(rows[number]) == len(rows[place])]
        if not titled:
            return None
        # Whichever stands first in the table, titles or dates, stands first in each of its groups.
        if titled[0] < place and not self._has_dates_above(rows, titled[0], len(rows[place])):
            near = max((number for number in titled if number < place), default=None)
        else:
            near = min((number for number in titled if number > place), default=None)
        if near is None or abs(near - place) > MAX_DISTANCE:
            return None
        return title_of(self.titles, rows[near][rows[place].index(cell)])

    def _has_dates_above(self, rows: list[list[Block]], first: int, width: int) -> bool:
        """Whether a row of as many short texts with digits stands above the first titles."""
        return any(
            len(row) == width and all(any(char.isdigit() for char in self._text(cell)) for cell in row)
            for row in rows[:first]
        )

    def _text(self, cell: Block) -> str:
        return self.outline.text[cell.text_start : min(cell.text_end, cell.text_start + 60)]

    def _is_titled(self, cell: Block) -> bool:
        return bool(self.titles.in_block(cell)) or self.titles.names_other(cell)

    def _rows_of(self, table: Block) -> list[list[Block]]:
        known = self.rows.get(table.index)
        if known is not None:
            return known
        cells: dict[int, list[Block]] = {}
        end = min(table.last + 1, table.index + MAX_BLOCKS)
        for block in self.outline.blocks[table.index + 1 : end]:
            if block.tag == "tr" and _table_of(block) is table and len(cells) < MAX_ROWS:
                cells[block.index] = []
            elif block.tag in {"td", "th"} and block.parent is not None and block.parent.index in cells:
                cells[block.parent.index].append(block)
        found = list(cells.values())
        if any(cell.element.get("colspan", "1") != "1" for row in found for cell in row if len(row) > 1):
            found = []
        self.rows[table.index] = found
        return found


def _table_of(row: Block) -> Block | None:
    parent = row.parent
    while parent is not None and parent.tag in {"tbody", "thead", "tfoot"}:
        parent = parent.parent
    return parent if parent is not None and parent.tag == "table" else None
