"""A cheap look at an answer, for every probe: no tree is built, and the cost does not grow with the page.

It sees the title, the first headings, the first visible characters and how many links stand there. That is enough for
signatures, which only ever count on small pages.
"""

from __future__ import annotations

import html
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from opd_exporter.page.decoding import decode_body, looks_binary, squeeze_blanks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.models import Exchange

MAX_BYTES: Final = 65_536
"""Bytes of the body that are looked at."""
HEAD_CHARS: Final = 4_096
"""Characters of the "head" area of signatures."""
MAX_VISIBLE: Final = 4_000
"""Counting visible characters stops here: the page is then large for every rule."""
MAX_TAGS: Final = 3_000

_SPACE = re.compile(r"\s+")
_SILENT_TAG = re.compile(r"<(script|style|noscript|template|title|svg|textarea|object)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,600})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HEADLINE = re.compile(
    r"<(?:a\s([^<>]{0,600}?href[^<>]{0,600})|h[2-6]\b[^<>]{0,300})>((?:\s|<[^<>]{0,300}>){0,60}+[^<>]{22,300})<",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"<a\s([^<>]{0,1500})", re.IGNORECASE)
_OTHER_HOST = re.compile(r"\bhref\s{0,9}=\s{0,9}[\"']?(?:https?:)?//([^/\"'\s>?#:]{1,253})", re.IGNORECASE)
_MOUNT = re.compile(
    r"<(?:app-root|router-outlet|flutter-view|[a-z]+-app)\b|flutter(?:_bootstrap|\.js|\.min\.js)|__next_f\b|/_next/static/|<script\b[^<>]{0,200}type\s*=\s*[\"']?module"
    r"|\b(?:id|class)\s*=\s*[\"']?(?:[\w\s-]{0,80}\s)?(?:root|app|__next|__nuxt|___gatsby|svelte|q-app|main-app|app-root|application"
    r"|react-root|vue-app|mount|app-container|react-app|ember-basic-dropdown-wormhole|wix-essential|site-root|elm|spa|page-app)[\"'\s>]"
    r"|data-(?:reactroot|page|server-rendered|sveltekit|turbo|n-head|v-app|wf-site)\b|\bng-(?:app|version|view)\b",
    re.IGNORECASE,
)
_BUNDLE = re.compile(
    r"<script\b[^<>]{0,300}\bsrc\s*=\s*[\"']?[^\"'\s<>]{0,300}?(?:^|[/\"'=])(?:main|app|bundle|index|runtime|vendor|chunk|umi|client)[\w.-]{0,60}\.m?js",
    re.IGNORECASE,
)
_EMPTY_ELEMENT = re.compile(
    r"<(?:div|main|section)\b[^<>]{0,200}\bid\s*=[^<>]{1,200}>\s{0,40}</(?:div|main|section)", re.IGNORECASE
)
_PICTURE = re.compile(
    r"<(?:img|picture|video|canvas|embed|object|image|svg|button|select|input(?![^<>]{0,300}hidden)|input\s[^<>]{0,200}image)\b|background(?:-image)?\s*:[^;{}]{0,200}url\(",
    re.IGNORECASE,
)
_FRAME = re.compile(r"<(?:i?frame)\b[^<>]{0,2000}?\bsrc\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)


def flat(text: str) -> str:
    """``text`` with entities resolved and white space collapsed."""
    return _SPACE.sub(" ", html.unescape(text) if "&" in text else text).strip()


class Glance:
    """What one look at ``exchange`` sees; worked out lazily, never raises, bounded in time."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @cached_property
    def html(self) -> str:
        """The first ``MAX_BYTES`` of the body as text."""
        body = self.exchange.body[:MAX_BYTES]
        if body[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in body[:200]:
            return decode_body(body, self.exchange.headers.get("Content-Type", ""))
        return squeeze_blanks(body.decode("utf-8", "replace").removeprefix("\ufeff"))

    @cached_property
    def html_lower(self) -> str:
        """``html`` in lower case."""
        return self.html.lower()

    @cached_property
    def content_type(self) -> str:
        """The media type in lower case without parameters."""
        return self.exchange.headers.get("Content-Type", "").split(";")[0].strip().lower()

    @cached_property
    def is_binary(self) -> bool:
        """Whether the body is no text at all (PDF, image, archive)."""
        return looks_binary(self.exchange.body[:4096])

    @cached_property
    def title(self) -> str:
        """The page's title, flat, at most 300 characters."""
        found = _TITLE.search(self.html)
        return flat(found.group(1))[:300] if found else ""

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The first headings of the first two levels, flat."""
        found = [*self._heading_texts("h1", 5), *self._heading_texts("h2", 3)]
        return tuple(heading for heading in (flat(_TAG.sub(" ", text))[:300] for text in found) if heading)

    def _heading_texts(self, tag: str, count: int) -> list[str]:
        """The markup inside the first ``count`` elements ``tag``; two plain searches each, whatever is not closed."""
        lower, found, position = self.html_lower, [], 0
        for _ in range(count):
            start = lower.find(f"<{tag}", position)
            inside = lower.find(">", start) + 1 if start >= 0 else 0
            if inside <= 0:
                break
            end = lower.find(f"</{tag}", inside, inside + 1_200)
            position = end if end >= 0 else inside
            if end >= 0:
                found.append(self.html[inside:end])
        return found

    @cached_property
    def visible(self) -> str:
        """The first ``MAX_VISIBLE`` visible characters, flat."""
        return self._scan[0]

    @property
    def tag_count(self) -> int:
        """How many tags were passed until the text looked at was full (``MAX_TAGS``: the look ended early)."""
        return self._scan[1]

    @property
    def is_small(self) -> bool:
        """Whether the page has less than 3000 visible characters."""
        return len(self.visible) < 3000

    @cached_property
    def _scan(self) -> tuple[str, int]:
        """Visible text and the number of tags seen, in one bounded pass."""
        text, lower = self.html, self.html_lower
        parts: list[str] = []
        length = position = tags = 0
        end = len(text)
        while position < end and length < MAX_VISIBLE and tags < MAX_TAGS:
            opening = text.find("<", position)
            if opening < 0:
                opening = end
            piece = text[position:opening]
            if piece and not piece.isspace():
                parts.append(piece[:MAX_VISIBLE])
                length += len(piece.strip())
            if opening >= end:
                break
            tags += 1
            if text.startswith("<!--", opening):
                closing = text.find("-->", opening)
                position = end if closing < 0 else closing + 3
                continue
            silent = _SILENT_TAG.match(text, opening)
            if silent:
                closing = lower.find("</" + silent.group(1).lower(), opening)
                if closing < 0:
                    break
                opening = closing
            closing = text.find(">", opening)
            position = end if closing < 0 else closing + 1
        return flat(" ".join(parts))[:MAX_VISIBLE], tags

    @cached_property
    def link_count(self) -> int:
        """How many links stand in the part looked at."""
        return self.html_lower.count("<a ") + self.html_lower.count("<a\n")

    @cached_property
    def own_link_count(self) -> int:
        """How many of them stay on the site: a firm's sign links to the firm, however much it shows of itself."""
        return sum(1 for attributes in _ANCHOR.findall(self.html) if self.stays(attributes))

    def stays(self, attributes: str) -> bool:
        """Whether an anchor with ``attributes`` leads to the site itself."""
        other = _OTHER_HOST.search(attributes)
        if other is None:
            return True
        named, plain = other.group(1).lower(), self.host.removeprefix("www.")
        return named == plain or named.endswith("." + plain)

    @cached_property
    def headline_count(self) -> int:
        """How many own links or lesser headings read like the title of a post: four words or more."""
        count = 0
        for attributes, text in _HEADLINE.findall(self.html):
            if len(_TAG.sub(" ", text).split()) >= 4 and self.stays(attributes):
                count += 1
                if count >= 20:
                    break
        return count

    @cached_property
    def has_mount_point(self) -> bool:
        """Whether a script is meant to build the page: a root of a known kind, or an empty one beside a bundle."""
        if "<script" not in self.html_lower:
            return False
        if _MOUNT.search(self.html) is not None:
            return True
        return _BUNDLE.search(self.html) is not None and _EMPTY_ELEMENT.search(self.html) is not None

    @cached_property
    def has_picture(self) -> bool:
        """Whether something can be seen that is not text."""
        return _PICTURE.search(self.html) is not None

    @cached_property
    def frames(self) -> tuple[str, ...]:
        """The sources of frames and iframes as written."""
        return tuple(html.unescape(source) for source in _FRAME.findall(self.html)[:20])

    @cached_property
    def header_text(self) -> str:
        """Every header as ``name: value`` lines in lower case."""
        return "\n".join(f"{name}: {value}" for name, value in self.exchange.headers.items()).lower()

    @cached_property
    def host(self) -> str:
        """Host that answered, lower case."""
        try:
            return (urlsplit(self.exchange.final_url).hostname or "").rstrip(".")
        except ValueError:
            return ""

    @cached_property
    def path(self) -> str:
        """Path and query that answered, lower case."""
        try:
            parts = urlsplit(self.exchange.final_url)
        except ValueError:
            return ""
        return (parts.path + ("?" + parts.query if parts.query else "")).lower()

    def area(self, where: str) -> str:
        """The lower-case text of one signature area."""
        cache = self._area_cache
        text = cache.get(where)
        if text is None:
            text = cache[where] = _AREAS[where](self)
        return text

    @cached_property
    def _area_cache(self) -> dict[str, str]:
        return {}


_AREAS: Final[Mapping[str, Callable[[Glance], str]]] = {
    "title": lambda glance: glance.title.lower(),
    "h1": lambda glance: "\n".join(glance.headings).lower(),
    "text": lambda glance: glance.visible.lower(),
    "head": lambda glance: glance.html_lower[:HEAD_CHARS],
    "html": lambda glance: glance.html_lower,
    "header": lambda glance: glance.header_text,
    "host": lambda glance: glance.host,
    "path": lambda glance: glance.path,
}
AREAS: Final = frozenset(_AREAS)
"""Where a signature may look."""
