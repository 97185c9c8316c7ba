"""Ways in which a page hides an element from the people who read it, each under a short name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DECLARATIONS: Final = (
    ("display_none", re.compile(r"display:none")),
    ("visibility_hidden", re.compile(r"visibility:(?:hidden|collapse)")),
    ("opacity_0", re.compile(r"opacity:0?(?:\.0+)?(?:0|%)?(?:;|!|$)")),
    ("off_screen", re.compile(r"(?:^|;)(?:left|right|top|bottom|margin-left|margin-top|margin):-\d{3,}")),
    ("off_screen", re.compile(r"transform:translate[xy3d]*\(-\d{4,}")),
    ("text_indent", re.compile(r"text-indent:-\d{3,}")),
    ("clipped", re.compile(r"clip:rect\((?:0|1)(?:px)?,|clip-path:inset\((?:50|100)%")),
    ("tiny_font", re.compile(r"font-size:[01](?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|!|$)")),
    ("transparent", re.compile(r"(?:^|;)color:(?:transparent|rgba\([^)]*,0?\.?0+\))")),
)
_HINT = re.compile(
    r"none|hidden|collapse|opacity|-\d{3}|clip|font-size|transparent|rgba|(?:height|width)\s*:\s*[01]|color"
)
"""One cheap look before the patterns: most styles hide nothing."""
_TINY_BOX = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px|%|em)?(?:;|!|$)")
_CLIPPING = re.compile(r"overflow(?:-[xy])?:(?:hidden|scroll|auto|clip)|position:absolute")
_COLOUR = re.compile(r"(?:^|;)color:(#[0-9a-f]{3,6}|[a-z]+)")
_BACKGROUND = re.compile(r"background(?:-color)?:(#[0-9a-f]{3,6}|[a-z]+)")
_RULE_HINT = re.compile(r"none|hidden|opacity|-\d{3}|clip|font-size|[01](?:px)?\s*(?:;|$)", re.IGNORECASE)
_SELECTOR = re.compile(r"^[a-z0-9]*([.#])([a-z0-9_-]+)$", re.IGNORECASE)
MAX_STYLE_CHARS: Final = 60_000
MAX_SELECTOR_CHARS: Final = 300
MAX_DECLARATIONS_CHARS: Final = 600


def hidden_how(style: str) -> str:
    """The name of the way in which an inline ``style`` hides its element, or an empty string."""
    compact = "".join(style.split()).lower()
    if not _HINT.search(compact):
        return ""
    for name, pattern in _DECLARATIONS:
        if pattern.search(compact):
            return name
    if _TINY_BOX.search(compact) and _CLIPPING.search(compact):
        return "tiny_box"
    colour, background = _COLOUR.search(compact), _BACKGROUND.search(compact)
    if colour and background and _same_colour(colour.group(1), background.group(1)):
        return "same_colour"
    return ""


def _same_colour(first: str, second: str) -> bool:
    names = {"white": "#ffffff", "black": "#000000"}
    values = [names.get(value, value) for value in (first, second)]
    values = [
        "#" + "".join(c * 2 for c in value[1:]) if len(value) == 4 and value[0] == "#" else value for value in values
    ]
    return values[0] == values[1] and values[0] not in {"inherit", "transparent"}


def hiding_rules(styles: Iterable[str]) -> Mapping[str, str]:
    """Simple selectors of a page's own style sheets that hide: ``.class`` or ``#id`` -> way.

    Rules inside ``@media`` are left out: they hide on one kind of screen only.
    """
    found: dict[str, str] = {}
    left = MAX_STYLE_CHARS
    for style in styles:
        if left <= 0:
            break
        text = _without_at_blocks(_without_comments(style[:left]))
        left -= len(style)
        for rule in text.split("}")[:-1]:
            head, _, declarations = rule.rpartition("{")
            if len(declarations) > MAX_DECLARATIONS_CHARS or not _RULE_HINT.search(declarations):
                continue
            if head and (how := hidden_how(declarations)):
                for selector in head.rpartition("{")[2][-MAX_SELECTOR_CHARS:].split(","):
                    simple = _SELECTOR.match(selector.strip())
                    if simple:
                        found[simple.group(1) + simple.group(2)] = how
    return found


def _without_comments(text: str) -> str:
    """``text`` without ``/* ... */``; what stands after one that never ends is dropped, as browsers do."""
    if "/*" not in text:
        return text
    head, *rest = text.split("/*")
    return head + "".join(part.partition("*/")[2] for part in rest)


def _without_at_blocks(text: str) -> str:
    """``text`` without ``@media {...}`` and its like, by counting braces once over the text."""
    if "@" not in text:
        return text
    kept: list[str] = []
    position = 0
    while (start := text.find("@", position)) >= 0:
        kept.append(text[position:start])
        opening = text.find("{", start)
        semicolon = text.find(";", start)
        if opening < 0 or 0 <= semicolon < opening:
            position = len(text) if semicolon < 0 else semicolon + 1
            continue
        depth, position = 1, opening + 1
        while depth and position < len(text):
            closing = text.find("}", position)
            if closing < 0:
                position = len(text)
                break
            depth += text.count("{", position, closing) - 1
            position = closing + 1
    kept.append(text[position:])
    return "".join(kept)
