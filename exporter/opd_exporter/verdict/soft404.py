"""Once a day: does the server answer everything with 200, and is the name itself only a wildcard?

Neither makes a site down by itself: they are kept as evidence. A soft 404 says that well-known paths prove nothing, a
wildcard that perhaps nobody set this name up. Many servers show their first site for every name, so the page must say
itself that it lives elsewhere before the name is called left.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit

from opd_exporter.models import Evidence, Reason
from opd_exporter.offload import offload
from opd_exporter.page import parse_page
from opd_exporter.verdict.domains import host_of, registrable
from opd_exporter.verdict.glance import Glance
from opd_exporter.verdict.look import Hit, evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.registry import Site


class Resolve(Protocol):
    """Looks a host name up; an empty sequence when it does not exist or cannot be looked up."""

    async def __call__(self, host: str) -> Sequence[str]:
        """Addresses of ``host`` as text."""
        ...


def random_label(site: Site) -> str:
    """A label that nobody has set up, the same for one site each time: caches are not filled with more."""
    return "cek-" + hashlib.sha256(f"{site.id}:{site.url}".encode()).hexdigest()[:14]


async def probe_soft_404(site: Site, exchange: Exchange, fetch: Fetch) -> Evidence | None:
    """Evidence that a path that cannot exist answers 200 (with the home page or another one)."""
    parts = urlsplit(exchange.final_url)
    url = urlunsplit((parts.scheme, parts.netloc, f"/{random_label(site)}", "", ""))
    answer = await fetch(url, None)
    if not answer.ok:
        return None
    same = similar(exchange, answer)
    said = "alamat acak dijawab 200 dengan beranda" if same else "alamat acak dijawab 200"
    return evidence("soft_404", said, url)


def similar(first: Exchange, second: Exchange) -> bool:
    """Whether two answers are the same page, whatever clocks and tokens in them say."""
    if first.body == second.body:
        return True
    one, two = Glance(first), Glance(second)
    if one.title != two.title:
        return False
    words = [set(re.findall(r"[^\W\d_]{3,}", glance.visible.lower())) for glance in (one, two)]
    union = words[0] | words[1]
    return not union or len(words[0] & words[1]) / len(union) > 0.9


async def probe_wildcard(site: Site, exchange: Exchange, fetch: Fetch, resolve: Resolve) -> Hit | Evidence | None:
    """A name that only a wildcard answers.

    Returns:
        ``None`` when the name stands by itself; evidence when a random label of the parent has the same addresses; a
        hit ``left_site`` only when that label shows the same page *and* the page gives another host as its own.
    """
    host = host_of(site.url or "")
    parent = host.partition(".")[2]
    if not parent or "." not in parent or registrable(host) == host:
        return None
    own = set(await resolve(host))
    if not own:
        return None
    label = f"{random_label(site)}.{parent}"
    if not own & set(await resolve(label)):
        return None
    parts = urlsplit(site.url or "")
    url = urlunsplit((parts.scheme, label + (f":{parts.port}" if parts.port else ""), parts.path or "/", "", ""))
    answer = await fetch(url, None)
    if not answer.ok or not exchange.ok or not similar(exchange, answer):
        return evidence("wildcard_dns", f"nama acak di bawah {parent} menunjuk ke server yang sama", label)
    shown = evidence("wildcard_dns", f"nama acak di bawah {parent} menampilkan halaman yang sama", url)
    own_address = await offload(_own_address, exchange)
    if own_address and own_address not in {host, label} and not own_address.endswith(f".{host}"):
        claimed = evidence("canonical", f"halaman menyebut alamatnya {own_address}", exchange.final_url)
        return shown if own_address in site.allowed_hosts else Hit(Reason.LEFT_SITE, (shown, claimed))
    return shown


def _own_address(exchange: Exchange) -> str:
    """The host that the page gives as its own (canonical, then ``og:url``), or an empty text."""
    page = parse_page(exchange)
    return host_of(page.canonical or page.meta.get("og:url", ""))
