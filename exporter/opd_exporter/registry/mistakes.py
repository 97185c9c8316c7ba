"""What is wrong with a registry file: every mistake with its place and what to write instead.

The operations team reads these texts, so they are Indonesian. A message never repeats a proxy address or anything else
that may hold a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MISTAKES = 1000
"""A file with more mistakes than this is not a registry; the rest is left out, and that is said."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct.

    Attributes:
        path: Place in the document (``sites[3].url``, counted from 0); empty for the file as a whole.
        line: Line in the file, counted from 1; ``None`` where there is none (a missing file).
        message: Indonesian: what is wrong and what to write instead.
    """

    path: str
    line: int | None
    message: str


class RegistryError(Exception):
    """A registry that cannot be used; ``mistakes`` holds all of them, in the order of the file."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__(format_mistakes(self.mistakes, file=file))


class MistakeList:
    """Collects mistakes up to ``MAX_MISTAKES``."""

    def __init__(self) -> None:
        self._items: list[Mistake] = []
        self._paths: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._items)

    @property
    def is_full(self) -> bool:
        """Whether the rest of the file need not be looked at any more."""
        return len(self._items) >= MAX_MISTAKES

    def add(self, path: str, line: int | None, message: str) -> None:
        """Remember one mistake, unless the list is full; the first one at a place says what to do there."""
        if self.is_full or path in self._paths:
            return
        self._items.append(Mistake(_printable(path), line, _printable(message)))
        if path:
            self._paths.add(path)

    def in_order(self) -> tuple[Mistake, ...]:
        """All mistakes by line; a full list ends with a note that there may be more."""
        ordered = sorted(self._items, key=lambda mistake: mistake.line or 0)
        if self.is_full:
            ordered.append(Mistake("", None, f"masih mungkin ada kesalahan lain; baru {MAX_MISTAKES} yang ditampilkan"))
        return tuple(ordered)


def _printable(text: str) -> str:
    """``text`` without what a terminal or a log would act on: it may quote the file."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def format_mistakes(mistakes: Iterable[Mistake], *, file: str = "sites.yml") -> str:
    """The mistakes as text for people: ``FILE:LINE: PATH: MESSAGE`` per line, then how many there are."""
    lines = []
    for mistake in mistakes:
        place = file if mistake.line is None else f"{file}:{mistake.line}"
        subject = f"{mistake.path}: " if mistake.path else ""
        lines.append(f"{place}: {subject}{mistake.message}")
    count = len(lines)
    lines.append(f"{count} kesalahan ditemukan." if count else f"{file}: tidak ada kesalahan.")
    return "\n".join(lines)
