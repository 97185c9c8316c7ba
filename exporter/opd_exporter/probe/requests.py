"""What a request looks like: like a browser's, with a contact in the User-Agent.

Firewalls in front of government sites turn away anything that calls itself a bot or sends no ``Accept``; the address in
the User-Agent tells the owner of a site whom to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opd_exporter import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yarl import URL

CONTACT_URL: Final = "https://diskominfosatik.serangkab.go.id/"
DEFAULT_USER_AGENT: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 "
    f"OPD-Exporter/{__version__} (+{CONTACT_URL})"
)
ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_LANGUAGE: Final = "id,id-ID;q=0.9,en;q=0.6"
ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"


def build_request(
    url: URL,
    user_agent: str,
    headers: Mapping[str, str] | None,
    *,
    cookie: str | None = None,
    absolute: bool = False,
    authorization: str | None = None,
    proxy_authorization: str | None = None,
) -> bytes:
    """The bytes of one GET.

    Args:
        url: Absolute URL.
        user_agent: Default User-Agent.
        headers: Replace or add to the defaults, whatever their case.
        cookie: Value of ``Cookie``.
        absolute: The target is a proxy: name the whole URL.
        authorization: Value of ``Authorization``, from the URL's own credentials.
        proxy_authorization: Value of ``Proxy-Authorization``.
    """
    path = url.raw_path_qs or "/"
    authority = url.host_port_subcomponent or ""
    fields = {
        "host": ("Host", authority),
        "user-agent": ("User-Agent", user_agent),
        "accept": ("Accept", ACCEPT),
        "accept-language": ("Accept-Language", ACCEPT_LANGUAGE),
        "accept-encoding": ("Accept-Encoding", ACCEPT_ENCODING),
        "upgrade-insecure-requests": ("Upgrade-Insecure-Requests", "1"),
    }
    if cookie:
        fields["cookie"] = ("Cookie", cookie)
    if authorization:
        fields["authorization"] = ("Authorization", authorization)
    if proxy_authorization:
        fields["proxy-authorization"] = ("Proxy-Authorization", proxy_authorization)
    for name, value in (headers or {}).items():
        fields[name.lower()] = (name, value)
    # A fresh connection for each probe: the handshake is part of what is measured.
    fields["connection"] = ("Connection", "close")
    target = f"http://{authority}{path}" if absolute else path
    lines = [f"GET {target} HTTP/1.1", *(f"{name}: {_one_line(value)}" for name, value in fields.values())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _one_line(value: str) -> str:
    """A header value that cannot start another header: validators and URLs come from hostile servers."""
    return value if value.isprintable() else "".join(letter for letter in value if letter.isprintable())
