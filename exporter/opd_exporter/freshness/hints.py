"""Witnesses that may send the search somewhere or speak against a date, and never make a post.

A sitemap's ``lastmod`` is the time of an edit or of a build: it says which page to open first. The upload time in a
picture's name says when the picture came: a post "of today" whose picture is years old was not published today.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from lxml import etree

from opd_exporter.freshness.machine import parse_machine

if TYPE_CHECKING:
    from datetime import tzinfo

MAX_ENTRIES: Final = 5_000
_EPOCH = re.compile(r"[_\-/](1[3-9]\d{8})(?:\d{3})?(?=[._\-]|$)")
_FOLDER = re.compile(r"/(20\d{2})/(0[1-9]|1[0-2])(?:/(0[1-9]|[12]\d|3[01]))?/")
_STAMP = re.compile(r"[_\-/](20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?=[._\-T ]|\d{4,6}\b)")


def picture_day(url: str) -> date | None:
    """The day on which a picture was uploaded, as far as its name or folder tells; else ``None``."""
    if not url:
        return None
    found = _EPOCH.search(url)
    if found:
        return datetime.fromtimestamp(int(found.group(1)), UTC).date()
    found = _STAMP.search(url)
    if found:
        return _day(found.group(1), found.group(2), found.group(3))
    found = _FOLDER.search(url)
    if found:
        # A month's folder: its last days, so that it speaks against a date only when it surely can.
        return _day(found.group(1), found.group(2), found.group(3) or "28")
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_sitemap(body: bytes, now: datetime, zone: tzinfo) -> tuple[list[tuple[str, datetime | None]], list[str]]:
    """(pages with their ``lastmod``, newest first; nested sitemaps); both empty when ``body`` is no sitemap.

    ``lastmod`` is dropped when 80 % of the pages carry the same day: the file was stamped when it was built.
    """
    if b"<urlset" not in body[:4000] and b"<sitemapindex" not in body[:4000]:
        return [], []
    start = body.find(b"<urlset") if b"<urlset" in body[:4000] else body.find(b"<sitemapindex")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body[start:], parser)
    except (etree.LxmlError, ValueError):
        return [], []
    pages: list[tuple[str, datetime | None]] = []
    nested: list[str] = []
    for entry in root if root is not None else ():
        if len(pages) >= MAX_ENTRIES or not isinstance(entry.tag, str):
            continue
        values = {
            str(child.tag).rpartition("}")[2]: (child.text or "").strip()
            for child in entry
            if isinstance(child.tag, str)
        }
        if not values.get("loc"):
            continue
        if entry.tag.endswith("sitemap"):
            nested.append(values["loc"])
            continue
        parsed = parse_machine(values.get("lastmod", ""), now, zone)
        pages.append((values["loc"], parsed[0] if parsed else None))
    stamps = sorted(stamp for _, stamp in pages if stamp is not None)
    if len(stamps) > 2:
        middle = stamps[len(stamps) // 2]
        if sum(1 for stamp in stamps if abs(stamp - middle) < timedelta(hours=24)) >= 0.8 * len(stamps):
            return [(url, None) for url, _ in pages], nested
    pages.sort(key=lambda entry: entry[1].timestamp() if entry[1] and entry[1].year > 1970 else 0.0, reverse=True)
    return pages, nested
