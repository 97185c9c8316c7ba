"""Certificates and handshakes, against real TLS servers."""

# ruff: noqa: SIM117 - servers inside servers read better nested

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from opd_exporter.models import Reason
from opd_exporter.probe import Prober
from opd_exporter.registry.site import Registry
from support.pki import Pki
from support.probing import join, serve, site
from support.zoo.cage import PAGE, page, request_of, reset


@pytest.fixture(scope="module")
def pki():
    """The test authority."""
    return Pki()


@asynccontextmanager
async def tls_server(pki, flavour="good", handler=None, host="127.0.0.1"):
    """A TLS server with a certificate of ``flavour``, and a prober that trusts the authority."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # failed handshakes on the server's side
    async with serve(handler or page(), context=pki.server(flavour, host)) as server:
        async with Prober(Registry({}, ca_file=str(pki.ca_file))) as prober:
            yield server, prober


async def test_every_probe_is_a_full_handshake(pki):
    """Two probes are two connections and two verified handshakes: a new certificate is seen at once."""
    resumed = []

    async def handler(reader, writer):
        await request_of(reader)
        resumed.append(writer.get_extra_info("ssl_object").session_reused)
        writer.write(page())

    async with tls_server(pki, handler=handler) as (server, prober):
        for _ in range(3):
            exchange = await prober.get(site(server.url(scheme="https")))
            assert exchange.ok
            assert exchange.tls.verified
        assert server.connections == 3
        assert resumed == [False, False, False]


async def test_facts_of_a_good_certificate(pki):
    """Subject, issuer, protocol version and end of the certificate are known."""
    async with tls_server(pki) as (server, prober):
        facts = (await prober.get(site(server.url(scheme="https")))).tls
    assert (facts.subject, facts.issuer, facts.version) == ("127.0.0.1", "Tengah", "TLSv1.3")
    assert facts.chain_complete is True
    assert facts.reason is None


async def test_phases_of_https(pki):
    """All five phases are measured, and together they are the whole exchange."""
    async with tls_server(pki) as (server, prober):
        exchange = await prober.get(
            site(server.url(scheme="https", host="localhost").replace("localhost", "127.0.0.1"))
        )
    phases = exchange.phases
    parts = [phases.dns, phases.connect, phases.tls, phases.wait, phases.transfer]
    assert all(part is not None and part >= 0 for part in parts)
    assert sum(parts) <= exchange.seconds + 0.001
    assert exchange.seconds - sum(parts) < 0.05


async def test_expired_is_read_without_trust(pki):
    """An expired certificate: the page is read, not trusted; the end of the certificate is known."""
    async with tls_server(pki, "expired") as (server, prober):
        exchange = await prober.get(site(server.url(scheme="https")))
    assert exchange.reason is None
    assert exchange.body == PAGE
    assert exchange.tls.reason is Reason.TLS_EXPIRED
    assert exchange.tls.not_after < exchange.started_at


async def test_registry_may_accept_any_certificate(pki):
    """``tls_verify: false`` accepts what browsers refuse; the facts stay known."""
    async with tls_server(pki, "self_signed") as (server, prober):
        exchange = await prober.get(site(server.url(scheme="https"), tls_verify=False))
        assert server.connections == 1
    assert exchange.ok
    assert exchange.tls.reason is None
    assert exchange.tls.verified is False
    assert exchange.tls.not_after > exchange.started_at


async def test_own_authority_needs_its_file(pki):
    """Without the registry's ``ca_file`` the same server is not trusted."""
    async with tls_server(pki) as (server, _), Prober() as stranger:
        exchange = await stranger.get(site(server.url(scheme="https")))
    assert exchange.tls.reason is Reason.TLS_UNTRUSTED
    assert exchange.tls.verified is False


async def test_certificate_is_known_although_the_connection_is_gone(pki):
    """A server that closes right behind a short page leaves its certificate facts."""

    async def handler(reader, writer):
        await request_of(reader)
        writer.write(page(b"ok"))
        writer.close()

    async with tls_server(pki, handler=handler) as (server, prober):
        for _ in range(20):
            exchange = await prober.get(site(server.url(scheme="https")))
            assert exchange.body == b"ok"
            assert exchange.tls.not_after is not None


async def test_facts_are_the_configured_hosts(pki):
    """After a redirect the certificate facts stay those of the configured host."""
    async with serve(page(), context=pki.server("good", "localhost")) as target:
        moved = page(b"", f"Location: https://localhost:{target.port}/", status="301 Moved Permanently")
        async with tls_server(pki, "good", moved) as (server, prober):
            exchange = await prober.get(site(server.url(scheme="https"), allowed_hosts=frozenset({"localhost"})))
    assert exchange.ok
    assert exchange.final_url.startswith("https://localhost")
    assert exchange.tls.subject == "127.0.0.1"


async def test_a_refused_certificate_behind_a_redirect_counts(pki):
    """A good host that sends everybody to a host with an expired certificate cannot be read: the reason says so."""
    async with serve(page(), context=pki.server("expired", "localhost")) as target:
        moved = page(b"", f"Location: https://localhost:{target.port}/", status="301 Moved Permanently")
        async with tls_server(pki, "good", moved) as (server, prober):
            exchange = await prober.get(site(server.url(scheme="https"), allowed_hosts=frozenset({"localhost"})))
    assert exchange.tls.reason is Reason.TLS_EXPIRED
    assert exchange.tls.verified is False
    assert exchange.tls.not_after > exchange.started_at, "the configured host's own certificate is good"


async def test_http_that_becomes_https_has_facts(pki):
    """A site registered with http:// that redirects to its own https:// shows that certificate."""
    async with tls_server(pki) as (server, prober):
        moved = page(b"", f"Location: {server.url(scheme='https')}", status="301 Moved Permanently")
        async with serve(moved) as plain:
            exchange = await prober.get(site(plain.url()))
    assert exchange.ok
    assert exchange.tls.verified
    assert exchange.redirects == 1


async def test_legacy_servers_are_remembered(pki, monkeypatch):
    """A small key costs the failed modern handshake once; later probes go the legacy way at once, still labelled."""
    async with tls_server(pki, "small_key") as (server, prober):
        tried = []
        modern = prober._trust.modern
        real = prober._connector._dialer.secure

        async def secure(call, context, *args, **options):
            tried.append("modern" if context is modern else "legacy")
            return await real(call, context, *args, **options)

        monkeypatch.setattr(prober._connector._dialer, "secure", secure)
        first = await prober.get(site(server.url(scheme="https")))
        second = await prober.get(site(server.url(scheme="https")))
    assert tried == ["modern", "legacy", "legacy"]
    assert first.tls.legacy
    assert second.tls.legacy
    assert first.tls.verified
    assert second.tls.verified


async def test_a_passing_reset_is_no_sign_of_age(pki):
    """A handshake that the network breaks once is repeated, and the server is not taken for old after that."""
    resets = [True]

    async def relay(reader, writer):
        if resets:
            resets.clear()
            await reader.read(100)
            reset(writer)
            return
        await join(reader, writer, "127.0.0.1", server.port)

    async with tls_server(pki) as (server, prober), serve(relay) as middle:
        first = await prober.get(site(middle.url(scheme="https")))
        second = await prober.get(site(middle.url(scheme="https")))
    assert first.ok, first.detail
    assert second.ok, second.detail
    assert second.tls.legacy is False


async def test_old_renegotiation_is_tried_the_legacy_way(pki):
    """A server without secure renegotiation is met again with legacy options instead of being called broken."""
    hello = bytes.fromhex("020000260303") + bytes(32) + bytes.fromhex("00c02f00")
    record = b"\x16\x03\x03" + len(hello).to_bytes(2, "big") + hello
    greetings = []

    async def handler(reader, writer):
        greetings.append(await reader.read(4_096))
        writer.write(record)
        await writer.drain()
        await asyncio.sleep(0.2)

    async with serve(handler) as server, Prober() as prober:
        exchange = await prober.get(site(server.url(scheme="https")))
    assert exchange.reason is Reason.TLS_HANDSHAKE
    assert "unsafe_legacy_renegotiation" in exchange.detail
    assert len(greetings) == 2, "the second greeting went beyond where the first one was broken off"


async def test_missing_link_is_fetched_once():
    """An incomplete chain is repaired from where the certificate says, once; later probes need no second handshake."""
    link = []

    async def issuer(reader, writer):
        link.append(await request_of(reader))
        writer.write(page(pki.link_der))

    async with serve(issuer) as authority:
        pki = Pki(authority.url("/link.der"))
        async with tls_server(pki, "aia") as (server, prober):
            target = site(server.url(scheme="https"))
            first = await prober.get(target)
            again = [await prober.get(target) for _ in range(3)]
            # The server counts finished handshakes: one without trust, one with the link, and one for each probe after.
            assert server.connections == 2 + 3
    assert len(link) == 1
    for exchange in (first, *again):
        assert exchange.ok
        assert exchange.tls.verified
        assert exchange.tls.chain_complete is False
        assert exchange.tls.reason is None


async def test_missing_link_at_a_private_address_is_not_fetched():
    """A certificate cannot make the monitor ask a private host that the registry does not name."""
    async with serve(page(b"rahasia")) as inside:
        pki = Pki(inside.url("/link.der"))
        async with serve(page(), host="127.0.0.1", context=pki.server("aia", "localhost")) as server:
            async with Prober(Registry({}, ca_file=str(pki.ca_file))) as prober:
                exchange = await prober.get(site(server.url(scheme="https", host="localhost")))
        assert inside.connections == 0
    assert exchange.tls.reason is Reason.TLS_CHAIN
    assert exchange.tls.chain_complete is False


@pytest.mark.parametrize("scheme", ["https", "ftp"])
async def test_missing_links_are_fetched_over_http_only(scheme):
    """A certificate cannot make the monitor speak anything but plain HTTP."""
    async with serve(page(b"")) as authority:
        pki = Pki(authority.url("/link.der", scheme))
        async with serve(page(), context=pki.server("aia", "127.0.0.1")) as server:
            async with Prober(Registry({}, ca_file=str(pki.ca_file))) as prober:
                exchange = await prober.get(site(server.url(scheme="https")))
        assert authority.connections == 0
    assert exchange.tls.reason is Reason.TLS_CHAIN


async def test_an_authority_that_was_away_is_asked_again(monkeypatch):
    """An authority that fails for a moment is asked again before a confirming probe, not ten minutes later."""
    from opd_exporter.probe import chains

    monkeypatch.setattr(chains, "FAILURE_SECONDS", 0.1)
    away = [True]

    async def issuer(reader, writer):
        await request_of(reader)
        writer.write(page(status="503 Busy") if away else page(pki.link_der))

    async with serve(issuer) as authority:
        pki = Pki(authority.url("/link.der"))
        async with tls_server(pki, "aia") as (server, prober):
            target = site(server.url(scheme="https"), probe_timeout=6.0)
            first = await prober.get(target)
            away.clear()
            await asyncio.sleep(0.15)
            second = await prober.get(target)
    assert first.tls.reason is Reason.TLS_CHAIN
    assert second.tls.verified
    assert second.tls.reason is None


async def test_a_fetched_root_is_no_anchor():
    """A root that a certificate points to is never trusted for having been fetched."""
    served = []

    async def issuer(reader, writer):
        await request_of(reader)
        served.append(1)
        writer.write(page(stranger.root.public_bytes(Encoding.DER)))

    async with serve(issuer) as authority:
        stranger = Pki(authority.url("/root.der"))
        trusted = Pki()
        async with serve(page(), context=stranger.server("aia", "127.0.0.1")) as server:
            async with Prober(Registry({}, ca_file=str(trusted.ca_file))) as prober:
                exchange = await prober.get(site(server.url(scheme="https")))
    assert served
    assert exchange.tls.verified is False
    assert exchange.tls.reason is Reason.TLS_UNTRUSTED


async def test_handshake_errors_do_not_leak_into_the_next_probe(pki):
    """After a hundred broken handshakes a good server is still verified."""

    async def rubbish(reader, writer):
        await reader.read(100)
        writer.write(b"rubbish" * 20)

    async with serve(rubbish) as bad, tls_server(pki) as (server, prober):
        for _ in range(30):
            broken = await prober.get(site(bad.url(scheme="https")))
            assert broken.reason is Reason.TLS_HANDSHAKE
        assert (await prober.get(site(server.url(scheme="https")))).tls.verified
        assert (await prober.get(site("http://127.0.0.1:1/"))).reason is Reason.CONNECT_REFUSED
        await asyncio.sleep(0.05)
        assert not prober._connector._dialer._open, "nothing of a failed connection is kept"


async def test_contexts_are_made_once(pki, monkeypatch):
    """Probing creates no TLS contexts: they cost 17 ms each."""
    async with tls_server(pki) as (server, prober):
        made = []
        monkeypatch.setattr(ssl, "create_default_context", lambda *a, **k: made.append(1))
        await asyncio.gather(*(prober.get(site(server.url(scheme="https"))) for _ in range(10)))
    assert not made
