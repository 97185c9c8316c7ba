"""Which addresses may be connected to: the wall between a hostile page and the office network.

Hosts that the registry names may be private or loopback (departments often resolve to 10.x inside the office network).
Everything else, reached by a redirect or by a link, must be public. Link-local addresses (cloud metadata), multicast,
reserved and unspecified addresses are never connected to. The check is made on the address that is then used, so a name
that resolves differently a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Final

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.registry.site import Site

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
_METADATA_V6: Final = ipaddress.IPv6Network("fd00:ec2::/32")
"""The metadata service of one large cloud lives in a private prefix; no department does."""


def embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    value = int(address)
    if address in _NAT64 or (address in _V4_COMPATIBLE and value > 0xFFFF):
        return ipaddress.IPv4Address(value & 0xFFFF_FFFF)
    return address


def is_forbidden(address: Address) -> bool:
    """Whether ``address`` is never connected to, whoever names it."""
    if isinstance(address, ipaddress.IPv6Address) and address in _METADATA_V6:
        return True
    real = embedded(address)
    if real.is_loopback:
        # Python counts ::1 among the reserved addresses.
        return False
    return real.is_link_local or real.is_multicast or real.is_unspecified or real.is_reserved or _is_broadcast(real)


def _is_broadcast(address: Address) -> bool:
    return int(address) == 0xFFFF_FFFF or (isinstance(address, ipaddress.IPv4Address) and address.packed[0] == 0)


def is_public(address: Address) -> bool:
    """Whether ``address`` belongs to the public Internet."""
    return not is_forbidden(address) and embedded(address).is_global


def literal_address(host: str) -> Address | None:
    """The address that ``host`` spells, in every way that a browser, a proxy or the C library reads one.

    ``127.1``, ``0x7f000001`` and ``2130706433`` are all loopback: a proxy would connect there.

    Returns:
        The address, or ``None`` when ``host`` is a name.
    """
    text = host.strip("[]").partition("%")[0].rstrip(".")
    if ":" not in text and not text.rpartition(".")[2][:1].isdigit():
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def is_local_name(host: str) -> bool:
    """Whether ``host`` is a name that always means the machine that resolves it."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def host_of(url: str | URL | None) -> str | None:
    """The host of a URL in lower case ASCII without a final dot; ``None`` when there is none or it is not a URL."""
    if not url:
        return None
    try:
        host = (url if isinstance(url, URL) else URL(url)).raw_host
    except ValueError:
        return None
    return host.lower().rstrip(".") if host else None


def registered_hosts(site: Site) -> frozenset[str]:
    """The hosts that the registry names for ``site``, each with and without ``www.``."""
    named: Iterable[str | None] = (
        host_of(site.url),
        host_of(site.news_url),
        host_of(site.feed_url),
        *(host_of(f"http://{host}") for host in site.allowed_hosts),
    )
    hosts: set[str] = set()
    for host in named:
        if host:
            hosts.add(host)
            if literal_address(host) is None:
                hosts.add(host[4:] if host.startswith("www.") else f"www.{host}")
    return frozenset(hosts)


def may_connect(address: Address, *, trusted: bool) -> bool:
    """Whether ``address`` may be connected to.

    Args:
        address: Where the name led.
        trusted: The host is written in the registry for this site.
    """
    return not is_forbidden(address) if trusted else is_public(address)
