"""Saved pages that prove signatures, and exchanges made by hand, for the tests of the verdict."""

from __future__ import annotations

from pathlib import Path

from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.models import Exchange, Hop
from opd_exporter.registry import Site

PROOFS = Path(__file__).parent.parent / "unit" / "verdict" / "proofs"
SITE_URL = "http://dinas.example/"


def make_site(url: str = SITE_URL, **settings: object) -> Site:
    """A site under test."""
    return Site(id="dinas", opd="Dinas", name="Dinas Contoh", url=url, **settings)  # type: ignore[arg-type]


def make_exchange(
    body: bytes | str = b"",
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    url: str = SITE_URL,
    final_url: str | None = None,
    **more: object,
) -> Exchange:
    """An exchange as the prober would give it."""
    final = final_url or url
    given = {"Content-Type": "text/html; charset=UTF-8"} if headers is None else headers
    hops = (
        (Hop(url, "203.0.113.7", 302, final), Hop(final, "203.0.113.7", status))
        if final != url
        else (Hop(url, "203.0.113.7", status),)
    )
    return Exchange(
        url=url,
        final_url=final,
        started_at=1_795_575_600.0,
        seconds=0.2,
        status=status,
        headers=CIMultiDictProxy(CIMultiDict(given)),
        body=body.encode() if isinstance(body, str) else body,
        hops=hops,
        **more,  # type: ignore[arg-type]
    )


def load_proof(name: str) -> Exchange:
    """The saved page ``name`` as the answer of ``SITE_URL`` (or of its ``X-Proof-URL``)."""
    head, _, body = (PROOFS / name).read_bytes().partition(b"\n\n")
    first, *lines = head.decode().split("\n")
    headers = dict(line.split(": ", 1) for line in lines)
    final = headers.pop("X-Proof-URL", SITE_URL)
    status = int(first.split()[1])
    return make_exchange(body, status, headers, final_url=final)
