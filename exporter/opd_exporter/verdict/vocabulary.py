"""``vocabulary.yml``: the words of injected gambling, of those who fight it, and of intruders' signatures."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

import yaml

SECTIONS: Final = (
    *("strong", "foreign", "hints", "warning", "institution", "boast", "service", "weak", "host", "long_text_hints"),
    *("signed", "signed_small", "marks", "stage"),
)
PLAIN: Final = frozenset({"foreign", "hints", "long_text_hints"})
"""Sections of plain texts; the others hold regular expressions."""
_LOOSE: Final = r"[\s._\-+|/]{0,3}"
_NARROW: Final = r"[\s\-]{0,2}"


class VocabularyError(ValueError):
    """An entry of ``vocabulary.yml`` that cannot be used."""


def parse_vocabulary(text: str) -> dict[str, tuple[str, ...]]:
    """Section -> its entries.

    Raises:
        VocabularyError: naming the section and the entry.
    """
    sections = yaml.safe_load(text)
    if not isinstance(sections, dict) or set(sections) != set(SECTIONS):
        raise VocabularyError(f"the file must hold exactly the sections {', '.join(SECTIONS)}")
    for name, entries in sections.items():
        if (
            not isinstance(entries, list)
            or not entries
            or not all(isinstance(entry, str) and entry for entry in entries)
        ):
            raise VocabularyError(f"{name}: must be a list of texts")
        if len(set(entries)) != len(entries):
            raise VocabularyError(f"{name}: an entry stands twice")
        for entry in entries if name not in PLAIN else ():
            try:
                re.compile(_expand(name, entry))
            except re.error as error:
                raise VocabularyError(f"{name}: {entry!r}: {error}") from None
    return {name: tuple(entries) for name, entries in sections.items()}


@cache
def load_vocabulary() -> dict[str, tuple[str, ...]]:
    """The vocabulary that is shipped."""
    return parse_vocabulary(resources.files(__package__).joinpath("vocabulary.yml").read_text("utf-8"))


def texts(section: str) -> tuple[str, ...]:
    """The plain texts of a section."""
    return load_vocabulary()[section]


def pattern(section: str, *, whole_words: bool = False, flags: int = 0) -> re.Pattern[str]:
    """One pattern that matches any entry of a section; ``~`` in entries is an optional separator."""
    joined = "|".join(_expand(section, entry) for entry in load_vocabulary()[section])
    return re.compile(rf"\b(?:{joined})\b" if whole_words else joined, flags)


def _expand(section: str, entry: str) -> str:
    return (
        entry.replace("~", _LOOSE if section == "strong" else _NARROW)
        if section in {"strong", "warning", "institution", "boast", "service", "weak"}
        else entry
    )
