"""Signatures of pages that are not the site, as data: ``signatures.yml``.

A new one is one entry there and one saved page that proves it; no code. Every entry is checked when it is loaded, and
compiled once. A signature counts on small pages only, and those read in running text only on pages with few links, so
that a news item that quotes a phrase never trips it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import yaml

from opd_exporter.models import Reason
from opd_exporter.verdict.glance import AREAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.verdict.glance import Glance

MAX_VISIBLE: Final = 3_000
"""Default of ``max_visible``: a page with more visible characters is not small."""
MAX_LINKS: Final = 25
"""Default of ``max_links`` where the words could be anybody's (``h1``, ``text``, ``head``, ``html``)."""
MAX_HEADLINES: Final = 2
"""Default of ``max_headlines`` there: a page with three titles of posts is a site, whatever one of them quotes."""
_KEYS: Final = frozenset(
    {"id", "reason", "where", "any", "pattern", "with", "status", "max_visible", "max_links", "max_headlines", "proof"}
)
_UNLIMITED: Final = 1_000_000
_OUTSIDE: Final = frozenset({"header", "host", "path"})
"""Areas that say the same whatever the page holds."""


class SignatureError(ValueError):
    """An entry of ``signatures.yml`` that cannot be used."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Words looked for in one area: one of ``words`` occurs, and ``pattern`` (if any) matches."""

    where: str
    words: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def search(self, glance: Glance) -> str | None:
        """The text that hit, or ``None``."""
        area = glance.area(self.where)
        if not area:
            return None
        for word in self.words:
            if word in area:
                if self.pattern is None:
                    return word
                break
        else:
            if self.words:
                return None
        found = self.pattern.search(area) if self.pattern else None
        return found.group().strip() if found else None


@dataclass(frozen=True, slots=True)
class Signature:
    """One entry: what it proves and when it counts."""

    id: str
    reason: Reason
    main: Condition
    also: Condition | None
    statuses: frozenset[int]
    """HTTP statuses with which it counts; empty: any."""
    max_visible: int
    max_links: int
    max_headlines: int
    proofs: tuple[str, ...]
    """Saved pages that it must hit."""

    def search(self, glance: Glance) -> str | None:
        """The text that proves it on this answer, or ``None``."""
        if self.statuses and glance.exchange.status not in self.statuses:
            return None
        if self.main.where not in _OUTSIDE and not self._is_small_enough(glance):
            return None
        hit = self.main.search(glance)
        if hit is None or (self.also is not None and self.also.search(glance) is None):
            return None
        # Counting headlines costs more than the search: last.
        if self.max_headlines < _UNLIMITED and glance.headline_count > self.max_headlines:
            return None
        return hit

    def _is_small_enough(self, glance: Glance) -> bool:
        return (self.max_visible == _UNLIMITED or len(glance.visible) <= self.max_visible) and (
            self.max_links == _UNLIMITED or glance.own_link_count <= self.max_links
        )


def parse_signatures(text: str) -> tuple[Signature, ...]:
    """The signatures of a YAML text.

    Raises:
        SignatureError: naming the entry and what is wrong with it.
    """
    entries = yaml.safe_load(text)
    if not isinstance(entries, list):
        raise SignatureError("the file must hold a list of entries")
    found: list[Signature] = []
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        signature = _parse_entry(entry, f"entry {number}")
        if signature.id in seen:
            raise SignatureError(f"{signature.id}: the id is used twice")
        seen.add(signature.id)
        found.append(signature)
    return tuple(found)


def _parse_entry(entry: Any, name: str) -> Signature:
    if not isinstance(entry, dict):
        raise SignatureError(f"{name}: must be a mapping")
    name = str(entry.get("id") or name)
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise SignatureError(f"{name}: id must be lower-case letters, digits and hyphens")
    if unknown := set(entry) - _KEYS:
        raise SignatureError(f"{name}: unknown keys {', '.join(sorted(unknown))}")
    try:
        reason = Reason(entry["reason"])
    except (KeyError, ValueError):
        raise SignatureError(f"{name}: reason {entry.get('reason')!r} is not one of the closed set") from None
    main = _parse_condition(entry, name)
    also = _parse_condition(entry["with"], name + ".with") if "with" in entry else None
    statuses = entry.get("status", [])
    if not isinstance(statuses, list) or not all(
        isinstance(status, int) and 100 <= status <= 999 for status in statuses
    ):
        raise SignatureError(f"{name}: status must be a list of HTTP statuses")
    loose = main.where in {"h1", "text", "head", "html"}
    return Signature(
        id=name,
        reason=reason,
        main=main,
        also=also,
        statuses=frozenset(statuses),
        max_visible=_parse_limit(entry, "max_visible", MAX_VISIBLE, name),
        max_links=_parse_limit(entry, "max_links", MAX_LINKS if loose else _UNLIMITED, name),
        max_headlines=_parse_limit(entry, "max_headlines", MAX_HEADLINES if loose else _UNLIMITED, name),
        proofs=_parse_words(entry.get("proof"), f"{name}: proof"),
    )


def _parse_condition(entry: Mapping[str, Any], name: str) -> Condition:
    where = entry.get("where")
    if where not in AREAS:
        raise SignatureError(f"{name}: where must be one of {', '.join(sorted(AREAS))}")
    words = _parse_words(entry["any"], f"{name}: any") if "any" in entry else ()
    if any(word != word.lower() for word in words):
        raise SignatureError(f"{name}: any must be in lower case (areas are)")
    pattern = None
    if "pattern" in entry:
        try:
            pattern = re.compile(entry["pattern"], re.MULTILINE)
        except (re.error, TypeError) as error:
            raise SignatureError(f"{name}: pattern: {error}") from None
    if not words and pattern is None:
        raise SignatureError(f"{name}: needs any, pattern or both")
    return Condition(where, words, pattern)


def _parse_words(value: Any, name: str) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise SignatureError(f"{name} must be a text or a list of texts")
    return tuple(words)


def _parse_limit(entry: Mapping[str, Any], key: str, default: int, name: str) -> int:
    value = entry.get(key, default)
    if value is None:
        return _UNLIMITED
    if not isinstance(value, int) or value < 0:
        raise SignatureError(f"{name}: {key} must be a number or null")
    return value


@cache
def load_signatures() -> tuple[Signature, ...]:
    """The signatures that are shipped, in the order of the file: the first hit wins."""
    return parse_signatures(resources.files(__package__).joinpath("signatures.yml").read_text("utf-8"))
