"""A small fleet of real servers whose behaviour a test changes while an exporter watches."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import yaml
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ARTICLE = """<article><h3><a href="/berita/{slug}">{title}</a></h3><p class="tanggal">{date}</p></article>"""
PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>Dinas Contoh Kabupaten Serang</h1><p>Situs resmi dinas contoh; layanan, profil dan berita kegiatan.</p>
<nav><a href="/profil">Profil dinas</a> <a href="/layanan">Layanan publik</a> <a href="/ppid">PPID</a></nav>
<p>{prose}</p>
<section class="berita"><h2>Berita Terbaru</h2>{articles}</section>{extra}</body></html>"""
MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
PROSE = "Dinas melayani warga kabupaten setiap hari kerja dari pagi sampai sore di kantor dan melalui situs ini. " * 12
HACKED = "".join(
    f'<a href="https://slot-gacor-{n}.example/" style="display:none">slot gacor maxwin {n}</a>' for n in range(5)
)


@dataclass
class Department:
    """One web server with posts so many days old."""

    ages: list[int] = field(default_factory=lambda: [1, 4, 9])
    status: int = 200
    extra: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    host: str = "127.0.0.1"
    name: str = ""
    """Host name in the registry's URL; by default the address."""
    hits: int = 0
    title: str = "Dinas Contoh"
    first_title: str = "Kegiatan dinas nomor 0 berlangsung lancar"
    runner: web.AppRunner | None = None

    async def hit(self) -> None:
        """Returns at the next request of the home page."""
        self.asked.clear()
        await asyncio.wait_for(self.asked.wait(), 20)

    def hack(self) -> None:
        """Inject hidden gambling links."""
        self.extra = HACKED

    @property
    def url(self) -> str:
        """Its home page."""
        return f"http://{self.name or self.host}:{self.port}/"

    async def answer(self, request: web.Request) -> web.Response:
        """The home page, in its present state; nothing else exists."""
        if request.path != "/":
            return web.Response(status=404, text="tidak ada")
        self.asked.set()
        self.hits += 1
        if self.status != 200:
            return web.Response(status=self.status, text="gangguan")
        now = datetime.now(UTC)
        articles = ""
        for number, age in enumerate(self.ages):
            day = now - timedelta(days=age)
            written = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
            title = f"Kegiatan dinas nomor {number} berlangsung lancar" if number else self.first_title
            articles += ARTICLE.format(slug=f"kegiatan-{number}-{age}", title=title, date=written)
        text = PAGE.format(title=self.title, articles=articles, prose=PROSE, extra=self.extra)
        return web.Response(text=text, content_type="text/html")

    async def start(self) -> None:
        """Listen, on the port it had before when there was one."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, self.host, self.port).start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening: connections are refused."""
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None


@dataclass
class Town:
    """Departments and the registry that names them."""

    folder: Path
    departments: dict[str, Department]
    defaults: dict[str, Any] = field(default_factory=dict)
    canaries: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    """Further top-level keys of the registry."""

    @property
    def config_file(self) -> Path:
        """The registry file, as ``write`` left it."""
        return self.folder / "sites.yml"

    @property
    def storage(self) -> Path:
        """Where the exporter keeps its store."""
        return self.folder / "store.db"

    def write(self, *names: str, **site_facts: Any) -> None:
        """Write the registry with the departments named (all by default)."""
        sites = [
            {"id": name, "opd": name.title(), "name": f"Dinas {name}", "url": self.departments[name].url} | site_facts
            for name in (names or self.departments)
        ]
        defaults = {"probe_interval": "1s", "probe_timeout": "2s", "confirm_after": "200ms", "content_interval": "2s"}
        document = {"defaults": defaults | self.defaults, "canaries": self.canaries, "sites": sites} | self.facts
        self.config_file.write_text(yaml.safe_dump(document), encoding="utf-8")


@asynccontextmanager
async def build_town(folder: Path) -> AsyncIterator[Town]:
    """Three departments: one publishes, one is dormant, one answers 500."""
    departments = {"aktif": Department(), "lama": Department(ages=[120, 300]), "rusak": Department(status=500)}
    for department in departments.values():
        await department.start()
    built = Town(folder, departments)
    built.write()
    try:
        yield built
    finally:
        for department in departments.values():
            await department.stop()
