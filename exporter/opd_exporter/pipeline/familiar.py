"""Tells at the price of one hash whether a site answered exactly as before, so that the same page is judged once.

Most pages are the same at most probes. The cheap rules still take milliseconds for a page of 60 KB, several times what
the exchange itself costs; their answer cannot change while everything that they look at is the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opd_exporter.models import Exchange, Finding
    from opd_exporter.registry import Site

VOLATILE: Final = frozenset(
    {
        "age",
        "cf-ray",
        "date",
        "etag",
        "expires",
        "last-modified",
        "server-timing",
        "set-cookie",
        "x-amz-cf-id",
        "x-amz-request-id",
        "x-request-id",
        "x-runtime",
        "x-varnish",
    }
)
"""Headers whose value differs at every request and is no matter for any rule; that they are there still counts."""


@dataclass(frozen=True, slots=True)
class Familiar:
    """An answer in which the cheap rules found nothing wrong."""

    site: Site
    """Whose; a changed registry entry may be judged differently."""
    fingerprint: bytes
    finding: Finding

    def matches(self, site: Site, fingerprint: bytes | None) -> bool:
        """Whether the answer with ``fingerprint`` must be judged as this one was."""
        return fingerprint == self.fingerprint and site is self.site


def fingerprint_of(exchange: Exchange) -> bytes | None:
    """A digest of everything that the rules of a probe look at; ``None`` for what is no plain success."""
    if not exchange.ok or exchange.truncated:
        return None
    facts = [str(exchange.status), exchange.final_url]
    for hop in exchange.hops:
        facts += (hop.url, str(hop.status), hop.location or "")
    if exchange.tls is not None:
        facts.append(exchange.tls.reason or "")
    for name, value in exchange.headers.items():
        facts += (name, "" if name.lower() in VOLATILE else value)
    digest = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogatepass"))
    digest.update(b"\0")
    digest.update(exchange.body)
    return digest.digest()
