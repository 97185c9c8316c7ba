"""What is fuzzed: each target takes bytes, must raise nothing, must end soon, and must keep its promises."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.freshness import Memory
from opd_exporter.freshness.dates import find_dates, parse_date
from opd_exporter.freshness.feed_reader import read_feed
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.inspection import inspect
from opd_exporter.models import Exchange
from opd_exporter.probe.cookies import Cookies
from opd_exporter.probe.decode import decode
from opd_exporter.probe.failures import Failure
from opd_exporter.probe.heads import parse_head, parse_retry_after, starts_like_http
from opd_exporter.registry import Site
from opd_exporter.registry.loader import parse
from opd_exporter.verdict import follow_client_redirects, judge_probe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CPU_SECONDS = 2.0
"""Most CPU time for one input (atheris slows code down several times)."""
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")
URL = "http://situs.example.go.id/"
SITE = Site("situs", "Situs", "Dinas", URL)
CAP = 1_048_576


def fuzz_dates(data: bytes) -> None:
    """Human and machine dates."""
    text = data.decode("utf-8", "replace")
    for hit in find_dates(text, NOW, ZONE):
        assert 0 <= hit.start < hit.end, hit
    parse_date(text, NOW, ZONE)
    found = parse_machine(text, NOW, ZONE)
    if found is not None:
        moment, _ = found
        assert moment.tzinfo is not None
        assert 1 <= moment.year <= 9999
        moment.timestamp()


def fuzz_feeds(data: bytes) -> None:
    """RSS, Atom, RDF, JSON Feed, and what only looks like one."""
    feed = read_feed(data[:CAP])
    if feed is not None:
        assert len(feed.items) <= 1_000
        for item in feed.items:
            assert max(len(item.title), len(item.published), len(item.updated)) <= 300
            parse_machine(item.published, NOW, ZONE)


def fuzz_pages(data: bytes) -> None:
    """Everything that the pipeline does with an answer; each further page of the site is the same one."""

    def exchange_of(url: str, body: bytes) -> Exchange:
        headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "text/html"}))
        return Exchange(url, url, NOW.timestamp(), 0.1, status=200, headers=headers, body=body)

    async def fetch(url: str, _headers: Mapping[str, str] | None = None) -> Exchange:
        return exchange_of(url, data[:CAP] + b" ")

    async def look() -> None:
        exchange = await follow_client_redirects(SITE, exchange_of(URL, data[:CAP]), fetch)
        finding = judge_probe(SITE, exchange)
        assert all(evidence.text.isprintable() for evidence in finding.evidence)
        inspection = await inspect(SITE, exchange, fetch, NOW, Memory())
        if inspection.reading is not None:
            for post in inspection.reading.posts:
                assert post.published_at <= NOW + timedelta(days=2), post
                assert post.title.isprintable(), post
            assert Memory.from_json(inspection.reading.memory.to_json()) == inspection.reading.memory

    asyncio.run(look())


def fuzz_registry(data: bytes) -> None:
    """``sites.yml`` as people and programs write it."""
    outcome = parse(data[:200_000], Path("/nonexistent"))
    assert (outcome.registry is None) == bool(outcome.mistakes)
    for mistake in outcome.mistakes:
        assert mistake.message
        assert mistake.message.isprintable(), mistake


def fuzz_headers(data: bytes) -> None:
    """Status line, headers, cookies and content encodings."""
    starts_like_http(data)
    try:
        head = parse_head(data[:262_144])
    except Failure:
        return
    for value in head.headers.values():
        assert value.isprintable(), value
    cookies = Cookies()
    cookies.update("situs.example.go.id", head.headers.getall("Set-Cookie", ()))
    assert (cookies.header("situs.example.go.id") or "").isprintable()
    seconds = parse_retry_after(head.headers.get("Retry-After"), NOW.timestamp())
    assert seconds is None or 0 <= seconds <= 86_400
    decoded = decode(data[-4_096:], head.headers.get("Content-Encoding", ""), 65_536)
    assert len(decoded.body) <= 65_536


TARGETS: dict[str, Callable[[bytes], None]] = {
    "dates": fuzz_dates,
    "feeds": fuzz_feeds,
    "pages": fuzz_pages,
    "registry": fuzz_registry,
    "headers": fuzz_headers,
}


class TooSlowError(AssertionError):
    """One input cost too much time."""


def run(name: str, data: bytes) -> None:
    """One input through one target.

    Raises:
        TooSlowError: It took longer than ``CPU_SECONDS``.
        Exception: Whatever the target let out: a finding.
    """
    started = time.process_time()
    TARGETS[name](data)
    spent = time.process_time() - started
    if spent > CPU_SECONDS:
        raise TooSlowError(f"{spent:.1f} s for {len(data)} bytes")
