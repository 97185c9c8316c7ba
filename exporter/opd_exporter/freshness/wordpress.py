"""WordPress REST: the posts themselves, newest first, with their dates in UTC and in the site's own zone."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.models import PostSource
from opd_exporter.page.decoding import decode_body

if TYPE_CHECKING:
    from datetime import tzinfo

    from opd_exporter.models import Exchange
    from opd_exporter.page import Page

FIELDS: Final = "per_page=10&_fields=date,date_gmt,link,title"
_ROOT = re.compile(r"<([^<>]{1,500})>\s*;\s*rel=\"?https?://api\.w\.org/")
_TAGS = re.compile(r"<[^>]{0,300}>")
_BIGGEST_SHIFT: Final = timedelta(hours=14)


def is_wordpress(page: Page) -> bool:
    """Whether the home page gives WordPress away."""
    head = page.html[:80_000]
    return "wordpress" in page.generator or "wp-content/" in head or "wp-includes/" in head or _root(page) is not None


def _root(page: Page) -> str | None:
    """Address of the REST API as the site names it (a header, or a link in the head)."""
    found = _ROOT.search(page.exchange.headers.get("Link", ""))
    if found:
        return str(urljoin(page.url, found.group(1)))
    for rel, attributes in page.outline.head_links:
        if rel.endswith("://api.w.org/"):
            return str(urljoin(page.url, attributes["href"].strip()))
    return None


def rest_urls(page: Page, base: str) -> list[str]:
    """Addresses of the post list, the named one first."""
    root = _root(page)
    if root is not None and "rest_route=" in root:
        return [root + ("" if root.endswith("/") else "/") + "wp/v2/posts&" + FIELDS]
    pretty = (root or urljoin(base, "wp-json/")).rstrip("/") + "/wp/v2/posts?" + FIELDS
    return [pretty, urljoin(base, "?rest_route=/wp/v2/posts&" + FIELDS)]


def read_rest(exchange: Exchange, now: datetime, zone: tzinfo) -> list[Sighting] | None:
    """Sightings of the posts in a REST answer; ``None`` when it is not one."""
    if not exchange.ok:
        return None
    posts = _decode(decode_body(exchange.body, exchange.headers.get("Content-Type", "")))
    if posts is None:
        return None
    sightings = []
    for post in posts[:100]:
        if not isinstance(post, dict) or "date" not in post:
            continue
        raw = str(post.get("date") or "")
        moment = _moment(raw, str(post.get("date_gmt") or ""), now, zone)
        title = post.get("title")
        rendered = title.get("rendered") if isinstance(title, dict) else title
        text = " ".join(html.unescape(_TAGS.sub("", str(rendered or ""))).split())
        refusal = None if moment else Refusal.UNREADABLE
        link = urljoin(exchange.final_url, str(post.get("link") or ""))
        sightings.append(Sighting(PostSource.WORDPRESS, exchange.final_url, raw, text, link, moment, False, refusal))
    return sightings


def _decode(text: str) -> list[Any] | None:
    """The JSON list in ``text``, after whatever PHP printed before it."""
    decoder = json.JSONDecoder()
    position = 0
    for _ in range(20):
        position = text.find("[", position)
        if position < 0:
            return None
        try:
            value, _ = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        if isinstance(value, list) and (not value or isinstance(value[0], dict)):
            return value
        position += 1
    return None


def _moment(local: str, utc: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The instant: the UTC value when it fits the local one, else the local value as it stands."""
    parsed = parse_machine(local, now, zone)
    if parsed is None:
        return None
    stated = parse_machine(utc, now, UTC) if utc else None
    if stated is None or stated[0].year < 1990:
        return parsed[0]
    shift = parsed[0].replace(tzinfo=UTC) - stated[0].astimezone(UTC)
    if abs(shift) > _BIGGEST_SHIFT or shift % timedelta(minutes=15):
        return parsed[0]
    return stated[0].astimezone(zone)
