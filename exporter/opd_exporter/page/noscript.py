"""What a script-built page shows to readers without scripts: often the same list, written by the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from opd_exporter.page.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARS: Final = 100_000
MAX_TAG_CHARS: Final = 200


def without_scripts(page: Page) -> Page | None:
    """The contents of ``noscript`` as a page of their own; ``None`` when they hold no link."""
    inside = "\n".join(_contents(page.html))[:MAX_CHARS]
    if "href" not in inside.lower():
        return None
    body = f'<html><head><meta charset="utf-8"></head><body>{inside}</body></html>'
    return Page(replace(page.exchange, body=body.encode("utf-8", "replace")))


def _contents(html: str) -> Iterator[str]:
    """What stands inside each ``noscript`` that ends.

    Not a regular expression, which would need the square of the number of those that do not end.
    """
    lowered, end = html.lower(), 0
    if len(lowered) != len(html):  # a few letters grow when they are lowered, and move what follows
        return
    while (start := lowered.find("<noscript", end)) >= 0:
        inner = lowered.find(">", start, start + MAX_TAG_CHARS) + 1
        end = lowered.find("</noscript", start)
        if end < 0:
            return
        if inner:
            yield html[inner:end]
