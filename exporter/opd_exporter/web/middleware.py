"""What holds for every request: security headers, who asks, and errors that say something useful."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from opd_exporter.logs import get_logger
from opd_exporter.web.auth import TooManyAttempts
from opd_exporter.web.keys import AUTHENTICATED, AUTHENTICATOR, CONFIG, PUBLIC_READ, may_act
from opd_exporter.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = get_logger(__name__)

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_ROUTES = frozenset({"/-/healthy", "/-/ready"})
"""Asked by supervisors that have no password; they tell nothing about a site."""
STATIC = "/static/"
"""Style and script of the program itself, open: without them the page that asks to log in would be bare, and a browser
whose login was cancelled would ask again for each of them."""
NEVER_PUBLIC = frozenset({"/metrics", "/probe"})
"""They name the addresses that alerts are mailed to."""
CHALLENGE = {"WWW-Authenticate": 'Basic realm="OPD Exporter", charset="UTF-8"'}
_MESSAGES = {
    400: "Permintaan tidak dapat dipahami.",
    401: "Masuk dengan nama pengguna dan kata sandi untuk melihat halaman ini.",
    403: "Tindakan ini tidak diizinkan.",
    404: "Halaman tidak ditemukan.",
    405: "Cara meminta halaman ini tidak didukung.",
    413: "Permintaan terlalu besar.",
    429: "Terlalu sering. Mohon tunggu sebentar, lalu coba lagi.",
    500: "Terjadi gangguan pada monitor. Rinciannya ada di catatan (log).",
    503: "Belum tersedia.",
}


@web.middleware
async def add_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Headers that keep a browser from doing what no page here asks for."""
    response = await handler(request)
    if not response.prepared:
        for name, text in SECURITY_HEADERS.items():
            response.headers.setdefault(name, text)
        response.headers.setdefault("Cache-Control", "no-store" if request.get(AUTHENTICATED) else "no-cache")
        for name, text in request.app[CONFIG].current().headers.items():
            response.headers[name] = text
    return response


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An error as JSON for the API, as plain text for machines, as a page for people; never a traceback."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        headers = {name: text for name, text in error.headers.items() if name in {"Allow", "Retry-After", *CHALLENGE}}
        detail = error.text if error.text and error.text != f"{error.status}: {error.reason}" else ""
        return error_response(request, error.status, detail, headers)
    except TooManyAttempts:
        return error_response(request, 429, "", {"Retry-After": "2"})
    except Exception:
        log.exception("request failed", path=request.path)
        return error_response(request, 500, "", {})


def error_response(request: web.Request, status: int, detail: str, headers: dict[str, str]) -> web.Response:
    """``detail`` is ours, never a client's; without one the common message of the status stands."""
    message = detail or _MESSAGES.get(status, "Permintaan gagal.")
    path = request.path
    if path.startswith("/api/") or path == "/sd":
        return web.json_response({"error": message}, status=status, headers=headers)
    if path.startswith("/-/") or path in {"/metrics", "/probe"}:
        return web.Response(text=f"{message}\n", status=status, headers=headers)
    # The same address again makes the browser ask; one that begins with // would lead to another host.
    again = status == 401 and request.method in {"GET", "HEAD"} and not path.startswith("//")
    login = request.path_qs if again else ""
    heading = _MESSAGES.get(status, "Permintaan gagal.")
    page = render("error.html", status=status, heading=heading, detail=detail, login=login)
    return web.Response(text=page, status=status, headers=headers, content_type="text/html")


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks; refuse strangers where users are configured."""
    request[AUTHENTICATED] = False
    authenticator = request.app[AUTHENTICATOR]
    if request.path in OPEN_ROUTES or request.path.startswith(STATIC):
        return await handler(request)
    request[AUTHENTICATED] = known = await authenticator.check(request)
    if authenticator.configured and not known:
        open_page = request.app[PUBLIC_READ] and request.path not in NEVER_PUBLIC
        reading = open_page and request.method in {"GET", "HEAD"}
        if not reading or "Authorization" in request.headers:
            raise web.HTTPUnauthorized(headers=CHALLENGE)
    return await handler(request)


def require_action(request: web.Request) -> None:
    """Refuse a request that acts without the right to, or that another site made a browser send."""
    if not may_act(request):
        raise web.HTTPForbidden(
            text="Tindakan ini memerlukan autentikasi (--web.config.file) atau --web.enable-lifecycle."
        )
    fetch_site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetch_site is not None:
        foreign = fetch_site not in {"same-origin", "none"}
    else:
        foreign = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    if foreign:
        raise web.HTTPForbidden(text="Permintaan dari situs lain ditolak.")
