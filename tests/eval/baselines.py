"""What simpler monitors would say: the newest date anywhere on the page, and the first feed read with feedparser.

Both ask over the same proxy, take HTTP 200 as "alive" and judge the age like the product does.
"""

from __future__ import annotations

import asyncio
import calendar
import re
import warnings
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import aiohttp

from .engine import DORMANT_DAYS, FRESHNESS_DAYS, Answer
from .world import World, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .cases import Case

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan januari january",
            "feb februari february pebruari",
            "mar maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu agt ags agustus aug august",
            "sep september",
            "okt oktober oct october",
            "nov november nopember",
            "des desember dec december",
        ],
        1,
    )
    for name in names.split()
}
_WORDS = re.compile(r"\b(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(20\d\d)\b")
_ENGLISH = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2}),\s+(20\d\d)\b")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_SLASH = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](20\d\d)\b")
_FEED = re.compile(r"<link\b[^>]*type=[\"']application/(?:rss|atom)\+xml[\"'][^>]*>", re.IGNORECASE)
_HREF = re.compile(r"href=[\"']([^\"']+)", re.IGNORECASE)


async def newest_date_anywhere(cases: Sequence[Case]) -> dict[str, Answer]:
    """Baseline 1: HTTP 200 and the newest date that stands anywhere on the home page and is not in the future."""
    return await _ask(cases, _newest_date)


async def first_feed(cases: Sequence[Case]) -> dict[str, Answer]:
    """Baseline 2: HTTP 200 and the newest entry, as feedparser says, of the first feed of the page (else /feed)."""
    return await _ask(cases, _first_feed)


async def _ask(cases, rule) -> dict[str, Answer]:
    async with serve(World(cases)) as proxy, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:

        async def get(url: str) -> tuple[int, str]:
            try:
                async with session.get(url.replace("https://", "http://"), proxy=proxy, max_redirects=5) as answer:
                    return answer.status, (await answer.read()).decode("utf-8", "replace")
            except (aiohttp.ClientError, TimeoutError, ValueError):
                return 0, ""

        async def one(case: Case) -> tuple[str, Answer]:
            status, text = await get(case.url + "/")
            if status != 200:
                return case.id, Answer("down", None)
            return case.id, _judge(case, await rule(case, text, get))

        return dict(await asyncio.gather(*(one(case) for case in cases)))


def _judge(case: Case, newest: date | None) -> Answer:
    if newest is None:
        return Answer("undated", None)
    age = (case.now.astimezone(ZoneInfo(case.zone)).date() - newest).days
    status = "active" if age <= FRESHNESS_DAYS else "late" if age <= DORMANT_DAYS else "dormant"
    return Answer(status, newest)


async def _newest_date(case: Case, text: str, get) -> date | None:
    found: list[date] = []
    for pattern, order in ((_WORDS, "dmy"), (_ENGLISH, "mdy"), (_ISO, "ymd"), (_SLASH, "dmy")):
        for groups in pattern.findall(text):
            parts = dict(zip(order, groups, strict=True))
            month = parts["m"] if parts["m"].isdigit() else _MONTHS.get(parts["m"].lower(), 0)
            try:
                found.append(date(int(parts["y"]), int(month), int(parts["d"])))
            except ValueError:
                continue
    today = case.now.astimezone(ZoneInfo(case.zone)).date()
    return max((day for day in found if day <= today), default=None)


async def _first_feed(case: Case, text: str, get) -> date | None:
    import feedparser

    link = _FEED.search(text)
    href = _HREF.search(link.group()) if link else None
    status, feed = await get(urljoin(case.url + "/", href.group(1) if href else "/feed"))
    if status != 200:
        return None
    with warnings.catch_warnings():
        # feedparser warns at each date that it borrows from another element.
        warnings.simplefilter("ignore")
        entries = feedparser.parse(feed.encode()).entries
        stamps = [entry.get("published_parsed") or entry.get("updated_parsed") for entry in entries]
    days = []
    for stamp in filter(None, stamps):
        try:
            days.append(datetime.fromtimestamp(calendar.timegm(stamp), UTC).astimezone(ZoneInfo(case.zone)).date())
        except (ValueError, OverflowError):
            continue
    limit = case.now.date() + timedelta(days=1)
    return max((day for day in days if day <= limit), default=None)
