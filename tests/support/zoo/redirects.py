"""Redirects: long, circular, and to where a monitor must not go."""

# ruff: noqa: D103 - the decorator says what each server does; the tables keep one case a line

from __future__ import annotations

from support.zoo.cage import PAGE, Expect, Herd, page, request_of

HERD = Herd()
MANY = Expect(reason="too_many_redirects", status=302)
LEFT = Expect(reason="left_site", status=302, detail="refused")
PROTOCOL = Expect(reason="http_protocol", status=302)
READ = Expect(status=200, size=len(PAGE))


def moved(location: str, *headers: str) -> bytes:
    """A redirect."""
    return page(b"moved", f"Location: {location}", *headers, status="302 Found")


def path_of(request: bytes) -> str:
    """The path that a request asks for."""
    return request.split(b" ", 2)[1].decode("latin-1")


def host_of(request: bytes) -> str:
    """The Host header of a request."""
    return next(
        line.split(b":", 1)[1].strip() for line in request.split(b"\r\n") if line.lower().startswith(b"host:")
    ).decode()


@HERD.add("100 redirects in a row", MANY)
async def redirects_100(reader, writer):
    number = int(path_of(await request_of(reader)).strip("/") or 0)
    writer.write(moved(f"/{number + 1}") if number < 100 else page())


@HERD.add("ten redirects, then the page", READ)
async def redirects_10(reader, writer):
    number = int(path_of(await request_of(reader)).strip("/") or 0)
    writer.write(moved(f"/{number + 1}") if number < 10 else page())


@HERD.add("redirects to itself", MANY)
async def loop_self(reader, writer):
    await request_of(reader)
    writer.write(moved("/"))


@HERD.add("a loop over two hosts", MANY)
async def loop_hosts(reader, writer):
    host = host_of(await request_of(reader))
    other = host[4:] if host.startswith("www.") else f"www.{host}"
    writer.write(moved(f"http://{other}/"))


_KNOCKS: set[str] = set()


@HERD.add("lets a visitor in at the second knock", READ)
async def second_knock(reader, writer):
    host = host_of(await request_of(reader))
    writer.write(page() if host in _KNOCKS else moved("/"))
    _KNOCKS.symmetric_difference_update({host})


@HERD.add("loops until its cookie comes back", READ)
async def loop_cookie(reader, writer):
    request = await request_of(reader)
    seen = b"cookie: sesi=buka" in request.lower()
    writer.write(page() if seen else moved("/", "Set-Cookie: sesi=buka; Path=/; HttpOnly"))


@HERD.add("a new cookie with every redirect", MANY)
async def loop_cookie_maze(reader, writer):
    request = await request_of(reader)
    writer.write(moved("/", f"Set-Cookie: n={len(request)}x{hash(request)}; Path=/"))


@HERD.add("a relative redirect", READ)
async def relative(reader, writer):
    path = path_of(await request_of(reader))
    writer.write(page() if path == "/beranda/index.php?a=1" else moved("./beranda/index.php?a=1"))


@HERD.add("a redirect to //host/path", READ)
async def scheme_relative(reader, writer):
    request = await request_of(reader)
    writer.write(page() if path_of(request) == "/id" else moved(f"//{host_of(request)}/id"))


@HERD.add("a redirect with spaces and backslashes", READ)
async def sloppy_location(reader, writer):
    request = await request_of(reader)
    writer.write(page() if path_of(request).startswith("/profil") else moved("  \\profil dinas\\index  "))


@HERD.add("a redirect without a location", Expect(status=302, size=len(PAGE)))
async def no_location(reader, writer):
    await request_of(reader)
    writer.write(page(status="302 Found"))


@HERD.add("a redirect with credentials", READ)
async def with_credentials(reader, writer):
    request = await request_of(reader)
    writer.write(page() if path_of(request) == "/in" else moved(f"http://user:rahasia@{host_of(request)}/in"))


_ELSEWHERE = {
    "to-loopback": ("loopback", "http://127.0.0.1:22/"),
    "to-loopback-decimal": ("loopback as one number", "http://2130706433/"),
    "to-loopback-hex": ("loopback in hex", "http://0x7f.1/"),
    "to-loopback-octal": ("loopback in octal", "http://0177.0.0.1/"),
    "to-loopback-v6": ("IPv6 loopback", "http://[::1]/"),
    "to-mapped-v6": ("loopback mapped into IPv6", "http://[::ffff:127.0.0.1]/"),
    "to-nat64": ("loopback inside NAT64", "http://[64:ff9b::7f00:1]/"),
    "to-zero": ("0.0.0.0", "http://0.0.0.0/"),
    "to-localhost": ("localhost", "http://localhost/"),
    "to-metadata": ("the cloud's metadata service", "http://169.254.169.254/latest/meta-data/"),
    "to-metadata-v6": ("the metadata service by IPv6", "http://[fd00:ec2::254]/"),
    "to-private": ("a private address", "http://10.1.2.3/"),
    "to-private-name": ("a name with a private address", "http://inside.zoo.test/"),
    "to-metadata-name": ("a name that leads to the metadata service", "http://metadata.zoo.test/"),
    "to-carrier": ("a carrier's private address", "http://100.64.0.1/"),
    "to-multicast": ("multicast", "http://224.0.0.1/"),
    "to-file": ("a file: URL", "file:///etc/passwd"),
    "to-gopher": ("a gopher: URL", "gopher://127.0.0.1:6379/_FLUSHALL"),
    "to-javascript": ("a javascript: URL", "javascript:alert(1)"),
    "to-data": ("a data: URL", "data:text/html,<title>ok</title>"),
    "to-ftp": ("an ftp: URL", "ftp://ftp.example.com/"),
}
for _name, (_what, _url) in _ELSEWHERE.items():
    HERD.bytes(_name, f"redirects to {_what}", moved(_url), LEFT)

HERD.bytes("to-no-url", "redirects to what is no URL", moved("http://[::1"), PROTOCOL)
HERD.bytes("to-bad-port", "redirects to port 99999", moved("http://example.com:99999/"), PROTOCOL)
HERD.bytes("to-long-url", "redirects to a URL of 100 KB", moved("/" + "a" * 100_000), PROTOCOL)
HERD.bytes(
    "to-nowhere",
    "redirects to a name that does not exist",
    moved("http://gone.zoo.test/"),
    Expect(reason="dns_not_found"),
)
