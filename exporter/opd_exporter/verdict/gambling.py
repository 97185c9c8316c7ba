"""The vocabulary of gambling injection, and the words that tell an injected phrase from news about fighting it.

One weak word (*slot*, *judi online*, *jackpot*, *toto*) means nothing: departments write about them. A strong phrase is
one that no department uses of itself. Beside a warning word (*blokir*, *bahaya*, *polisi*...) even a strong phrase is a
quotation. The words stand in ``vocabulary.yml``.

Injected text is often disguised; ``normalise`` undoes what costs little: entities, compatibility forms, zero-width
characters, look-alike letters, digits for letters, letters set apart.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opd_exporter.verdict.vocabulary import pattern, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TEXT = 2_000
"""Characters of one text (a title, an anchor, a sentence) that are looked at."""

_STRONG = pattern("strong")
_WARNING = pattern("warning", whole_words=True)
_INSTITUTION = pattern("institution", whole_words=True)
_WEAK = pattern("weak", whole_words=True)
_BRAND = re.compile(
    r"[a-z]{2,14}\d{0,4}(?:88|77|777|99|138|168|188|303|338|388|500|1221|4d|toto|slot|bet|qq|win|poker|jp|gacor)\d{0,3}"
)
_BOAST = pattern("boast")
_SERVICE = pattern("service")
_HOST = pattern("host")
_FOREIGN = texts("foreign")
_HINTS = texts("hints")
_LONG_TEXT_HINTS = texts("long_text_hints")
_OWN_NAMES = re.compile(r"(?:^|\.)(?:go|ac|sch|mil|desa)\.id$")
_ZERO_WIDTH = dict.fromkeys(
    [0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2065), 0xFE0E, 0xFE0F, 0xFEFF]
)  # fmt: skip
_LOOK_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁԛԝɡαβεικνορτυχγℓ",
    "abekmhopctyxijsdqwgabeiknoptuxyl",
)
_LEET = str.maketrans("014357@$!", "oiaestasi")
_LEET_L = str.maketrans("014357@$!", "olaestasl")
_TYPOGRAPHY = str.maketrans(
    "\u00a0\u2018\u2019\u201c\u201d\u2013\u2014\u2022\u00a9\u00ae\u00b7\u2026\u203a\u00bb\u00ab", " ''\"\"--   .. >>"
)
_DISGUISED = re.compile(r"[a-z][0134570@$!][a-z]|\b\w[\s._\-*+|]\w[\s._\-*+|]\w[\s._\-*+|]\w\b|&[#a-z]")
_ODD_LETTERS = re.compile(
    "[\u00c0-\u024f\u0370-\u04ff\u1e00-\u1eff\u200b-\u200f\u2060-\u2064\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
_MIXED_TOKEN = re.compile(r"(?=\w*[a-z])(?=[\w@$!]*[0134570@$!])[\w@$!]{3,}")
_SPACED = re.compile(r"\b\w(?:[\s._\-*+|]\w){3,}\b")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """A strong phrase in a text that does not warn of it."""

    phrase: str
    """The phrase, normalised."""
    text: str
    """The text around it, shortened: the excerpt for the evidence."""


def normalise(text: str) -> str:
    """``text`` in lower case with its disguises undone (not digits for letters: see ``find``)."""
    text = text[:MAX_TEXT]
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = text.translate(_TYPOGRAPHY)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH)
        text = text.replace("đ", "d").replace("ı", "i")
        text = "".join(
            char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char) or char > "\u0e00"
        )
        text = unicodedata.normalize("NFC", text).casefold().translate(_LOOK_ALIKE)
    return _SPACE.sub(" ", text.lower().replace("_", " ")).strip()


def _variants(text: str) -> list[str]:
    """``text`` (normalised) as it may have been meant: letters set apart joined, digits read as letters."""
    found = [text]
    if _SPACED.search(text):
        found.append(_SPACED.sub(lambda run: re.sub(r"[\s._\-*+|]", "", run.group()), text))
    for base in tuple(found):
        if _MIXED_TOKEN.search(base):
            found.extend(
                _MIXED_TOKEN.sub(lambda token, table=table: token.group().translate(table), base)  # type: ignore[misc]
                for table in (_LEET, _LEET_L)
            )
    return found


def suspects(texts: Sequence[str]) -> list[int]:
    """Positions of the texts that are worth giving to ``find``: one cheap look at all of them together."""
    joined = "\n".join(texts).lower()
    if "-" in joined:
        joined = joined.replace("-", " ")
    hints = [hint for hint in _HINTS if hint in joined]
    foreign = not joined.isascii() and (
        _ODD_LETTERS.search(joined) is not None or any(phrase in joined for phrase in _FOREIGN)
    )
    disguised = _DISGUISED.search(joined) is not None
    if not hints and not foreign and not disguised:
        return []
    found = []
    for position, text in enumerate(texts):
        lower = text.lower().replace("-", " ")
        if (
            any(hint in lower for hint in hints)
            or (disguised and _DISGUISED.search(lower))
            or (foreign and not lower.isascii())
        ):
            found.append(position)
    return found


def is_warning(text: str) -> bool:
    """Whether ``text`` speaks of gambling as something to fight, report or punish."""
    return _is_warning(normalise(text))


def _is_warning(normalised: str, *, institutions: bool = True) -> bool:
    text = _BOAST.sub(" ", normalised)
    return _WARNING.search(text) is not None or (institutions and _INSTITUTION.search(text) is not None)


def is_weak(text: str) -> bool:
    """Whether ``text`` holds at least a weak word of gambling (*slot*, *judi*, a brand) and no warning."""
    normalised = normalise(text)
    return _WEAK.search(normalised) is not None and not _is_warning(normalised)


def strong_phrases(text: str) -> tuple[str, ...]:
    """Every distinct strong phrase in ``text``, warning or not, in the order met."""
    return _strong(normalise(text))


def _has_hint(text: str) -> bool:
    return any(hint in text for hint in _HINTS)


def _strong(normalised: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for variant in _variants(normalised):
        if not _has_hint(variant):
            continue
        for match in _STRONG.finditer(_SERVICE.sub(" ", variant)):
            found.setdefault(match.group().strip())
        if found:
            break
    if not normalised.isascii():
        for phrase in _FOREIGN:
            if phrase in normalised:
                found.setdefault(phrase)
    return tuple(found)


@lru_cache(maxsize=8_192)
def find(text: str, *, own_title: bool = False) -> Match | None:
    """The first strong phrase of ``text``, unless the text warns of gambling.

    Args:
        text: A title, an anchor, a sentence; at most ``MAX_TEXT`` characters are read.
        own_title: The text is the site's own title or description: an institution's name in it is no warning.
    """
    if text.isascii():
        lower = text[:MAX_TEXT].lower()
        if not _has_hint(lower) and not _DISGUISED.search(lower):
            return None
    normalised = normalise(text)
    phrases = _strong(normalised)
    if not phrases and not normalised.isascii():
        # Look-alike letters were folded to Latin; Cyrillic and Greek words are looked for as they stand.
        plain = text[:MAX_TEXT].lower()
        phrases = tuple(phrase for phrase in _FOREIGN if phrase in plain)
    if not phrases or _is_warning(normalised, institutions=not own_title):
        return None
    return Match(phrases[0], excerpt(text, phrases[0]))


def path_words(url: str) -> str:
    """The path of ``url`` as words: ``/2026/slot-gacor-hari-ini/`` -> ``slot gacor hari ini``."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return " ".join(word for word in re.split(r"[/\-_.+]|%20", path[:300]) if word and not word.isdigit())


def may_hold_phrase(text: str) -> bool:
    """A cheap look at a long text: whether it is worth reading sentence by sentence."""
    lower = text.lower()
    if any(word in lower for word in _LONG_TEXT_HINTS):
        return True
    return not text.isascii() and (_ODD_LETTERS.search(text) is not None or any(phrase in lower for phrase in _FOREIGN))


def count_warnings(text: str) -> int:
    """How many warning words a long text holds."""
    kept = _BOAST.sub(" ", text.lower())
    return sum(1 for words in (_WARNING, _INSTITUTION) for _ in words.finditer(kept))


def is_gambling(text: str) -> bool:
    """Whether ``text`` advertises gambling (or other injected trade) rather than reports on it."""
    return find(text) is not None


def excerpt(text: str, phrase: str, width: int = 120) -> str:
    """At most ``width`` printable characters of ``text`` around ``phrase``."""
    flat = "".join(char for char in _SPACE.sub(" ", html.unescape(text[:MAX_TEXT])).strip() if char.isprintable())
    at = max(0, flat.lower().find(phrase[:12]))
    start = max(0, min(at - width // 3, len(flat) - width))
    return flat[start : start + width]


def is_brand(text: str, host: str) -> bool:
    """Whether an anchor holds nothing but the name of its host, made like a gambling brand's (*Pulsa777*)."""
    name = "".join(char for char in text.lower() if char.isalnum())
    return 5 <= len(name) <= 24 and name in host.replace("-", "") and _BRAND.fullmatch(name) is not None


@lru_cache(maxsize=4_096)
def host_word(host: str) -> str | None:
    """The gambling word in a host's name, or ``None``; names under go.id, ac.id and the like never count."""
    name = host.lower().rstrip(".").removeprefix("www.")
    if _OWN_NAMES.search(name):
        return None
    match = _HOST.search(name)
    return match.group().strip(".-") if match else None
