"""The content check of one site, free of state: an exchange and what is remembered in, a finding and posts out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opd_exporter.freshness import read_posts
from opd_exporter.models import Status
from opd_exporter.offload import offload
from opd_exporter.page import parse_page
from opd_exporter.verdict import judge_content, judge_posts

if TYPE_CHECKING:
    from datetime import datetime

    from opd_exporter.freshness import Memory, Reading
    from opd_exporter.models import Exchange, Fetch, Finding
    from opd_exporter.page import Page
    from opd_exporter.registry import Site


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a content check saw."""

    finding: Finding
    reading: Reading | None
    """``None`` when the page is not the site, so that no date on it is a post."""
    page: Page


async def inspect(
    site: Site, exchange: Exchange, fetch: Fetch, now: datetime, memory: Memory, known: Finding | None = None
) -> Inspection:
    """Judge the page and read its posts.

    Args:
        site: Whose page it is.
        exchange: The answer of the home page, with a body.
        fetch: Gets further pages of the site.
        now: Aware; dates are judged as of this instant.
        memory: What earlier readings learned.
        known: The last finding, when the page has not changed since: it is not judged again.
    """
    page = parse_page(exchange)
    if known is not None:
        finding = replace(known, at=now.timestamp())
    else:
        # Parsing takes milliseconds of CPU: off the loop, so that it does not falsify other sites' response times.
        finding = replace(await offload(judge_content, site, exchange, page, ()), at=now.timestamp())
    if finding.status in {Status.DOWN, Status.BLOCKED}:
        return Inspection(finding, None, page)
    reading = await read_posts(site, exchange, page, fetch, now, memory)
    if finding.reason is None and reading.titles:
        posts = await offload(judge_posts, site, exchange, reading.titles)
        finding = posts if posts.reason is not None else finding
    return Inspection(finding, reading, page)
