"""A client session for the tests of the web server."""

from __future__ import annotations

import aiohttp
import pytest


@pytest.fixture
async def client():
    """An HTTP client that follows no redirects by itself and decompresses nothing unasked."""
    async with aiohttp.ClientSession(auto_decompress=False, headers={"Accept-Encoding": "identity"}) as session:
        yield session
