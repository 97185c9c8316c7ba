"""The prober as its users meet it: redirects, requests, limits, honest clocks, clean ends."""

# ruff: noqa: SIM117 - servers inside servers read better nested

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import replace

import pytest
import uvloop

from opd_exporter.models import Reason
from opd_exporter.probe import DEFAULT_USER_AGENT, Prober
from opd_exporter.registry.site import Registry
from support.names import NameServer, addresses
from support.pki import Pki
from support.probing import run_proxy, serve, site
from support.zoo.cage import PAGE, page, request_of


async def test_request_looks_like_a_browsers():
    """The User-Agent carries a contact and no "bot"; Indonesian is preferred; every encoding is offered; GET only."""
    async with serve(page()) as server, Prober() as prober:
        await prober.get(site(server.url("/a b?q=1#x")))
    text = server.requests[0].decode()
    assert text.startswith("GET /a%20b?q=1 HTTP/1.1\r\n")
    assert f"User-Agent: {DEFAULT_USER_AGENT}\r\n" in text
    assert "Accept-Language: id" in text
    assert "Accept-Encoding: gzip, deflate, br, zstd\r\n" in text
    assert f"Host: 127.0.0.1:{server.port}\r\n" in text
    assert "(+https://" in DEFAULT_USER_AGENT
    assert "bot" not in DEFAULT_USER_AGENT.lower()


async def test_registry_names_the_user_agent():
    """The registry's User-Agent replaces the default, and a reload changes it."""
    async with serve(page()) as server, Prober(Registry({}, user_agent="Pemantau/1")) as prober:
        await prober.get(site(server.url()))
        prober.reconfigure(Registry({}, user_agent="Pemantau/2"))
        await prober.get(site(server.url()))
    assert b"User-Agent: Pemantau/1\r\n" in server.requests[0]
    assert b"User-Agent: Pemantau/2\r\n" in server.requests[1]


async def test_headers_replace_the_defaults():
    """A caller's headers replace the defaults whatever their case, and cannot smuggle others in."""
    async with serve(page()) as server, Prober() as prober:
        fetch = prober.fetcher(site(server.url()))
        await fetch(server.url("/feed"), {"user-agent": "Googlebot/2.1", "If-None-Match": '"a"\r\nX-Evil: 1'})
    text = server.requests[0].decode()
    assert text.count("user-agent") + text.count("User-Agent") == 1
    assert "user-agent: Googlebot/2.1" in text
    assert "\nX-Evil" not in text


async def test_not_modified_is_an_answer():
    """A 304 to a conditional request is an answer without a body, and no failure."""
    async with serve(b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n') as server, Prober() as prober:
        exchange = await prober.get(site(server.url()), headers={"If-None-Match": '"a"'})
    assert (exchange.status, exchange.body, exchange.reason) == (304, b"", None)
    assert exchange.headers["etag"] == '"a"'


async def test_retry_after_is_read():
    """``Retry-After`` is known in seconds, as a number or as a date."""
    for value, low, high in (("120", 120, 120), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400)):
        async with serve(page(b"", f"Retry-After: {value}", status="429 Too Many")) as server, Prober() as prober:
            exchange = await prober.get(site(server.url()))
        assert low <= exchange.retry_after <= high


async def test_hops_tell_the_way():
    """Every request is one hop with address, status and where it was sent."""

    async def handler(reader, writer):
        first = (await request_of(reader)).startswith(b"GET / ")
        writer.write(page(b"", "Location: /beranda", status="301 Moved") if first else page())

    async with serve(handler) as server, Prober() as prober:
        exchange = await prober.get(site(server.url()))
    assert [(hop.status, hop.location, hop.address) for hop in exchange.hops] == [
        (301, "/beranda", "127.0.0.1"),
        (200, None, "127.0.0.1"),
    ]
    assert exchange.url == server.url()
    assert exchange.final_url == server.url("/beranda")
    assert exchange.redirects == 1


async def test_allowed_hosts_may_be_private():
    """A redirect to a private host is followed when the registry allows that host, and refused when it does not."""
    async with serve(page()) as target:
        moved = page(b"", f"Location: {target.url(host='localhost')}", status="302 Found")
        async with serve(moved) as server, Prober() as prober:
            refused = await prober.get(site(server.url()))
            allowed = await prober.get(site(server.url(), allowed_hosts=frozenset({"localhost"})))
        assert refused.reason is Reason.LEFT_SITE
        assert refused.status == 302
        assert allowed.ok
        assert target.connections == 1


async def test_pages_are_fetched_from_own_hosts_only():
    """The fetcher of a site reads the site's own hosts; a link to another private host is refused."""
    async with serve(page()) as server, serve(page()) as inside, Prober() as prober:
        fetch = prober.fetcher(site(server.url(), feed_url=server.url("/feed")))
        assert (await fetch(server.url("/feed"))).ok
        for url in (inside.url(host="localhost"), "http://[::1]/", "file:///etc/passwd", "http://169.254.169.254/"):
            exchange = await fetch(url)
            assert exchange.reason in {Reason.LEFT_SITE, Reason.CONNECT_UNREACHABLE, Reason.HTTP_PROTOCOL}, url
            assert exchange.body == b""
        assert inside.connections == 0


async def test_eight_at_a_time_per_address():
    """Eight exchanges at a time per address; waiting is neither response time nor a timeout."""
    running = peak = 0

    async def handler(reader, writer):
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await request_of(reader)
        await asyncio.sleep(0.3)
        writer.write(page())
        running -= 1

    async with serve(handler) as server, Prober() as prober:
        started = time.monotonic()
        target = site(server.url(), probe_timeout=1.0)
        answers = await asyncio.gather(*(prober.get(target) for _ in range(40)))
        elapsed = time.monotonic() - started
    assert peak == 8
    assert elapsed > 1.4, "forty exchanges in five turns of eight"
    assert all(answer.ok for answer in answers), [answer.detail for answer in answers if not answer.ok]
    assert max(answer.seconds for answer in answers) < 0.9


async def test_global_cap_is_no_response_time():
    """Waiting for the cap over all sites does not count either."""

    async def handler(reader, writer):
        await request_of(reader)
        await asyncio.sleep(0.2)
        writer.write(page())

    async with serve(handler) as server, Prober(max_in_flight=1) as prober:
        answers = await asyncio.gather(*(prober.get(site(server.url(), probe_timeout=0.5)) for _ in range(5)))
    assert all(answer.ok for answer in answers)
    assert max(answer.seconds for answer in answers) < 0.45


async def test_clock_is_honest_while_the_loop_is_busy():
    """A loop that is blocked after the answer arrived does not turn it into a timeout."""
    async with serve(page()) as server, Prober() as prober:
        probing = asyncio.create_task(prober.get(site(server.url(), probe_timeout=0.5)))
        for _ in range(200):
            await asyncio.sleep(0)
            if server.requests:
                break
        await asyncio.sleep(0)
        time.sleep(0.8)  # noqa: ASYNC251 - blocking the loop is the point
        exchange = await probing
    assert exchange.ok, exchange.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "belum-ditanya.test"])
async def test_no_descriptors_is_unknown(host):
    """When the monitor has no file descriptors left nothing is said about the site; afterwards it works again."""
    async with NameServer({"*.test": addresses("127.0.0.1")}) as names, serve(page()) as server:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            # Every descriptor below three is in use for ever: whatever else is closed meanwhile, none can be had.
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
            try:
                exchange = await prober.get(site(server.url(host=host)))
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert exchange.is_unknown, exchange
            assert "EMFILE" in exchange.detail
            assert (await prober.get(site(server.url(host=host)))).ok


async def test_a_bug_is_unknown(monkeypatch, capsys):
    """A bug inside the probe is logged and leaves the site unknown: it never looks like a dead site."""
    from opd_exporter.probe import answer, exchange

    async with serve(page()) as server, Prober() as prober:
        monkeypatch.setattr(answer, "parse_head", lambda block: 1 / 0)
        assert (await prober.get(site(server.url()))).is_unknown
        monkeypatch.setattr(exchange, "registered_hosts", lambda site: 1 / 0)
        broken = await prober.get(site(server.url()))
    assert broken.is_unknown
    assert "ZeroDivisionError" in broken.detail


async def test_sites_without_address_and_closed_probers():
    """Nothing is asked for a site without an address, nor after the end."""
    prober = Prober()
    async with prober:
        assert (await prober.get(site(None))).is_unknown
    assert (await prober.get(site("http://127.0.0.1/"))).is_unknown
    assert await prober.resolve("localhost") == ()


async def test_network_is_alive_when_any_canary_answers():
    """One canary that answers in any way is enough; none, or only dead ones, are not."""
    async with serve(page(status="500 Down")) as server, Prober() as prober:
        assert await prober.network_alive(["http://127.0.0.1:1/", server.url()])
        assert not await prober.network_alive(["http://127.0.0.1:1/"])
        assert not await prober.network_alive([])


async def test_leaving_drops_running_exchanges():
    """Closing the prober ends what runs, and leaves neither sockets nor warnings behind."""

    async def silent(reader, writer):
        await asyncio.sleep(30)

    async with serve(silent) as server:
        async with Prober() as prober:
            running = [asyncio.create_task(prober.get(site(server.url()))) for _ in range(5)]
            await asyncio.sleep(0.1)
        ended = await asyncio.wait_for(asyncio.gather(*running), 1)
    assert all(exchange.reason is not None or exchange.is_unknown for exchange in ended)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("through_proxy", [False, True])
async def test_cancelling_leaves_nothing(scheme, through_proxy):
    """An exchange cancelled while it connects, shakes hands or waits closes its connection and frees its slot."""
    gone = 0

    async def silent(reader, writer):
        nonlocal gone
        await reader.read()
        gone += 1

    async with serve(silent) as server, run_proxy() as proxy, Prober() as prober:
        proxy_url = f"http://127.0.0.1:{proxy.port}" if through_proxy else None
        for round_number in range(40):
            target = site(server.url(scheme=scheme), proxy_url=proxy_url)
            task = asyncio.create_task(prober.get(target))
            await asyncio.sleep(0.001 * round_number)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not prober._connector._slots._semaphores
        for _ in range(100):
            if gone == server.connections:
                break
            await asyncio.sleep(0.02)
        assert gone == server.connections > 0


async def test_reload_changes_trust_and_names():
    """A reload takes a new authority and new name servers over; a file that cannot be used changes nothing."""
    pki = Pki()
    async with serve(page(), context=pki.server("good", "127.0.0.1")) as server, Prober() as prober:
        target = site(server.url(scheme="https"))
        assert (await prober.get(target)).tls.verified is False
        with pytest.raises(FileNotFoundError):
            prober.reconfigure(Registry({}, ca_file="/does/not/exist.pem", user_agent="x"))
        prober.reconfigure(Registry({}, ca_file=str(pki.ca_file), nameservers=("127.0.0.1:9",)))
        assert (await prober.get(target)).tls.verified


async def test_credentials_of_a_url_stay_secret():
    """Credentials in a site's URL are sent to it and appear nowhere else."""
    async with serve(page()) as server, Prober() as prober:
        exchange = await prober.get(site(f"http://opd:rahasia@127.0.0.1:{server.port}/"))
    assert b"Authorization: Basic " in server.requests[0]
    assert "rahasia" not in repr(replace(exchange, body=b""))


def test_under_uvloop():
    """Everything works the same under uvloop, handshakes that fail included."""
    pki = Pki()

    async def rubbish(reader, writer):
        await reader.read(100)
        writer.write(b"rubbish" * 10)

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        async with serve(page()) as plain, serve(page(), context=pki.server("good", "127.0.0.1")) as secure:
            async with serve(rubbish) as wrong, serve(page(), context=pki.server("expired", "127.0.0.1")) as expired:
                async with serve(page(), context=pki.server("small_key", "127.0.0.1")) as old:
                    async with Prober(Registry({}, ca_file=str(pki.ca_file))) as prober:
                        return [
                            await prober.get(site(url))
                            for url in (
                                plain.url(),
                                secure.url(scheme="https"),
                                expired.url(scheme="https"),
                                old.url(scheme="https"),
                                wrong.url(scheme="https"),
                                "http://127.0.0.1:1/",
                                "http://tidak-ada.invalid/",
                            )
                        ]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        plain, secure, expired, old, wrong, refused, nowhere = runner.run(main())
    assert plain.body == secure.body == expired.body == old.body == PAGE
    assert secure.tls.verified
    assert expired.tls.reason is Reason.TLS_EXPIRED
    assert old.tls.legacy
    assert wrong.reason is Reason.TLS_HANDSHAKE
    assert refused.reason is Reason.CONNECT_REFUSED
    assert nowhere.reason in {Reason.DNS_NOT_FOUND, Reason.DNS_TEMPORARY}
