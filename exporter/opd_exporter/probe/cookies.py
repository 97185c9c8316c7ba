"""Cookies within one exchange: enough for sites that loop until a cookie comes back.

They live as long as the exchange and go only to the host that set them, or below the domain it named. Paths, expiry and
``Secure`` are left out on purpose: nothing outlives the probe.
"""

from __future__ import annotations

from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Final

from opd_exporter.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_COOKIES: Final = 60
MAX_COOKIE_BYTES: Final = 4_096
MAX_HEADER_BYTES: Final = 8_190
"""Longer request headers are refused by common servers."""


class Cookies:
    """The cookies of one exchange."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], str] = {}

    def update(self, host: str, set_cookie: Iterable[str]) -> None:
        """Keep what ``host`` set; too large and too many cookies are dropped."""
        for line in set_cookie:
            pair, _, attributes = line.partition(";")
            name, separator, value = pair.partition("=")
            name, value = name.strip(), value.strip()
            if not separator or not name or len(pair) > MAX_COOKIE_BYTES or not pair.isprintable():
                continue
            domain = _domain(attributes, host)
            if domain is None:
                continue
            if _is_expired(attributes):
                self._by_key.pop((domain, name), None)
            elif (domain, name) in self._by_key or len(self._by_key) < MAX_COOKIES:
                self._by_key[domain, name] = value

    def header(self, host: str) -> str | None:
        """The ``Cookie`` header for ``host``, or ``None``."""
        parts: list[str] = []
        size = 0
        for (domain, name), value in self._by_key.items():
            if domain == host or (domain.startswith(".") and (host == domain[1:] or host.endswith(domain))):
                size += len(name) + len(value) + 3
                if size > MAX_HEADER_BYTES:
                    break
                parts.append(f"{name}={value}")
        return "; ".join(parts) or None

    def fingerprint(self) -> int:
        """A number that changes when the cookies do: the same URL with other cookies is not a loop."""
        return hash(tuple(self._by_key.items()))


def _domain(attributes: str, host: str) -> str | None:
    """The domain a cookie is for: ``host``, ``.parent.domain``, or ``None`` when it is not the host's to set."""
    for attribute in attributes.split(";"):
        key, _, value = attribute.partition("=")
        if key.strip().lower() == "domain":
            domain = value.strip().lower().lstrip(".")
            if not domain or domain == host:
                continue
            return f".{domain}" if "." in domain and host.endswith(f".{domain}") else None
    return host


def _is_expired(attributes: str) -> bool:
    """Whether the cookie is one that the server takes back; ``Max-Age`` counts more than ``Expires``."""
    expired = False
    for attribute in attributes.split(";"):
        key, _, value = attribute.partition("=")
        key, value = key.strip().lower(), value.strip()
        if key == "max-age":
            return value.startswith("-") or value == "0"
        if key == "expires":
            expired = _has_passed(value[:64])
    return expired


def _has_passed(date: str) -> bool:
    parts = parsedate_tz(date)
    try:
        return parts is not None and mktime_tz(parts) <= now()
    except (ValueError, OverflowError):
        return False
