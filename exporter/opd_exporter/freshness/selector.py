"""The registry's own CSS selector, for a page that nothing else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.dates import parse_date
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from opd_exporter.page import Page

MAX_ELEMENTS = 100


def read_selector(page: Page, selector: str, now: datetime, zone: tzinfo) -> list[Sighting]:
    """The date in every element that ``selector`` matches; empty for a selector that is no CSS.

    The element may be the date itself or the block of one post; its address and title come from the first link in it,
    else from the nearest block around it that has one.
    """
    try:
        elements = page.soup.select(selector, limit=MAX_ELEMENTS)
    except Exception:  # noqa: BLE001 - soupsieve raises several kinds for what is not a selector
        return []
    sightings = []
    for element in elements:
        raw = str(element.get("datetime") or element.get("content") or "")
        parsed = parse_machine(raw, now, zone) if raw else None
        if parsed is None:
            raw = element.get_text(" ", strip=True)[:300]
            hit = parse_date(raw, now, zone)
            moment = hit.moment(zone, now) if hit else None
            parsed = (moment, hit.time is None) if hit and moment else None
        title, url = _link_of(element, page.outline.base)
        if parsed is None:
            sightings.append(Sighting(PostSource.SELECTOR, page.url, raw, title, url, refusal=Refusal.UNREADABLE))
            continue
        moment, date_only = parsed
        if date_only:
            moment = DateHit(0, 0, moment.date()).moment(zone, now) or moment
        sightings.append(Sighting(PostSource.SELECTOR, page.url, raw, title, url, moment, date_only))
    return sightings


def _link_of(element: Any, base: str) -> tuple[str, str]:
    current = element
    for _ in range(5):
        if current is None:
            break
        anchors = (
            [current] if current.name == "a" and current.get("href") else current.find_all("a", href=True, limit=3)
        )
        if anchors:
            best = max(anchors, key=lambda anchor: len(anchor.get_text(strip=True)))
            return " ".join(best.get_text(" ", strip=True).split())[:300], urljoin(base, str(best["href"]))
        current = current.parent
    return "", ""
