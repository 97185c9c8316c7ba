"""CPU per content check of a page that changed, about 100 KB long: judged, read for posts, nothing fetched beside it.

    python -m bench.content_cost [--checks 60]        (from tests/, as `make bench` does)

Pages made here in the ways of common software, and the longest real WordPress page of the corpus. Each check sees
a body that it has never seen and remembers what the check before learned, as the exporter does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bench.programs import save, say
from opd_exporter.freshness import Memory
from opd_exporter.inspection import inspect
from opd_exporter.models import Exchange
from support.fleet import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.registry import Site

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=ZONE)
SIZE = 100_000
GOAL_MS = 15.0
MONTHS: Final = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
WORDS: Final = (
    *("bantuan", "pelatihan", "warga", "nelayan", "kecamatan", "pembangunan"),
    *("jalan", "rapat", "kesehatan", "sekolah", "desa", "pertanian"),
)
CAPTURED = "WordPress page of the corpus"
CAPTURE = Path(__file__).parents[1] / "corpus" / "345-wp-block-theme-midnight" / "pages" / "index.html"
CAPTURED_URL = "https://dinkes.wp-uji.example/"


def title(number: int) -> str:
    """A headline, each another."""
    return f"Bupati meninjau {WORDS[number % 12]} {WORDS[number // 12 % 12]} tahap {number}"


def day(number: int) -> str:
    """``24 November 2026`` and backwards."""
    when = NOW - timedelta(days=1 + number)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def prose(number: int, length: int) -> str:
    """Some sentences."""
    return " ".join(WORDS[(number + at) % 12] for at in range(length))


def grid(number: int, age: int) -> str:
    """A card of a WordPress theme."""
    return (
        f'<article id="post-{number}" class="post type-post status-publish hentry"><div class="post-thumb">'
        f'<a href="/2026/berita-{number}/"><img src="/wp-content/uploads/foto-{number}.jpg" alt=""></a></div>'
        f'<h2 class="entry-title"><a href="/2026/berita-{number}/">{title(number)}</a></h2><div class="entry-meta">'
        f'<span class="posted-on"><time class="entry-date">{day(age)}</time></span> <span>oleh admin</span></div>'
        f'<div class="entry-content"><p>{prose(number, 40)}</p></div></article>'
    )


def row(number: int, age: int) -> str:
    """A row of a table of an old CMS."""
    return (
        f'<tr><td>{number}</td><td><a href="index.php?modul=berita&id={number}">{title(number)}</a></td>'
        f"<td>{day(age)}</td><td>{number * 7} kali dibaca</td></tr>"
    )


def portal(number: int, age: int) -> str:
    """A column of a Bootstrap portal: many small blocks."""
    return (
        f'<div class="col-md-4"><div class="card shadow-sm"><div class="card-body"><h5 class="card-title">'
        f'<a href="/berita/detail/{number}">{title(number)}</a></h5><p class="card-text"><small><i class="fa"></i> '
        f"{day(age)}</small> <small><i></i> Admin</small></p><p>{prose(number, 20)}</p></div></div></div>"
    )


KINDS: Final[dict[str, tuple[Callable[[int, int], str], int]]] = {
    "theme, 12 posts": (grid, 12),
    "portal, 40 posts": (portal, 40),
    "theme, 50 posts": (grid, 50),
    "portal, 200 posts": (portal, 200),
    "table, 500 rows": (row, 500),
}
"""How a post is written, and how many there are; styles and scripts fill the rest, as they do in life."""


def page(kind: str, turn: int) -> bytes:
    """A page of about ``SIZE`` bytes; ``turn`` makes it another one."""
    if kind == CAPTURED:
        return CAPTURE.read_bytes().replace(b"</body>", b"<!-- %d --><p>%d</p></body>" % (turn, turn))
    make, count = KINDS[kind]
    # One post more each time, of the newest day: what a department does.
    body = make(10_000 + turn, 0) + "".join(make(number, number) for number in range(1, count))
    left = max(0, SIZE - len(body))
    style = "".join(f".c{n}{{margin:{n}px;color:#333}}" for n in range(left // 60))
    script = "".join(f"var v{n}={{a:{n},b:'nilai {n}'}};" for n in range(left // 60))
    if make is row:
        body = f"<table><tr><th>No</th><th>Judul</th><th>Tanggal</th><th>Dibaca</th></tr>{body}</table>"
    return (
        f"<!DOCTYPE html><html lang=id><head><title>Dinas Contoh</title><style>{style}</style><script>{script}</script>"
        f'</head><body><nav><a href="/">Beranda</a> <a href="/profil">Profil</a></nav><main>{body}</main></body></html>'
    ).encode()


async def nothing(url: str, _headers: Mapping[str, str] | None = None) -> Exchange:
    """A site on which nothing else is found."""
    return Exchange(url=url, final_url=url, started_at=NOW.timestamp(), seconds=0.1, status=404)


async def measure(site: Site, kind: str, checks: int) -> tuple[float, int]:
    """Median milliseconds of CPU per check, and bytes of a page."""
    memory, costs, size = Memory(), [], 0
    url = "https://dinas.example.go.id/" if kind != CAPTURED else CAPTURED_URL
    site = replace(site, url=url)
    for turn in range(checks):
        body = page(kind, turn)
        exchange = Exchange(url=url, final_url=url, started_at=NOW.timestamp(), seconds=0.1, status=200, body=body)
        before = time.process_time()
        seen = await inspect(site, exchange, nothing, NOW, memory)
        spent = (time.process_time() - before) * 1e3
        if seen.reading is None or not seen.reading.posts:
            raise SystemExit(f"{kind}: no posts found; the figure would mean nothing")
        memory = seen.reading.memory
        if turn:  # the first visit asks for more
            costs.append(spent)
        size = len(body)
    return median(costs), size


async def main() -> None:
    """Measure each kind and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", type=int, default=60)
    options = parser.parse_args()
    site = next(state.site for state in many(2) if state.site.url)
    rows = []
    for kind in (CAPTURED, *KINDS):
        cost, size = await measure(site, kind, options.checks)
        rows.append({"kind": kind, "ms": cost, "bytes": size})
        say(f"  content check, {kind}: {cost:.1f} ms of CPU for {size / 1e3:.0f} KB")
    save("content_cost", {"rows": rows, "median": median(row["ms"] for row in rows), "goal_ms": GOAL_MS})


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
