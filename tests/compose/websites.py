"""Three department websites on one port for the compose test; GET /~break?site=HOST and /~mend?site=HOST switch one."""

from __future__ import annotations

import http.server
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path

BROKEN = Path("/state")
"""Holds one file for each site that is broken: it stays so when the stack is taken down and up."""
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
    *("September", "Oktober", "November", "Desember"),
)
AGES_DAYS = (2, 6, 11, 19)


def page(host: str) -> str:
    """A home page with four dated posts."""
    name = host.partition(".")[0].title()
    posts = []
    for number, age in enumerate(AGES_DAYS):
        day = datetime.now(UTC) + timedelta(hours=7) - timedelta(days=age)
        written = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        posts.append(
            f'<article><h3><a href="/baca/berita/kabar-{number}">Kabar {name} ke-{number + 1}</a></h3>'
            f'<time datetime="{day:%Y-%m-%d}">{written}</time><p>Kegiatan pelayanan warga di kantor.</p></article>'
        )
    return (
        f"<!doctype html><html lang=id><title>Dinas {name}</title><h1>Dinas {name}</h1><nav><a href=/profil>Profil</a>"
        f"</nav><main><h2>Berita terbaru</h2>{''.join(posts)}</main><footer>Pemerintah Kabupaten</footer></html>"
    )


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by the Host header."""

    def do_GET(self) -> None:
        """A page, an error, or a switch."""
        path = urllib.parse.urlsplit(self.path)
        host = self.headers.get("Host", "").split(":")[0]
        site = urllib.parse.parse_qs(path.query).get("site", [""])[0]
        status, body = 200, "ok"
        if path.path == "/~break":
            (BROKEN / site).touch()
        elif path.path == "/~mend":
            (BROKEN / site).unlink(missing_ok=True)
        elif host and (BROKEN / host).exists():
            status, body = 500, "<h1>Internal Server Error</h1>"
        elif path.path == "/" or path.path.startswith("/baca/"):
            body = page(host)
        else:
            status, body = 404, "<h1>Halaman tidak ditemukan</h1>"
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


http.server.ThreadingHTTPServer(("", 80), Site).serve_forever()
