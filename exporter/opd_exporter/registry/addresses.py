"""Which addresses the registry may hold: URLs, host names, name servers.

Private and loopback hosts are fine (offices resolve their sites to 10.x); link-local ones never are: they are how a
probe would be talked into reading a cloud machine's secrets.
"""

from __future__ import annotations

import ipaddress
import re

from yarl import URL

MAX_URL = 2000
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_EXAMPLE = "misalnya https://dinkes.serangkab.go.id/"

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressError(ValueError):
    """An address that cannot be used; the text is Indonesian and repeats no secret."""


def parse_url(text: str, *, keep_fragment: bool = False) -> str:
    """``text`` as one normal form: host in ASCII lower case, path at least ``/``, default port left out, no fragment.

    Raises:
        AddressError: It is no usable http or https address.
    """
    url = _split(text)
    if url.user is not None or url.password is not None:
        raise AddressError("alamat tidak boleh memuat nama pengguna atau kata sandi; hapus bagian sebelum '@'")
    return str(url if keep_fragment else url.with_fragment(None))


def parse_proxy(text: str) -> str:
    """``text`` as the URL of an HTTP proxy, which may carry credentials.

    Raises:
        AddressError: It is no usable proxy; the text never repeats the address.
    """
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[0].lower() not in {"http://", "https://"}:
        raise AddressError("proxy harus diawali http:// atau https://, misalnya http://proxy.serangkab.go.id:3128")
    url = _split(text)
    if url.path not in {"", "/"} or url.query_string or url.fragment:
        raise AddressError("alamat proxy hanya http://host:port tanpa jalur di belakangnya")
    return str(url)


def parse_host(text: str) -> str:
    """``text`` as a host name or IP address alone, in ASCII lower case.

    Raises:
        AddressError: It is none.
    """
    if "://" in text or "/" in text:
        raise AddressError("tulis nama host saja tanpa https:// dan tanpa jalur, misalnya ppid.serangkab.go.id")
    if "?" in text or "#" in text or "@" in text:
        raise AddressError("bukan nama host yang sah, contoh: ppid.serangkab.go.id")
    if "*" in text:
        raise AddressError("tanda '*' tidak dipakai; tulis setiap host sendiri")
    try:
        url = URL(f"http://{text if _as_ip(text) is None or ':' not in text else f'[{text}]'}/")
        port, host = url.explicit_port, url.raw_host
    except (ValueError, TypeError):
        raise AddressError("bukan nama host yang sah, contoh: ppid.serangkab.go.id") from None
    if port is not None or url.raw_user is not None or url.raw_password is not None:
        raise AddressError("tulis nama host saja tanpa port, misalnya ppid.serangkab.go.id")
    return _check_host(host)


def parse_nameserver(text: str) -> str:
    """``text`` as the IP address of a DNS server, with a port where one is given.

    Raises:
        AddressError: It is none.
    """
    address, port = text, ""
    if text.startswith("[") and "]:" in text:
        address, _, port = text[1:].partition("]:")
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    ip = _as_ip(address)
    if ip is None or (address != text and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536)):
        raise AddressError("bukan alamat IP server DNS, misalnya 10.1.1.53 atau 10.1.1.53:5353")
    _check_ip(ip)
    return text


def _split(text: str) -> URL:
    if len(text) > MAX_URL:
        raise AddressError(f"alamat terlalu panjang (paling banyak {MAX_URL} huruf)")
    if not text.isprintable() or any(character in ' "<>\\^`{|}' for character in text):
        raise AddressError("alamat memuat spasi atau karakter terlarang; salin ulang alamatnya")
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise AddressError(f"tulis alamat lengkap dengan http:// atau https://, {_EXAMPLE}")
    if scheme[0].lower() not in {"http://", "https://"}:
        raise AddressError(f"hanya http:// atau https:// yang bisa dipantau, {_EXAMPLE}")
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except (ValueError, TypeError):
        raise AddressError(f"alamat tidak bisa dibaca; periksa host dan port, {_EXAMPLE}") from None
    if not host:
        raise AddressError(f"nama host belum ada, {_EXAMPLE}")
    if text[scheme.end() :].startswith("[") and _as_ip(host) is None:
        raise AddressError("kurung siku hanya untuk alamat IPv6, misalnya http://[2001:db8::1]/")
    if port is None or port < 1:
        raise AddressError("port harus 1 sampai 65535")
    _check_host(host)
    try:
        url = url.with_host(host.lower().rstrip(".")).with_port(None if url.is_default_port() else port)
        return url.with_path(url.raw_path or "/", encoded=True, keep_query=True, keep_fragment=True)
    except (ValueError, TypeError):
        raise AddressError(f"nama host tidak sah, {_EXAMPLE}") from None


def _check_host(host: str | None) -> str:
    name = (host or "").lower().rstrip(".")
    ip = _as_ip(name)
    if ip is not None:
        _check_ip(ip)
        return str(ip)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressError("nama host tidak sah; hanya huruf, angka, '-' dan titik")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        # Resolvers read 127.1, 0x7f.1 and 2130706433 as addresses, each in its own way.
        raise AddressError("alamat IP harus lengkap, misalnya 10.1.2.3")
    return name


def _check_ip(ip: IPAddress) -> None:
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    if mapped.is_link_local or ip.is_link_local:
        raise AddressError("alamat link-local (169.254.x.x, fe80::) tidak boleh dipantau")
    if mapped.is_multicast or mapped.is_unspecified or mapped == ipaddress.IPv4Address("255.255.255.255"):
        raise AddressError("alamat IP ini bukan alamat sebuah server")


def _as_ip(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
