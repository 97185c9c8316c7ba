"""What a page of an imitation site is made of, and how it becomes HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from opd_exporter.demo.posts import WIB, draw, long_date, plain_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from opd_exporter.demo.posts import DemoPost

_ACCENTS = ("#0b5d4e", "#1d4e89", "#7a2f3d", "#3f4b8c", "#0f6a8b", "#5b4a1f", "#2f6b2f", "#6a3d7c")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True
)
_TEMPLATES.globals.update(long_date=long_date, plain_date=plain_date)


@dataclass(frozen=True, slots=True)
class Request:
    """What a visitor asks for."""

    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    user_agent: str = ""
    referer: str = ""
    address: str = ""
    """The address that the visitor connected to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the imitation site says; ``body`` text is sent as UTF-8."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cacheable: bool = False
    """Whether an ``ETag`` is sent and ``If-None-Match`` honoured."""

    @property
    def payload(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True, slots=True)
class View:
    """One imitation site at one moment, as its pages show it."""

    id: str
    name: str
    opd: str
    base_url: str
    """Scheme, host and port, without a slash at the end."""
    posts: Sequence[DemoPost]
    """Newest first."""
    now: datetime
    """Aware, in WIB."""
    traps: frozenset[str] = frozenset()
    list_path: str = "/berita"
    head_links: Sequence[Mapping[str, str]] = ()
    json_blocks: Sequence[Mapping[str, str]] = ()
    generator: str = ""
    body_class: str = "laman"
    elsewhere_url: str = ""
    """Another host of the demo, without a slash at the end."""
    injected: str = ""
    """HTML put behind the footer by an intruder."""

    @property
    def accent(self) -> str:
        """The site's own colour."""
        return _ACCENTS[draw(self.id, "accent") % len(_ACCENTS)]

    @property
    def initials(self) -> str:
        """At most three letters for the round badge."""
        capitals = "".join(letter for letter in self.opd if letter.isupper())
        return capitals[:3] if len(capitals) > 1 else self.opd[:2].upper()

    @property
    def visitors(self) -> int:
        """The visitor counter of today."""
        return 60 + draw(self.id, self.now.date()) % 300

    @property
    def agenda(self) -> list[tuple[date, str]]:
        """Coming events: dates in the future that are not posts."""
        names = ("Lomba kebersihan tingkat kabupaten", "Rapat koordinasi akhir triwulan", "Pelayanan terpadu keliling")
        return [((self.now + timedelta(days=2 + 9 * place)).date(), name) for place, name in enumerate(names)]

    @property
    def comments(self) -> list[tuple[date, str, str]]:
        """Visitors' comments, always newer than the posts: date, text, address."""
        page = f"{self.list_path}/{self.posts[-1].slug}" if self.posts else self.list_path
        texts = ("Terima kasih informasinya", "Mohon jam layanan ditambah")
        return [((self.now - timedelta(hours=5 + 20 * place)).date(), text, page) for place, text in enumerate(texts)]

    def with_(self, **changes: Any) -> View:
        """A copy with ``changes``."""
        return replace(self, **changes)


def render(template: str, view: View, **context: Any) -> str:
    """The HTML of ``template`` for ``view``."""
    context.setdefault("page_title", view.name)
    return _TEMPLATES.get_template(template).render(view=view, **context)


def static_page(view: View, heading: str, *paragraphs: str) -> str:
    """A page of plain text in the site's own frame."""
    return render("static.html", view, heading=heading, paragraphs=paragraphs, page_title=f"{heading} - {view.name}")


def not_found(view: View) -> Answer:
    """The site's own 404 page."""
    body = static_page(view, "Halaman tidak ditemukan", "Halaman yang dicari tidak ada atau sudah dipindahkan.")
    return Answer(body, status=404)


def json_answer(value: object, status: int = 200) -> Answer:
    """``value`` as JSON."""
    return Answer(json.dumps(value, ensure_ascii=False), status=status, content_type="application/json; charset=UTF-8")


def json_script(value: object) -> str:
    """``value`` as JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


__all__ = ["WIB", "Answer", "Request", "View", "json_answer", "json_script", "not_found", "render", "static_page"]


def bare_page(title: str, body: str, *, status: int = 200, head: str = "", **headers: str) -> Answer:
    """A page outside the site's own frame."""
    return Answer(
        f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title}</title>{head}'
        "<style>body{font:16px/1.6 system-ui,sans-serif;max-width:640px;margin:80px auto;padding:0 20px;color:#333}"
        f"</style></head><body>{body}</body></html>",
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
