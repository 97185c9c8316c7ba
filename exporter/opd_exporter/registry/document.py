"""YAML text -> plain data that remembers its lines, in bounded time and memory.

PyYAML's parser (libyaml where it is built in) delivers events; scalars stay the text that was written and the schema
alone decides what they mean. So ``no`` is a fine id, ``0812...`` keeps its zero, ``2026-12-01`` is no surprise object,
and no constructor exists that a tag could call. Marks are dropped as the events pass: a graph of PyYAML nodes for
10,000 sites would need some hundred megabytes.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import yaml

from opd_exporter.registry.syntax import explain

if TYPE_CHECKING:
    from opd_exporter.registry.mistakes import MistakeList

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 16
MAX_NODES = 1_000_000
"""Values in a document, those repeated through aliases counted each time."""
MAX_KEYS = 200
"""Keys in one group; the largest has some thirty."""

Node: TypeAlias = "str | Block | Rows | None"
Path: TypeAlias = "tuple[str | int, ...]"


class Block(dict[str, "Node"]):
    """A mapping; ``line`` is where it begins, ``lines`` the line of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Rows(list["Node"]):
    """A sequence; ``line`` is where it begins, ``lines`` the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@dataclass(slots=True)
class _Frame:
    """A collection that is being filled."""

    node: Block | Rows
    anchor: str | None
    first: int
    """How many nodes there were before it."""
    key: str | None = None
    """The key that waits for its value."""
    key_line: int = 0
    skip: bool = False
    """The key was refused; its value is dropped."""


class _GiveUpError(Exception):
    """The document cannot be read further; the mistake is noted already."""


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CORE_TAGS = re.compile(r"tag:yaml\.org,2002:(?:str|int|float|bool|null|timestamp|map|seq|merge)|!")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(data: bytes, mistakes: MistakeList) -> str | None:
    """The text of ``data``; ``None`` (and a mistake with its line) when it is no UTF-8 text."""
    if len(data) > MAX_BYTES:
        mistakes.add("", None, f"berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MiB; ini bukan daftar situs")
        return None
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        mistakes.add("", 1, "berkas tersimpan sebagai UTF-16; simpan ulang sebagai UTF-8")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        mistakes.add("", line, "ada huruf yang bukan UTF-8; simpan ulang berkas sebagai UTF-8")
        return None
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        mistakes.add("", line, f"ada karakter terlarang U+{ord(found[0]):04X}; hapus karakter itu")
        return None
    return text


def compose(text: str, mistakes: MistakeList) -> Node:
    """The one document of ``text``; ``None`` when it is empty or cannot be read (then there is a mistake)."""
    composer = _Composer(mistakes)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
    except yaml.YAMLError as error:
        line, message = explain(error, text)
        mistakes.add("", line, message)
        return None
    except _GiveUpError:
        return None
    return composer.root


def line_of(root: Node, path: Path) -> int | None:
    """The line on which ``path`` stands; where it is missing, that of the nearest thing around it."""
    node = root
    line = node.line if isinstance(node, Block | Rows) else None
    for step in path:
        found = _descend(node, step)
        if found is None:
            break
        line, node = found
    return line


def has(root: Node, path: Path) -> bool:
    """Whether ``path`` is written in the document, be it empty."""
    node = root
    for step in path:
        found = _descend(node, step)
        if found is None:
            return False
        node = found[1]
    return True


def _descend(node: Node, step: str | int) -> tuple[int, Node] | None:
    """Line and content of one step down, or ``None``."""
    if isinstance(node, Block) and isinstance(step, str):
        return (node.lines[step], node[step]) if step in node else None
    if isinstance(node, Rows) and isinstance(step, int):
        return (node.lines[step], node[step]) if step < len(node) else None
    return None


def format_path(path: Path) -> str:
    """``("sites", 3, "url")`` as ``sites[3].url``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _line(event: yaml.Event) -> int:
    """The line on which ``event`` begins, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark is not None else 1


class _Composer:
    """Builds the data from the parser's events."""

    def __init__(self, mistakes: MistakeList) -> None:
        self.root: Node = None
        self._mistakes = mistakes
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Handle one event."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(event, Block(_line(event)))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(event, Rows(_line(event)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(_line(event), "hanya boleh satu dokumen; hapus baris '---' ini")
                raise _GiveUpError

    def _refuse(self, line: int, message: str, key: str | None = None) -> None:
        path: list[str | int] = []
        for frame in self._stack:
            if isinstance(frame.node, Rows):
                path.append(len(frame.node))
            elif frame.key is not None:
                path.append(frame.key)
        if key is not None:
            path.append(key)
        self._mistakes.add(format_path(tuple(path)), line, message)

    def _grow(self, nodes: int, line: int) -> None:
        self._count += nodes
        if self._count > MAX_NODES:
            self._refuse(line, "isi berkas terlalu banyak (mungkin karena rujukan '*' yang berulang); tulis langsung")
            raise _GiveUpError

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and not _CORE_TAGS.fullmatch(tag):
            self._refuse(line, "tag YAML (tanda '!') tidak dipakai di sini; hapus tag itu")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        self._grow(1, line)
        self._check_tag(event.tag, line)
        text: str = event.value
        node = None if not event.style and text in _NULLS else text
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1)
        self._put(node, line, key=text)

    def _open(self, event: yaml.CollectionStartEvent, node: Block | Rows) -> None:
        self._grow(1, node.line)
        self._check_tag(event.tag, node.line)
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(node.line, f"terlalu banyak tingkat (lebih dari {MAX_DEPTH}); periksa kurung dan indentasi")
            raise _GiveUpError
        if event.anchor is not None:
            # An alias inside its own anchor would be a ring; the name is known again once the node is complete.
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Frame(node, event.anchor, self._count - 1))

    def _close(self) -> None:
        frame = self._stack.pop()
        if isinstance(frame.node, Block) and "<<" in frame.node:
            self._merge(frame.node)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.node, self._count - frame.first)
        self._put(frame.node, frame.node.line, key=None)

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        name = event.anchor or ""
        if name not in self._anchors:
            self._refuse(line, f"rujukan '*{name[:40]}' tidak dikenal; tulis nilainya langsung")
            self._put(None, line, key=None)
            return
        node, size = self._anchors[name]
        self._grow(size, line)
        self._put(node, line, key=node if isinstance(node, str) else None)

    def _put(self, node: Node, line: int, *, key: str | None) -> None:
        """Hang ``node`` where the parser is; ``key`` is its text should it stand in the place of a key."""
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node, Rows):
            frame.node.append(node)
            frame.node.lines.append(line)
        elif frame.skip:
            frame.skip = False
        elif frame.key is None:
            self._key(frame, frame.node, key, line)
        else:
            frame.node[frame.key] = node
            frame.node.lines[frame.key] = frame.key_line
            frame.key = None

    def _key(self, frame: _Frame, block: Block, key: str | None, line: int) -> None:
        if key is None or len(key) > 100:
            self._refuse(line, "kunci harus berupa satu kata, misalnya 'url'")
            frame.skip = True
        elif key in block:
            self._refuse(line, f"kunci '{key}' sudah ditulis di baris {block.lines[key]}; hapus salah satu", key)
            frame.skip = True
        elif len(block) >= MAX_KEYS:
            self._too_many_keys(line)
        else:
            frame.key, frame.key_line = sys.intern(key), line

    def _too_many_keys(self, line: int) -> NoReturn:
        self._refuse(line, f"lebih dari {MAX_KEYS} kunci dalam satu kelompok; ini bukan daftar situs")
        raise _GiveUpError

    def _merge(self, block: Block) -> None:
        """Apply YAML's merge key: what stands beside ``<<`` wins."""
        merged = block.pop("<<")
        line = block.lines.pop("<<")
        for source in merged if isinstance(merged, Rows) else (merged,):
            if not isinstance(source, Block):
                self._refuse(line, "'<<' harus merujuk sebuah kelompok kunci, misalnya '<<: *umum'")
                continue
            for key, node in source.items():
                if key not in block:
                    block[key] = node
                    block.lines[key] = source.lines[key]
            if len(block) > MAX_KEYS:
                self._too_many_keys(line)
