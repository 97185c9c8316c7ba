"""Turns the body of a test into a story that conftest starts together with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def story(body: Callable[[Path], None]) -> Callable[[Callable[[str], None]], None]:
    """A test that waits for ``body``, which gets a folder of its own and runs beside the other stories."""

    def test(stories: Callable[[str], None]) -> None:
        stories(body.__name__)

    test.__name__ = test.__qualname__ = body.__name__
    test.__doc__ = body.__doc__
    test.__module__ = body.__module__
    test.story = body  # type: ignore[attr-defined]
    return test
