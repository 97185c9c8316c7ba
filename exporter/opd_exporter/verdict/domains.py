"""Which hosts are the site itself: the registrable domain by the public suffix list, and the registry's own list."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

if TYPE_CHECKING:
    from opd_exporter.registry import Site

_SUFFIXES = PublicSuffixList(only_icann=True)


@lru_cache(maxsize=8_192)
def host_of(url: str) -> str:
    """The host of ``url`` in lower case without a final dot; empty when there is none or the URL is malformed."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=8_192)
def registrable(host: str) -> str:
    """The part of ``host`` that somebody registered (``serangkab.go.id``); addresses stand as they are."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        name: str | None = _SUFFIXES.privatesuffix(host)
        return name or host
    return host


def is_same_site(site: Site, host: str) -> bool:
    """Whether ``host`` counts as ``site``: same registrable domain, or in ``allowed_hosts`` (with subdomains)."""
    if not host:
        return True
    own = host_of(site.url or "")
    if host == own or registrable(host) == registrable(own):
        return True
    return any(host == allowed or host.endswith("." + allowed) for allowed in site.allowed_hosts)
