"""JSON-LD: articles with a date of publication; every other type and every date of change is left alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from opd_exporter.freshness.credibility import Sighting
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.freshness.urls import url_key
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from opd_exporter.page import Page

ARTICLE_TYPES: Final = frozenset(
    {
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "report",
        "techarticle",
        "socialmediaposting",
        "liveblogposting",
        "scholarlyarticle",
    }
)
MAX_NODES: Final = 20_000
MAX_BLOCK_CHARS: Final = 500_000
_TRAILING = re.compile(r",\s*([}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]+")


def read_json_ld(page: Page, now: datetime, zone: tzinfo, *, listing: bool) -> list[Sighting]:
    """Articles that the page's own data name.

    Args:
        page: Any page.
        now: Aware.
        zone: Zone of dates without an offset.
        listing: On a list (the home page) an article that names the page itself is a profile page, not a post.
    """
    sightings = []
    for node in _articles(page):
        raw = node.get("datePublished")
        parsed = parse_machine(raw, now, zone) if isinstance(raw, str) else None
        if not isinstance(raw, str) or parsed is None:
            continue
        url = _address(node, page.url)
        if listing and (not url or url_key(url) == url_key(page.url)):
            continue
        moment, date_only = parsed
        stated = DateHit(0, 0, moment.date()).moment(zone, now) if date_only else moment
        title = str(node.get("headline") or node.get("name") or "")
        sightings.append(Sighting(PostSource.JSONLD, page.url, raw, title[:300], url or page.url, stated, date_only))
        if len(sightings) >= 60:
            break
    return sightings


def _articles(page: Page) -> Iterator[dict[str, Any]]:
    left = MAX_NODES
    for block in page.json_ld[:30]:
        stack: list[Any] = [_load(block)]
        while stack and left:
            left -= 1
            value = stack.pop()
            if isinstance(value, list):
                stack.extend(reversed(value[:500]))
            elif isinstance(value, dict):
                kinds = value.get("@type")
                names = kinds if isinstance(kinds, list) else [kinds]
                if any(str(name).lower().rpartition("/")[2] in ARTICLE_TYPES for name in names):
                    yield value
                stack.extend(child for child in list(value.values())[:100] if isinstance(child, (dict, list)))


def _load(text: str) -> Any:
    """The value of one block, or ``None``; a bad block never costs the others."""
    text = (
        text.strip()[:MAX_BLOCK_CHARS]
        .removeprefix("<!--")
        .removesuffix("-->")
        .removeprefix("//<![CDATA[")
        .removesuffix("//]]>")
        .strip()
        .rstrip(";")
    )
    for attempt in (text, _TRAILING.sub(r"\1", _CONTROL.sub(" ", text))):
        try:
            return json.loads(attempt)
        except (ValueError, RecursionError):
            continue
    return None


def _address(node: dict[str, Any], base: str) -> str:
    for name in ("url", "mainEntityOfPage", "@id"):
        value = node.get(name)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.strip() and not value.startswith("#"):
            return urljoin(base, value.strip().partition("#")[0])
    return ""
