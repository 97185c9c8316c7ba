"""The one walk over a parsed tree that fills an outline."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from lxml import etree

from opd_exporter.page.hiding import hidden_how, hiding_rules
from opd_exporter.page.outline import Block, Link, Mark, Outline, join_url

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BLOCKS: Final = 60_000
MAX_LINKS: Final = 8_000
MAX_TEXT_CHARS: Final = 400_000
MAX_URL_CHARS: Final = 2_000
_SILENT: Final = frozenset({"script", "style", "noscript", "template", "head", "title", "textarea", "svg", "object"})
"""Elements whose text a reader never sees."""
_STRONG: Final = frozenset({"td", "th", "tr", "li", "option", "dt", "dd", "table", "ul", "ol", "select"})
"""Boundaries that no date crosses: a row number is not a day of the month beside it."""
_WEAK: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "button", "center", "details", "div", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "marquee"}
    | {"nav", "p", "pre", "section", "summary"}
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ONCLICK = re.compile(
    r"""\blocation(?:\.href|\.assign\(|\.replace\()?\s?=?\s?\(?["']([^"'\s]{2,300})["']"""
    r"""|\bwindow\.open\(["']([^"'\s]{2,300})"""
)
"""A card or a row that leads somewhere without an anchor."""
_SPACES = re.compile(r"\s+")
_DATE_ATTRIBUTE = re.compile(
    r"data-(?:[a-z]+-)?(?:tanggal|tgl|waktu|terbit|published?|created|posted|date|time)(?:[-_]?(?:at|on|iso))?"
)
_FIRST_ATTRIBUTES: Final = ("datetime", "data-datetime", "data-date", "data-time", "data-timestamp", "data-utime")

_MARKING: Final = frozenset({"itemprop", "property", "datetime", "title"})
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def build_outline(root: Any, base_url: str, *, links_after_end: int = 0) -> Outline:
    """Walk ``root`` once.

    Args:
        root: An lxml element, or ``None`` for a page without any.
        base_url: The final URL of the page.
        links_after_end: How many of the last links stand after ``</html>``.
    """
    walker = _Walker(base_url)
    if root is not None:
        walker.walk(root)
    return walker.finish(links_after_end)


class _Walker:
    """State of one walk; ``finish`` gives the outline."""

    def __init__(self, base_url: str) -> None:
        self.out = Outline(base=base_url)
        self.parts: list[str] = []
        self.visible: list[str] = []
        self.length = 0
        self.separator = "\n"
        self.in_cell = False
        self.raw_links: list[tuple[Block, str]] = []
        self.rules: Mapping[str, str] = {}
        self.alts: dict[int, str] = {}

    def walk(self, root: Any) -> None:
        """Visit every element, depth first, without recursion."""
        self.rules = hiding_rules(style.text or "" for style in root.iter("style"))
        current: Block | None = None
        silent = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if not isinstance(tag, str):
                continue
            if event == "start":
                if len(self.out.blocks) >= MAX_BLOCKS or self.length > MAX_TEXT_CHARS:
                    self.out.truncated = True
                    break
                current = self._open(element, tag, current)
                silent += tag in _SILENT
                if not silent and element.text:
                    self._say(element.text, current)
            elif current is not None:
                silent -= tag in _SILENT
                self._close(current, tag)
                current = current.parent
                if element.tail and not silent and current is not None:
                    self._say(element.tail, current)
        while current is not None:
            self._close(current, current.tag)
            current = current.parent

    def _open(self, element: Any, tag: str, parent: Block | None) -> Block:
        out = self.out
        index = len(out.blocks)
        items = element.items()
        attributes = dict(items) if items else _NONE
        hidden = parent.hidden if parent is not None else ""
        if not hidden and attributes:
            hidden = self._hidden(attributes)
        block = Block(tag, element, parent, parent.depth + 1 if parent else 0, index, attributes, hidden)
        out.blocks.append(block)
        if tag in _STRONG:
            self.separator = "\n\n"
            self.in_cell = self.in_cell or tag not in {"li", "ul", "ol"}
        elif tag in _WEAK:
            self.separator = self.separator if self.separator == "\n\n" else "\n"
        elif not self.separator:
            self.separator = " "
        block.text_start = self.length
        block.link_start = len(self.raw_links)
        if attributes:
            self._collect(block, tag, attributes)
        return block

    def _hidden(self, attributes: Mapping[str, str]) -> str:
        style = attributes.get("style")
        if style and (how := hidden_how(style)):
            return how
        if "hidden" in attributes:
            return "hidden_attribute"
        if self.rules:
            for name in (attributes.get("class") or "").split():
                if (way := self.rules.get("." + name)) is not None:
                    return way
            if (way := self.rules.get("#" + (attributes.get("id") or ""))) is not None:
                return way
        return ""

    def _collect(self, block: Block, tag: str, attributes: Mapping[str, str]) -> None:
        """What the element's own attributes tell."""
        if tag in {"a", "area"}:
            href = attributes.get("href")
            if href and len(self.raw_links) < MAX_LINKS:
                self.raw_links.append((block, href.strip()[:MAX_URL_CHARS]))
        elif (handler := attributes.get("onclick")) and (sent := _ONCLICK.search(handler[:600])):
            if len(self.raw_links) < MAX_LINKS:
                self.raw_links.append((block, sent.group(1) or sent.group(2)))
        elif tag == "img":
            self.out.images += 1
            alt = attributes.get("alt")
            if alt:
                self._alt(block, alt)
        elif tag in {"iframe", "frame"}:
            source = attributes.get("src")
            if source and len(self.out.frames) < 100:
                self.out.frames.append(source.strip())
        elif tag in {"meta", "link", "base"}:
            self._collect_head(tag, attributes)
        self._mark(block, tag, attributes)

    def _collect_head(self, tag: str, attributes: Mapping[str, str]) -> None:
        """``meta``, ``link`` and ``base``, wherever they stand."""
        out = self.out
        href = attributes.get("href")
        if tag == "meta":
            name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv")
            if name and len(out.metas) < 300:
                out.metas.append((name.strip().lower(), (attributes.get("content") or "")[:2000]))
        elif href and tag == "link" and len(out.head_links) < 400:
            out.head_links.append(((attributes.get("rel") or "").lower(), attributes))
        elif href and tag == "base":
            out.base = join_url(out.base, href.strip()[:MAX_URL_CHARS])

    def _alt(self, block: Block, alt: str) -> None:
        """Lend the picture's text to the anchor around it."""
        parent = block.parent
        for _ in range(4):
            if parent is None:
                return
            if parent.tag == "a":
                self.alts.setdefault(parent.index, alt)
                return
            parent = parent.parent

    def _mark(self, block: Block, tag: str, attributes: Mapping[str, str]) -> None:
        marks = self.out.marks
        # Most elements have a class and nothing that could say a date.
        if len(marks) >= 2000 or not any(key in _MARKING or key.startswith("data-") for key in attributes):
            return
        name = (attributes.get("itemprop") or attributes.get("property") or "").lower()
        for attribute in _FIRST_ATTRIBUTES:
            value = attributes.get(attribute)
            if value:
                marks.append(Mark(value[:80], name or attribute, block))
                return
        for attribute, value in attributes.items():
            if attribute.startswith("data-") and value and _DATE_ATTRIBUTE.fullmatch(attribute):
                marks.append(Mark(value[:80], name or attribute, block))
                return
        if "date" in name.replace("update", "") or "created" in name:
            value = attributes.get("content")
            if value:
                marks.append(Mark(value[:80], name, block))
        elif tag == "abbr" and attributes.get("title"):
            marks.append(Mark(attributes["title"][:80], block.words or "title", block))

    def _say(self, text: str, block: Block) -> None:
        """Append ``text`` with its white space collapsed, after the separator that is due."""
        stripped = " ".join(text.split())
        if not stripped:
            if not self.separator:
                self.separator = " "
            return
        separator = self.separator or (" " if text[0].isspace() else "")
        if separator == "\n\n" and not self.in_cell and len(stripped) <= 9 and self.parts and len(self.parts[-1]) <= 9:
            separator = "\n"  # a day, a month and a year as three items of one list
        self.in_cell = False
        if separator:
            self.parts.append(separator)
            self.length += len(separator)
        out = self.out
        out.run_starts.append(self.length)
        out.run_blocks.append(block)
        self.parts.append(stripped)
        if not block.hidden:
            self.visible.append(stripped)
        self.length += len(stripped)
        self.separator = " " if text[-1].isspace() else ""

    def _close(self, block: Block, tag: str) -> None:
        block.text_end = self.length
        block.link_end = len(self.raw_links)
        block.last = len(self.out.blocks) - 1
        if tag in _STRONG:
            self.separator = "\n\n"
            self.in_cell = self.in_cell or tag not in {"li", "ul", "ol"}
        elif tag in _WEAK:
            self.separator = self.separator if self.separator == "\n\n" else "\n"
        elif not self.separator:
            self.separator = " "
        if tag == "script":
            if len(self.out.scripts) < 300:
                self.out.scripts.append((block.attributes, block.element.text or ""))
        elif tag in _HEADINGS:
            self.out.heading_blocks.append(block)
        elif tag == "title" and not self.out.title:
            self.out.title = _SPACES.sub(" ", block.element.text or "").strip()[:300]

    def finish(self, links_after_end: int) -> Outline:
        """Join the text, resolve the links, read the headings."""
        out = self.out
        out.text = "".join(self.parts)
        out.visible_text = " ".join(self.visible)
        for block in out.heading_blocks:
            heading = out.text[block.text_start : block.text_end].strip()
            if heading:
                out.headings.append((block.text_start, _SPACES.sub(" ", heading)[:300]))
        first_after = len(self.raw_links) - links_after_end
        resolve = _Resolver(out.base)
        for number, (block, href) in enumerate(self.raw_links):
            url, host = resolve(href)
            text = _SPACES.sub(" ", out.text[block.text_start : block.text_end]).strip()
            attributes = block.attributes
            text = text or attributes.get("title") or attributes.get("aria-label") or self.alts.get(block.index, "")
            hidden = block.hidden or ("after_html" if number >= first_after else "")
            out.links.append(Link(url, text[:300].strip(), host, hidden, block, (attributes.get("rel") or "").lower()))
        return out


class _Resolver:
    """``href`` -> (absolute URL, host); the usual forms without the cost of a full join."""

    def __init__(self, base: str) -> None:
        self.base = base
        try:
            parts = urlsplit(base)
            self.host = (parts.hostname or "").lower()
            self.origin = f"{parts.scheme}://{parts.netloc}"
            self.scheme = parts.scheme
        except ValueError:
            self.host, self.origin, self.scheme = "", "", "http"

    def __call__(self, href: str) -> tuple[str, str]:
        href = "".join(href.split()) if any(c in href for c in "\t\r\n") else href
        if href.startswith("/") and not href.startswith(("//", "/.")) and "/../" not in href:
            return self.origin + href, self.host
        url = join_url(self.base, href)
        try:
            parts = urlsplit(url)
            return url, (parts.hostname or "").lower() if parts.scheme in {"http", "https"} else ""
        except ValueError:
            return url, ""
