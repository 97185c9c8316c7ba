"""One visit to a site: its pages, each fetched at most once, within a budget of requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.urls import url_key
from opd_exporter.offload import offload
from opd_exporter.page import parse_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from opd_exporter.freshness.credibility import Sighting
    from opd_exporter.freshness.urls import OwnHosts
    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.page import Page
    from opd_exporter.registry import Site

FIRST_VISIT_REQUESTS: Final = 8
"""Requests of a first visit, the home page included."""


@dataclass(slots=True)
class Visit:
    """What is fetched and seen while one site is read."""

    site: Site
    home: Page
    base: str
    """URL of the home page, after redirects."""
    own: OwnHosts
    fetch: Fetch
    now: datetime
    zone: tzinfo
    front: Page | None = None
    """The page at the door, where ``home`` lies behind frames or a refresh."""
    budget: int = FIRST_VISIT_REQUESTS - 1
    requests: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    """URL -> title of every listed item."""
    undated: dict[str, str] = field(default_factory=dict)
    """URL -> title of listed posts without a date, in order."""
    pages: dict[str, Page] = field(default_factory=dict)
    """Pages by the key of the URL asked for."""
    listed: dict[Page, bool] = field(default_factory=dict)
    """Pages whose lists were read -> whether they dated posts."""

    @property
    def left(self) -> int:
        """Requests that may still be made."""
        return self.budget - self.requests

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Exchange | None:
        """Fetch ``url`` once; ``None`` when the budget is used up, it is not the site's or nothing answered."""
        if self.left <= 0 or not self.own(url) or not url.startswith(("http://", "https://")):
            return None
        key = url_key(url)
        if key in self.pages:
            return self.pages[key].exchange
        self.requests += 1
        exchange = await self.fetch(url, headers)
        page = parse_page(exchange)
        self.pages[key] = page
        if exchange.reason is not None or not self.own(exchange.final_url):
            return None
        return exchange

    async def get_page(self, url: str) -> Page | None:
        """Fetch ``url`` as a web page; ``None`` when it is an error, not HTML, or the home page again (a soft 404)."""
        known = self.pages.get(url_key(url))
        exchange = known.exchange if known is not None else await self.get(url)
        if exchange is None or not exchange.ok:
            return None
        page = self.pages.get(url_key(url)) or parse_page(exchange)
        again = exchange.body == self.home.exchange.body or (
            url_key(exchange.final_url) == url_key(self.base) != url_key(url)
        )
        if again or not await offload(_parse, page):
            return None
        return page


def _parse(page: Page) -> bool:
    """Build the outline off the event loop."""
    if not page.is_html:
        return False
    return bool(page.outline.blocks)
