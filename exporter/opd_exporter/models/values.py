"""What a probe, a verdict and a reading say: frozen values.

Times are Unix seconds (``float``) when they are instants of the monitor and aware ``datetime`` when they are dates that
a site printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from multidict import CIMultiDict, CIMultiDictProxy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from opd_exporter.models.enums import Check, PostSource, Reason, Status

NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())


@dataclass(frozen=True, slots=True)
class Phases:
    """Seconds spent in each phase, summed over the hops; ``None`` where the phase did not happen."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    wait: float | None = None
    transfer: float | None = None


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What is known of the certificate of the configured host (not of a redirect's target)."""

    not_after: float | None
    verified: bool
    chain_complete: bool | None = None
    legacy: bool = False
    reason: Reason | None = None
    subject: str = ""
    issuer: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of an exchange: where it went and what came back."""

    url: str
    address: str | None
    status: int | None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One GET with its redirects: the only thing that the network ever tells the rest of the program.

    ``reason`` is set when the transport itself failed (no usable HTTP answer); an HTTP error or an odd page is a matter
    for the verdict. A certificate that browsers refuse sets ``tls.reason`` and not ``reason``: the content was still
    read, without trust.
    """

    url: str
    """The URL that was asked for."""
    final_url: str
    """The URL that answered, after redirects."""
    started_at: float
    """Unix seconds."""
    seconds: float
    """The whole exchange, redirects included, waiting for a free slot excluded."""
    status: int | None = None
    headers: CIMultiDictProxy[str] = field(default_factory=lambda: NO_HEADERS)
    """Headers of the final answer."""
    body: bytes = b""
    """Decompressed, at most the cap."""
    truncated: bool = False
    """The body was longer than the cap, or ended before its declared length."""
    hops: tuple[Hop, ...] = ()
    """Every request in order; the last one is the final answer."""
    phases: Phases = field(default_factory=Phases)
    address: str | None = None
    """The last address connected to."""
    tls: TlsFacts | None = None
    http_version: str = ""
    reason: Reason | None = None
    detail: str = ""
    """A short English line for the log: what failed; never a secret."""
    retry_after: float | None = None
    """Seconds that the server asked us to wait."""
    received: int = 0
    """Bytes of every answer as transferred: headers and compressed bodies, redirects included; without TLS and TCP."""

    @property
    def redirects(self) -> int:
        """How many redirects were followed."""
        return max(0, len(self.hops) - 1)

    @property
    def is_unknown(self) -> bool:
        """True when the monitor itself could not ask (no descriptors, its proxy is away): nothing was learned."""
        return self.reason is None and self.status is None

    @property
    def ok(self) -> bool:
        """True when the final answer is a 2xx."""
        return self.reason is None and self.status is not None and 200 <= self.status < 300


class Fetch(Protocol):
    """Fetches one more page of a site with the site's own settings (proxy, trust, limits); never raises."""

    async def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> Exchange:
        """GET ``url``; ``headers`` replace the defaults (User-Agent, Referer, If-None-Match...)."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that supports a finding."""

    kind: str
    """What was seen, a short snake_case word: ``title``, ``link_text``, ``hidden_link``, ``header``, ``status``..."""
    text: str
    """The observation itself (a phrase, a code, an address): printable, at most 300 characters."""
    where: str = ""
    """URL or place on the page."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of a site: ``reason`` is ``None`` when it found nothing wrong."""

    check: Check
    at: float
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()
    readable: bool = True
    """Whether a citizen still reads the site's own content (matters for ``opd_site_up`` of a compromised site)."""

    @property
    def status(self) -> Status | None:
        """The bad status that this finding means, or ``None``."""
        return self.reason.status if self.reason else None


@dataclass(frozen=True, slots=True)
class Post:
    """One credible post of a site."""

    url: str
    title: str
    published_at: datetime
    """Aware, in the site's zone. A date without a time stands for the end of that local day, at most now."""
    source: PostSource
    date_only: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date that was considered: taken, or refused for a stated reason."""

    source: PostSource
    found_at: str
    """URL of the document in which it stood."""
    raw: str
    """The date as printed, shortened."""
    title: str = ""
    url: str = ""
    published_at: datetime | None = None
    refusal: str | None = None
    """A word of ``freshness.credibility.Refusal``; ``None`` when it was taken."""
    note: str = ""
    """Why, in one short Indonesian sentence that an operator can follow."""
