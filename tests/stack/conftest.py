"""Runs the stories of this folder side by side: each waits on its own Prometheus and Alertmanager most of the time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STORIES_AT_ONCE = 9


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories go to one worker, which overlaps them; the longest stories start first."""
    for item in items:
        if getattr(getattr(item, "function", None), "story", None):
            item.add_marker(pytest.mark.xdist_group("stack"))
            item.add_marker(pytest.mark.timeout(280))


@pytest.fixture(scope="session")
def stories(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], None]]:
    """Start every selected story; the value waits for the one that is named and raises what it raised."""
    selected = {
        item.function.__name__: item.function
        for item in request.session.items
        if getattr(getattr(item, "function", None), "story", None)
    }
    folder: Path = tmp_path_factory.mktemp("stack")
    # The longest first, so that none is left to run alone at the end.
    order = sorted(selected, key=lambda name: -selected[name].story_seconds)
    with ThreadPoolExecutor(STORIES_AT_ONCE, thread_name_prefix="story") as pool:
        running: dict[str, Future[None]] = {name: pool.submit(selected[name].story, folder / name) for name in order}
        yield lambda name: running[name].result()
        for waiting in running.values():
            waiting.cancel()
