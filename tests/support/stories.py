"""Turns the body of a test into a story that conftest starts together with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@overload
def story(body: Callable[[Path], None]) -> Callable[[Callable[[str], None]], None]: ...
@overload
def story(*, seconds: float) -> Callable[[Callable[[Path], None]], Callable[[Callable[[str], None]], None]]: ...
def story(body: Callable[[Path], None] | None = None, *, seconds: float = 60.0) -> object:
    """A test that waits for ``body``, which gets a folder of its own and runs beside the other stories.

    ``seconds``: about how long it takes; the longest begin first.
    """

    def decorate(body: Callable[[Path], None]) -> Callable[[Callable[[str], None]], None]:
        def test(stories: Callable[[str], None]) -> None:
            stories(body.__name__)

        test.__name__ = test.__qualname__ = body.__name__
        test.__doc__ = body.__doc__
        test.__module__ = body.__module__
        test.story, test.story_seconds = body, seconds  # type: ignore[attr-defined]
        return test

    return decorate if body is None else decorate(body)
