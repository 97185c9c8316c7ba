"""A running fleet and a visitor that trusts its CA."""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from opd_exporter.demo import Fleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


class Visitor:
    """A browser in the small: one GET at a time, redirects not followed."""

    def __init__(self, session: aiohttp.ClientSession, trust: ssl.SSLContext) -> None:
        self._session = session
        self._trust = trust

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, seconds: float = 5.0
    ) -> tuple[int, str, Mapping[str, str]]:
        """Status, text and headers."""
        limit = aiohttp.ClientTimeout(total=seconds)
        async with self._session.get(
            url, ssl=self._trust, allow_redirects=False, headers=headers, timeout=limit
        ) as answer:
            return answer.status, await answer.text(), answer.headers


@asynccontextmanager
async def visit(fleet: Fleet) -> AsyncIterator[Visitor]:
    """A visitor of ``fleet``."""
    trust = ssl.create_default_context(cafile=str(fleet.ca_file))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield Visitor(session, trust)


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """The fleet of scenario 2020."""
    async with Fleet("2020") as running:
        yield running


@pytest.fixture
async def visitor(fleet: Fleet) -> AsyncIterator[Visitor]:
    """A visitor of ``fleet``."""
    async with visit(fleet) as running:
        yield running
