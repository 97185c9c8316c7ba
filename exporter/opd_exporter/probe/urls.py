"""URLs as they are asked for, and as they may be shown: credentials stay out of every log, page and metric."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from yarl import URL

from opd_exporter.probe.addresses import host_of

MAX_URL: Final = 8_192


def parse_url(text: str) -> URL | None:
    """An http or https URL with a host; ``None`` for everything else."""
    if len(text) > MAX_URL:
        return None
    try:
        url = URL(text)
        return url if url.scheme in {"http", "https"} and host_of(url) and url.port else None
    except (ValueError, UnicodeError):
        return None


def shown(url: URL) -> str:
    """The URL without credentials."""
    return str(url.with_user(None)) if url.raw_user is not None or url.raw_password is not None else str(url)


def shown_text(text: str) -> str:
    """``shown`` for what may be no URL."""
    url = parse_url(text)
    return text[:MAX_URL] if url is None or url.raw_user is None else shown(url)


def basic_credentials(url: URL) -> str | None:
    """The header value for credentials that stand in the URL."""
    if url.user is None:
        return None
    secret = f"{url.user}:{url.password or ''}".encode()
    return f"Basic {b64encode(secret).decode('ascii')}"
