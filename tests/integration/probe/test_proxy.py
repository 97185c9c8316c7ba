"""Through a real proxy: CONNECT, absolute form, credentials, and what its refusals mean."""

# ruff: noqa: SIM117 - servers inside servers read better nested

from __future__ import annotations

import asyncio

import pytest

from opd_exporter.models import Reason
from opd_exporter.probe import Prober
from opd_exporter.registry.site import Registry
from support.pki import Pki
from support.probing import run_proxy, serve, site
from support.zoo.cage import PAGE, page


@pytest.fixture(scope="module")
def pki():
    """The test authority."""
    return Pki()


NO_NAMES = Registry({}, nameservers=("127.0.0.1:9",))
"""A registry whose name server is away: only the proxy resolves."""
NAMES = {"dinas.test": "127.0.0.1"}


async def test_http_in_absolute_form():
    """An http site is asked for by its whole URL; its name is the proxy's to resolve."""
    async with serve(page()) as server, run_proxy(NAMES) as proxy, Prober(NO_NAMES) as prober:
        url = f"http://dinas.test:{server.port}/berita?id=1"
        exchange = await prober.get(site(url, proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.ok, exchange.detail
    assert exchange.body == PAGE
    assert proxy.lines == [f"GET http://dinas.test:{server.port}/berita?id=1 HTTP/1.1"]
    assert exchange.address is None, "the proxy's address is not the site's"


async def test_https_through_a_tunnel(pki):
    """An https site is reached through CONNECT, verified end to end, with its certificate facts."""
    registry = Registry({}, nameservers=NO_NAMES.nameservers, ca_file=str(pki.ca_file))
    async with serve(page(), context=pki.server("good", "dinas.test")) as server, run_proxy(NAMES) as proxy:
        async with Prober(registry) as prober:
            exchange = await prober.get(
                site(f"https://dinas.test:{server.port}/", proxy_url=f"http://127.0.0.1:{proxy.port}")
            )
    assert exchange.ok, exchange.detail
    assert exchange.tls.verified
    assert exchange.tls.subject == "dinas.test"
    assert proxy.lines == [f"CONNECT dinas.test:{server.port} HTTP/1.1"]
    assert b"User-Agent" not in proxy.heads[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_over_tls(pki, scheme):
    """A proxy that is itself reached over TLS carries both kinds of sites."""
    context = pki.server("good", "dinas.test") if scheme == "https" else None
    registry = Registry({}, ca_file=str(pki.ca_file))
    async with serve(page(), context=context) as server:
        async with run_proxy(NAMES, context=pki.server("good", "127.0.0.1")) as proxy, Prober(registry) as prober:
            url = f"{scheme}://dinas.test:{server.port}/"
            exchange = await prober.get(site(url, proxy_url=f"https://127.0.0.1:{proxy.port}"))
    assert exchange.ok, exchange.detail
    assert exchange.body == PAGE


async def test_expired_behind_a_proxy(pki):
    """A refused certificate is told apart and read without trust through a proxy too."""
    registry = Registry({}, ca_file=str(pki.ca_file))
    async with serve(page(), context=pki.server("expired", "dinas.test")) as server, run_proxy(NAMES) as proxy:
        async with Prober(registry) as prober:
            url = f"https://dinas.test:{server.port}/"
            exchange = await prober.get(site(url, proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.tls.reason is Reason.TLS_EXPIRED
    assert exchange.body == PAGE


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_credentials_reach_the_proxy_and_nobody_else(pki, scheme):
    """The proxy gets its credentials; the site, the exchange and its details do not."""
    context = pki.server("good", "dinas.test") if scheme == "https" else None
    registry = Registry({}, ca_file=str(pki.ca_file))
    async with serve(page(), context=context) as server, run_proxy(NAMES, user="opd:rah@sia") as proxy:
        async with Prober(registry) as prober:
            url = f"{scheme}://dinas.test:{server.port}/"
            good = await prober.get(site(url, proxy_url=f"http://opd:rah%40sia@127.0.0.1:{proxy.port}"))
            bad = await prober.get(site(url, proxy_url=f"http://opd:salah-rahasia@127.0.0.1:{proxy.port}"))
        assert good.ok, good.detail
        assert b"roxy-" not in b"".join(server.requests) or scheme == "http"
    assert "rahasia" not in repr(bad)
    assert "rah" not in repr(good.hops) + good.detail


async def test_a_proxy_that_wants_credentials_says_nothing_of_the_site(pki):
    """407 is the monitor's own trouble: the exchange is unknown, not down."""
    async with run_proxy(NAMES, user="opd:rahasia") as proxy, Prober() as prober:
        for scheme in ("http", "https"):
            exchange = await prober.get(site(f"{scheme}://dinas.test/", proxy_url=f"http://127.0.0.1:{proxy.port}"))
            assert exchange.is_unknown, scheme
            assert "407" in exchange.detail


async def test_a_dead_proxy_says_nothing_of_the_site():
    """A proxy that is away leaves the site unknown, never down."""
    async with Prober() as prober:
        for scheme in ("http", "https"):
            exchange = await prober.get(site(f"{scheme}://dinas.test/", proxy_url="http://127.0.0.1:1"))
            assert exchange.is_unknown, scheme
            assert "proxy" in exchange.detail


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n", Reason.DNS_NOT_FOUND),
        (b"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n", Reason.CONNECT_REFUSED),
        (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", Reason.CONNECT_TIMEOUT),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", Reason.CONNECT_UNREACHABLE),
    ],
    ids=["squid-dns", "squid-connect", "504", "502"],
)
async def test_what_a_proxy_says_of_the_site(refusal, reason):
    """A proxy that could not reach the site gives the site's reason."""
    async with run_proxy(refusal=refusal) as proxy, Prober() as prober:
        exchange = await prober.get(site("https://dinas.test/", proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.reason is reason


async def test_squids_own_page_is_not_the_sites():
    """Squid's error page for a name that does not exist is not taken for the site's 503."""
    refusal = b"HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\nContent-Length: 5\r\n\r\nsquid"
    async with run_proxy(refusal=refusal) as proxy, Prober() as prober:
        exchange = await prober.get(site("http://dinas.test/", proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.reason is Reason.DNS_NOT_FOUND


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:22/", "http://2130706433/", "https://169.254.169.254/x", "http://localhost/"]
)
async def test_literal_addresses_are_refused_behind_a_proxy(location):
    """A page cannot send the proxy to an address inside: literals and localhost are refused before it is asked."""
    moved = page(b"", f"Location: {location}", status="302 Found")
    async with serve(moved) as server, run_proxy(NAMES) as proxy, Prober() as prober:
        url = f"http://dinas.test:{server.port}/"
        exchange = await prober.get(site(url, proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.reason is Reason.LEFT_SITE
    assert len(proxy.lines) == 1


async def test_eight_at_a_time_per_host_behind_a_proxy():
    """Behind a proxy the limit counts per host of the site."""
    running = peak = 0

    async def handler(reader, writer):
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.write(page())
        running -= 1

    async with serve(handler) as server, run_proxy(NAMES) as proxy, Prober() as prober:
        target = site(f"http://dinas.test:{server.port}/", proxy_url=f"http://127.0.0.1:{proxy.port}", probe_timeout=5)
        answers = await asyncio.gather(*(prober.get(target) for _ in range(24)))
    assert all(answer.ok for answer in answers)
    assert peak == 8


async def test_a_tunnel_that_never_opens():
    """A proxy that accepts and stays silent is left in time."""

    async def silent(reader, writer):
        await asyncio.sleep(30)

    async with serve(silent) as server, Prober() as prober:
        target = site("https://dinas.test/", proxy_url=f"http://127.0.0.1:{server.port}", probe_timeout=1.0)
        exchange = await prober.get(target)
    assert exchange.reason is Reason.CONNECT_TIMEOUT
    assert exchange.seconds < 1.3


async def test_tls_inside_a_tunnel_that_breaks(pki):
    """A tunnel that carries rubbish instead of TLS is a broken handshake."""

    async def rubbish(reader, writer):
        await reader.read(100)
        writer.write(b"rubbish" * 10)

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with serve(rubbish) as server, run_proxy(NAMES) as proxy, Prober() as prober:
        url = f"https://dinas.test:{server.port}/"
        exchange = await prober.get(site(url, proxy_url=f"http://127.0.0.1:{proxy.port}"))
    assert exchange.reason is Reason.TLS_HANDSHAKE
