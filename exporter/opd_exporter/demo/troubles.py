"""What can be wrong with an imitation site: the table ``TROUBLES``, by name.

A trouble changes one thing of a healthy site: how its port behaves, which certificate it shows, what it answers, or
what stands on its pages. Names follow the reasons that the exporter reports, so that a demo says what it shows.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from opd_exporter.demo import intrusions
from opd_exporter.demo.certificates import Flavour
from opd_exporter.demo.views import Answer, bare_page

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Mapping

    from opd_exporter.demo.views import Request, View

    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Port(StrEnum):
    """How the site's port behaves."""

    HTTP = "http"
    RAW = "raw"
    """A program that speaks no proper HTTP."""
    CLOSED = "closed"
    """Nothing listens."""
    FULL = "full"
    """Listens, and its queue is full: connections are never made."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way to be broken; ``None`` leaves that side of the site as it is."""

    port: Port = Port.HTTP
    talk: Talk | None = None
    """What a ``Port.RAW`` says."""
    flavour: Flavour | None = None
    """The certificate of an HTTPS site."""
    answer: Callable[[View, Request], Answer | None] | None = None
    """Replaces the site's answer, unless it is ``None`` for this request."""
    alter: Callable[[View, Request], View] | None = None
    """Changes what stands on the site's own pages."""
    https_only: bool = False
    """Whether it makes sense on an HTTPS site only."""


# --- pages that are not the site ------------------------------------------------------------------------------------


def _always(answer: Answer) -> Callable[[View, Request], Answer | None]:
    return lambda _view, _request: answer


def _directory_index(view: View, _request: Request) -> Answer:
    stamp = view.now.strftime("%Y-%m-%d %H:%M")
    return bare_page(
        "Index of /",
        "<h1>Index of /</h1><table><tr><th>Name</th><th>Last modified</th><th>Size</th></tr>"
        f'<tr><td><a href="backup.zip">backup.zip</a></td><td>{stamp}</td><td>48M</td></tr>'
        f'<tr><td><a href="cgi-bin/">cgi-bin/</a></td><td>{stamp}</td><td>-</td></tr></table>'
        "<address>Apache Server</address>",
    )


def _parked(view: View, _request: Request) -> Answer:
    return bare_page(
        "Domain ini dijual",
        f"<h1>{view.id}.example</h1><p>This domain may be for sale. Buy this domain.</p>"
        '<div class="related-links"><h3>Related Searches</h3><a href="/?q=kursus">Training Courses</a> '
        f'<a href="/?q=pinjaman">Fast Loans</a></div><p>{view.now.year} Copyright. All rights reserved.</p>'
        "<script>var sedoParkingUrl='';</script>",
    )


def _redirect_loop(view: View, request: Request) -> Answer:
    turn = int(request.query.get("putaran", "0") or 0) % 1000 + 1
    return Answer("", status=302, headers={"Location": f"{view.base_url}/?putaran={turn}"})


def _isp_block(view: View, _request: Request) -> Answer:
    return bare_page(
        "Internet Positif",
        f"<h1>Internet Positif</h1><p>Mohon maaf, akses ke {view.base_url} diblokir oleh penyedia layanan internet "
        "karena termasuk daftar TrustPositif. Informasi: trustpositif.kominfo.go.id, "
        "lamanlabuh.aduankonten.id.</p>",
    )


def _forbidden_to_monitor(_view: View, request: Request) -> Answer | None:
    agent = request.user_agent
    if agent.startswith("Mozilla/5.0") and "+http" not in agent and "OPD" not in agent:
        return None
    return bare_page(
        "403 Forbidden", "<h1>Forbidden</h1><p>You don't have permission to access this resource.</p>", status=403
    )


def _left_site(view: View, _request: Request) -> Answer:
    return Answer("", status=302, headers={"Location": f"{view.elsewhere_url}/portal/"})


# --- programs that speak no proper HTTP -----------------------------------------------------------------------------


async def _never_answer(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    while await reader.read(65_536):
        pass


async def _speak_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    writer.write(b"SSH-2.0-demo\r\n\x00\x01\x02 ini bukan HTTP\r\n\r\n")
    await writer.drain()


async def _reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


TROUBLES: Mapping[str, Trouble] = {
    # the network
    "connect_refused": Trouble(port=Port.CLOSED),
    "connect_timeout": Trouble(port=Port.FULL),
    "connect_reset": Trouble(port=Port.RAW, talk=_reset),
    "timeout": Trouble(port=Port.RAW, talk=_never_answer),
    "http_protocol": Trouble(port=Port.RAW, talk=_speak_nonsense),
    # certificates
    "tls_expired": Trouble(flavour=Flavour.EXPIRED, https_only=True),
    "tls_hostname": Trouble(flavour=Flavour.HOSTNAME, https_only=True),
    "tls_untrusted": Trouble(flavour=Flavour.UNTRUSTED, https_only=True),
    "tls_chain": Trouble(flavour=Flavour.CHAIN, https_only=True),
    "tls_incomplete": Trouble(flavour=Flavour.INCOMPLETE, https_only=True),
    "tls_small_key": Trouble(flavour=Flavour.SMALL_KEY, https_only=True),
    "tls_expiring": Trouble(flavour=Flavour.EXPIRING, https_only=True),
    "tls_handshake": Trouble(port=Port.RAW, talk=_speak_nonsense, https_only=True),
    # answers that are not the site
    "http_client_error": Trouble(
        answer=_always(
            bare_page(
                "Alamat keliru", "<h1>Alamat keliru</h1><p>Server tidak mengenal alamat ini. Kode 404.</p>", status=404
            )
        )
    ),
    "http_server_error": Trouble(
        answer=_always(
            bare_page("Mohon maaf", "<h1>Mohon maaf</h1><p>Server mengalami gangguan. Kode 500.</p>", status=500)
        )
    ),
    "http_unavailable": Trouble(
        answer=_always(bare_page("Mohon maaf", "<h1>Mohon maaf</h1><p>Server sedang penuh. Kode 503.</p>", status=503))
    ),
    "too_many_redirects": Trouble(answer=_redirect_loop),
    "left_site": Trouble(answer=_left_site),
    "isp_block": Trouble(answer=_isp_block),
    "empty": Trouble(answer=_always(Answer(""))),
    "parked": Trouble(answer=_parked),
    "suspended": Trouble(
        answer=_always(
            bare_page(
                "Account Suspended",
                "<h1>Account Suspended</h1><p>Layanan hosting akun ini ditangguhkan. Hubungi penyedia hosting.</p>",
            )
        )
    ),
    "default_page": Trouble(
        answer=_always(
            bare_page(
                "Apache2 Debian Default Page: It works",
                "<h1>Apache2 Debian Default Page</h1><p>It works! This is the default welcome page.</p>",
            )
        )
    ),
    "directory_index": Trouble(answer=_directory_index),
    "database_error": Trouble(
        answer=_always(
            bare_page("Database Error", "<h1>Error establishing a database connection</h1>", status=500),
        )
    ),
    "application_error": Trouble(
        answer=_always(
            bare_page(
                "Whoops!",
                "<b>Fatal error</b>: Uncaught Error: Call to undefined function tgl_indo() in "
                "/home/web/index.php:14 Stack trace: #0 {main} thrown in /home/web/index.php on line 14",
            )
        )
    ),
    "installer": Trouble(
        answer=lambda view, request: (
            bare_page(
                "WordPress › Installation",
                '<h1>Selamat datang</h1><form><select id="language"><option>Bahasa Indonesia</option></select>'
                "<button>Lanjutkan</button></form>",
            )
            if request.path == "/wp-admin/install.php"
            else Answer("", status=302, headers={"Location": f"{view.base_url}/wp-admin/install.php"})
        )
    ),
    "maintenance": Trouble(
        answer=_always(
            bare_page(
                "Sedang dalam pemeliharaan",
                "<h1>Situs sedang dalam pemeliharaan</h1><p>Kami akan segera kembali.</p>",
                status=503,
                Retry_After="3600",
            )
        )
    ),
    # firewalls
    "waf_challenge": Trouble(
        answer=_always(
            bare_page(
                "Just a moment...",
                "<noscript>Enable JavaScript and cookies to continue</noscript>"
                "<script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};})();</script>",
                status=403,
                Server="cloudflare",
                cf_mitigated="challenge",
            )
        )
    ),
    "rate_limited": Trouble(
        answer=_always(
            bare_page(
                "429 Too Many Requests",
                "<h1>Too Many Requests</h1><p>Terlalu banyak permintaan.</p>",
                status=429,
                Retry_After="30",
            )
        )
    ),
    "forbidden_to_monitor": Trouble(answer=_forbidden_to_monitor),
    # break-ins
    "gambling_links": Trouble(alter=intrusions.gambling_links),
    "gambling_posts": Trouble(alter=intrusions.gambling_posts),
    "gambling_redirect": Trouble(answer=intrusions.gambling_redirect),
    "gambling_cloaked": Trouble(answer=intrusions.gambling_cloaked),
    "defaced": Trouble(answer=intrusions.defaced),
}
