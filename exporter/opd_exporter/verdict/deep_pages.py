"""Once a day: gambling pages deep in the site, which the home page does not show but the sitemap lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from opd_exporter.models import Check, Finding, Reason
from opd_exporter.offload import offload
from opd_exporter.verdict import gambling
from opd_exporter.verdict.domains import host_of, is_same_site
from opd_exporter.verdict.look import evidence

if TYPE_CHECKING:
    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.registry import Site

MIN_PAGES: Final = 2
"""One address may be the shortened title of a warning; two are none."""
MAX_LOCATIONS: Final = 5_000
MAX_EXAMPLES: Final = 4
_LOCATION = re.compile(rb"<loc>\s{0,40}(?:<!\[CDATA\[\s{0,40})?([^<\]\s]{8,500})", re.IGNORECASE)


async def look_at_sitemap(site: Site, exchange: Exchange, fetch: Fetch) -> Finding | None:
    """The finding ``gambling_posts`` when the sitemap lists gambling pages, else ``None``; at most two requests."""
    url = urljoin(exchange.final_url, "/sitemap.xml")
    locations = _locations(await fetch(url, None))
    if locations and all(location.split("?")[0].endswith((".xml", ".xml.gz")) for location in locations[:20]):
        posts = [location for location in locations if "post" in location] or locations
        if not is_same_site(site, host_of(posts[0])):
            return None
        url = posts[0]
        locations = _locations(await fetch(url, None))
    found = await offload(_gambling_among, locations)
    if len(found) < MIN_PAGES:
        return None
    shown = tuple(
        evidence("deep_page", match.phrase, location) for location, match in list(found.items())[:MAX_EXAMPLES]
    )
    total = evidence("posts", f"{len(found)} alamat bermuatan judi di peta situs", url)
    return Finding(
        Check.DAILY, exchange.started_at + exchange.seconds, Reason.GAMBLING_POSTS, (*shown, total), readable=True
    )


def _gambling_among(locations: list[str]) -> dict[str, gambling.Match]:
    found: dict[str, gambling.Match] = {}
    for position in gambling.suspects(locations):
        location = locations[position]
        if match := gambling.find(gambling.path_words(location)):
            found.setdefault(location, match)
    return found


def _locations(answer: Exchange) -> list[str]:
    if not answer.ok:
        return []
    return [found.decode("utf-8", "replace") for found in _LOCATION.findall(answer.body)[:MAX_LOCATIONS]]
