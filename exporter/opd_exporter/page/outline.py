"""One walk over the parsed tree that collects everything the rules ask for.

The outline is a list of blocks (elements) over one flat text: each block knows which slice of the text and of the links
lies inside it, so "the smallest block around this date that holds one titled link" is a climb over parents and never
another walk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMING: Final = ("class", "id", "itemprop", "role", "aria-label")
"""Attributes that name an element."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(slots=True, eq=False)
class Block:
    """One element: where it stands and which slices of the outline's text and links lie inside it."""

    tag: str
    element: Any
    """The lxml element."""
    parent: Block | None = field(repr=False)
    depth: int
    index: int
    """Position in ``Outline.blocks`` (document order)."""
    attributes: Mapping[str, str] = field(repr=False)
    """Read from lxml once: each question to an element is a call into C."""
    hidden: str = ""
    """How it is hidden from readers (its own way or an ancestor's), or an empty string."""
    text_start: int = 0
    text_end: int = 0
    link_start: int = 0
    link_end: int = 0
    last: int = 0
    """Index of the last block inside it."""
    _words: str | None = None

    @property
    def words(self) -> str:
        """Class, id, itemprop and role in lower case, separated by spaces; ``itemDate`` also as ``item-date``."""
        if self._words is None:
            given = self.attributes
            written = " ".join([value for name in _NAMING if (value := given.get(name))]) if given else ""
            lowered = written.lower()
            self._words = lowered if lowered == written else f"{lowered} {_CAMEL.sub('-', written).lower()}"
        return self._words


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One ``<a href>`` or ``<area href>``."""

    url: str
    """Absolute, without fragment only when it had none."""
    text: str
    """Visible text of the anchor, else its title, else the alternative text of its picture."""
    host: str
    """Host name in lower case; empty for ``mailto:`` and the like."""
    hidden: str
    """How it is hidden, or an empty string; ``after_html`` when it stands after the end of the document."""
    block: Block = field(repr=False)
    rel: str = ""

    @property
    def element(self) -> Any:
        """The lxml element of the anchor."""
        return self.block.element


@dataclass(frozen=True, slots=True)
class Mark:
    """A date that stands in an attribute: ``<time datetime>``, ``<abbr title>``, ``itemprop``, ``data-date``."""

    value: str
    name: str
    """The property in lower case (``datepublished``, ``datemodified``, ``published``), or the attribute's name."""
    block: Block


@dataclass(slots=True)
class Outline:
    """Everything that one walk saw; see the module."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    """(offset in ``text``, heading)."""
    heading_blocks: list[Block] = field(default_factory=list)
    title: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)
    head_links: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """(rel in lower case, attributes)."""
    scripts: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    """(attributes, text) of every script."""
    frames: list[str] = field(default_factory=list)
    images: int = 0
    visible_text: str = ""
    base: str = ""
    truncated: bool = False
    run_starts: list[int] = field(default_factory=list)
    run_blocks: list[Block] = field(default_factory=list)

    def block_at(self, offset: int) -> Block | None:
        """The block whose own text stands at ``offset`` of ``text``."""
        position = bisect_right(self.run_starts, offset) - 1
        return self.run_blocks[position] if position >= 0 else None


def join_url(base: str, href: str) -> str:
    """``urljoin`` that gives ``href`` back where it cannot be joined."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href
