"""What a page loads by itself: frames of its own host, and the JSON that its own scripts ask for.

A script-built page often names its data in one plain call (``fetch('/api/berita')``); reading that answer is the cheap
way to dates that would else need a browser. Only addresses written out in the page are asked, never guessed ones.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from opd_exporter.freshness.areas import area_of_words
from opd_exporter.freshness.records import read_data
from opd_exporter.page.decoding import decode_body

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.models import Exchange
    from opd_exporter.page import Page

MAX_SCRIPT_CHARS: Final = 200_000
_CALL = re.compile(
    r"""(?:\bfetch|axios(?:\.get)?|\$\.get(?:JSON)?|\$\.ajax|\.load|\$http\.get|useFetch|\.open\(\s*["']GET["']\s*,)\s*\(?\s*"""
    r"""(?:\{\s*(?:\w+\s*:\s*["'\w]+\s*,\s*){0,4}url\s*:\s*)?["'`]([^"'`\s${}<>]{2,300})["'`]"""
)
_NEWS: Final = re.compile(
    r"berita|news|artikel|article|post|kabar|warta|pengumuman|info|blog|konten|content", re.IGNORECASE
)


def endpoint_urls(page: Page) -> list[str]:
    """Addresses that the page's inline scripts ask for, those with a news word first."""
    found: list[str] = []
    for _, text in page.scripts:
        found += [urljoin(page.outline.base, match.group(1)) for match in _CALL.finditer(text[:MAX_SCRIPT_CHARS])]
    wanted = [url for url in dict.fromkeys(found) if area_of_words(re.sub(r"[/_.?=&-]", " ", url).lower()) is None]
    return sorted(wanted, key=lambda url: not _NEWS.search(url))[:5]


def frame_urls(page: Page) -> list[str]:
    """Frames of the page, those with a news word first."""
    return sorted(dict.fromkeys(page.frames), key=lambda url: not _NEWS.search(url))[:5]


def read_endpoint(exchange: Exchange, page: Page, now: datetime, zone: tzinfo) -> list[Sighting]:
    """Posts in a JSON answer; empty when it is none."""
    text = decode_body(exchange.body, exchange.headers.get("Content-Type", "")).strip()
    if not exchange.ok or text[:1] not in {"{", "["}:
        return []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return read_data(value, exchange.final_url, page.url, now, zone)
