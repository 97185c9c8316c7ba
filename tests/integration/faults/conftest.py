"""A small fleet of real servers whose behaviour a test changes while an exporter watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.town import Town, build_town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Three departments: one publishes, one is dormant, one answers 500."""
    async with build_town(tmp_path) as built:
        yield built
