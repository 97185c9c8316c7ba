"""The runbooks that alerts link to, as pages: whoever gets a mail at night opens them without the repository."""

from __future__ import annotations

import functools
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from opd_exporter.web.pages import html_response
from opd_exporter.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

INDEX = "README"
_LINK = re.compile(r'href="([A-Za-z]+)\.md')


def folder() -> Traversable:
    """``docs/runbooks``: packed into the wheel, read from the repository in a development install."""
    packed = resources.files("opd_exporter.web").joinpath("runbook_files")
    return packed if packed.is_dir() else Path(__file__).parents[3] / "docs" / "runbooks"


@functools.cache
def runbooks() -> Mapping[str, Markup]:
    """Name of an alert (or ``INDEX``) -> its runbook as HTML."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 3 MiB for pages that hardly anybody opens

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return {
        entry.name.removesuffix(".md"): Markup(  # noqa: S704 - our own files, raw HTML in them switched off
            _LINK.sub(_to_page, markdown.render(entry.read_text(encoding="utf-8")))
        )
        for entry in folder().iterdir()
        if entry.name.endswith(".md")
    }


def _to_page(link: re.Match[str]) -> str:
    return 'href="/runbooks' if link[1] == INDEX else f'href="/runbooks/{link[1]}'


async def index(request: web.Request) -> web.Response:
    """What there is, and what every new operator needs."""
    return await _answer(request, INDEX)


async def runbook(request: web.Request) -> web.Response:
    """The runbook of one alert."""
    return await _answer(request, request.match_info["alert"])


async def _answer(request: web.Request, name: str) -> web.Response:
    content = runbooks().get(name)
    if content is None:
        raise web.HTTPNotFound(text="Panduan ini tidak ada.")
    return await html_response(request, render("runbook.html", name=name, content=content))
