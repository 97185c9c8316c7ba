"""Names, against a real DNS server on loopback."""

# ruff: noqa: SIM117 - servers inside servers read better nested

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress

import pytest
from dnslib import QTYPE, RR, SOA

from opd_exporter.models import Reason
from opd_exporter.probe import Prober
from opd_exporter.probe.dns import Resolver
from opd_exporter.probe.failures import Failure
from opd_exporter.registry.site import Registry
from support.names import NameServer, addresses, by_kind, cname, code, in_turn, silence
from support.probing import serve, site
from support.zoo.cage import page


async def test_answers_are_kept_for_their_ttl():
    """An answer is asked for once while its TTL lasts, and again after it."""
    async with NameServer({"dinas.test": addresses("127.0.0.1", ttl=1)}) as names:
        resolver = Resolver([names.address])
        try:
            first = await resolver.resolve("dinas.test", 2)
            await resolver.resolve("DINAS.test.", 2)
            assert [str(address) for address in first] == ["127.0.0.1"]
            assert names.asked["dinas.test", "A"] == 1
            await asyncio.sleep(1.1)
            await resolver.resolve("dinas.test", 2)
            assert names.asked["dinas.test", "A"] == 2
        finally:
            await resolver.close()


async def test_a_ttl_of_zero_is_not_kept():
    """A name that changes with every answer is asked for every time: nothing stale is probed."""
    zone = {"dinas.test": in_turn(addresses("127.0.0.1", ttl=0), addresses("127.0.0.2", ttl=0))}
    async with NameServer(zone) as names:
        resolver = Resolver([names.address])
        try:
            assert str((await resolver.resolve("dinas.test", 2))[0]) == "127.0.0.1"
            assert str((await resolver.resolve("dinas.test", 2))[0]) == "127.0.0.2"
        finally:
            await resolver.close()


async def test_not_found_is_not_kept():
    """A name that appears is seen at the next probe, whatever was known before."""
    async with NameServer({"baru.test": code("NXDOMAIN")}) as names:
        resolver = Resolver([names.address])
        try:
            with pytest.raises(Failure) as failed:
                await resolver.resolve("baru.test", 2)
            assert failed.value.reason is Reason.DNS_NOT_FOUND
            names.zone["baru.test"] = addresses("127.0.0.1")
            assert await resolver.resolve("baru.test", 2)
        finally:
            await resolver.close()


async def test_not_found_with_a_lifetime_is_not_kept_either():
    """A name server that lets "no such name" be kept for an hour does not hide the name's return for an hour."""

    def absent(query, kind):
        reply = code("NXDOMAIN")(query, kind)
        reply.add_auth(RR("test", QTYPE.SOA, ttl=3_600, rdata=SOA("ns.test", "a.test", (1, 3_600, 600, 86_400, 3_600))))
        return reply

    async with NameServer({"kembali.test": absent}) as names:
        resolver = Resolver([names.address])
        try:
            with pytest.raises(Failure):
                await resolver.resolve("kembali.test", 2)
            await asyncio.sleep(0.2)
            names.zone["kembali.test"] = addresses("127.0.0.1")
            assert await resolver.resolve("kembali.test", 2)
        finally:
            await resolver.close()


async def test_many_waiters_ask_once():
    """A hundred probes of one name cause one question of each kind."""
    async with NameServer({"ramai.test": addresses("127.0.0.1")}) as names:
        resolver = Resolver([names.address])
        try:
            found = await asyncio.gather(*(resolver.resolve("ramai.test", 2) for _ in range(100)))
            assert len({tuple(answer) for answer in found}) == 1
            assert names.asked["ramai.test", "A"] == 1
        finally:
            await resolver.close()


async def test_temporary_failures_are_retried_inside_the_budget():
    """Two failures of the name server in a row cost a second, not a false alarm."""
    zone = {"goyah.test": in_turn(code("SERVFAIL"), code("SERVFAIL"), addresses("127.0.0.1"))}
    async with NameServer(zone) as names, serve(page()) as server:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            exchange = await prober.get(site(server.url(host="goyah.test")))
        assert exchange.ok
        assert names.asked["goyah.test", "A"] == 3


async def test_a_lost_packet_is_asked_again():
    """A question that nobody answers is repeated, and the site is not called dead."""
    async with NameServer({"hilang.test": in_turn(silence, addresses("127.0.0.1"))}) as names, serve(page()) as server:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            exchange = await prober.get(site(server.url(host="hilang.test"), probe_timeout=4.0))
        assert exchange.ok, exchange.detail
        assert exchange.phases.dns >= 0.9


async def test_a_dead_name_server_beside_a_good_one():
    """With one of two name servers gone, names still resolve within the budget."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{dead.getsockname()[1]}"
        async with NameServer({"dinas.test": addresses("127.0.0.1")}) as names, serve(page()) as server:
            async with Prober(Registry({}, nameservers=(gone, names.address))) as prober:
                exchange = await prober.get(site(server.url(host="dinas.test"), probe_timeout=5.0))
            assert exchange.ok, exchange.detail


async def test_all_name_servers_gone_is_temporary():
    """Without any name server nothing is said about the name: the failure is temporary, and in time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
        dead.bind(("127.0.0.1", 0))
        async with Prober(Registry({}, nameservers=(f"127.0.0.1:{dead.getsockname()[1]}",))) as prober:
            exchange = await prober.get(site("http://dinas.test/", probe_timeout=1.0))
    assert exchange.reason is Reason.DNS_TEMPORARY
    assert exchange.seconds < 1.5


async def test_half_an_answer_is_not_a_missing_name():
    """No IPv4 address and no word on IPv6 is a temporary failure, not a missing name."""
    async with NameServer({"setengah.test": by_kind(A=addresses(), AAAA=code("SERVFAIL"))}) as names:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            exchange = await prober.get(site("http://setengah.test/", probe_timeout=1.0))
    assert exchange.reason is Reason.DNS_TEMPORARY


async def test_hosts_file_and_localhost(tmp_path):
    """The machine's own names go before the name servers, and localhost needs none."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.9 kantor.test kantor # di ruang server\n::1 kantor.test\nrusak\n")
    async with NameServer({}) as names:
        resolver = Resolver([names.address], hosts_file=hosts)
        try:
            assert [str(a) for a in await resolver.resolve("Kantor.test", 1)] == ["127.0.0.9", "::1"]
            assert str((await resolver.resolve("localhost", 1))[0]) == "127.0.0.1"
            assert str((await resolver.resolve("apa.localhost", 1))[0]) == "127.0.0.1"
            assert not names.asked
        finally:
            await resolver.close()


def _deaf(family: int, host: str) -> tuple[list[socket.socket], int]:
    """A port that swallows connections: its backlog is full."""
    listener = socket.socket(family)
    listener.bind((host, 0))
    listener.listen(0)
    fillers = [listener]
    for _ in range(8):
        filler = socket.socket(family)
        filler.setblocking(False)
        with suppress(BlockingIOError):
            filler.connect(listener.getsockname())
        fillers.append(filler)
    return fillers, listener.getsockname()[1]


async def _race(live: str, dead_family: int, dead: str) -> float:
    """Seconds to connect to a name with one live and one deaf address."""
    deaf, port = _deaf(dead_family, dead)
    try:
        async with (
            NameServer({"dua.test": addresses("127.0.0.1", "::1")}) as names,
            serve(page(), host=live, port=port),
            Prober(Registry({}, nameservers=(names.address,))) as prober,
        ):
            started = time.monotonic()
            exchange = await prober.get(site(f"http://dua.test:{port}/"))
            elapsed = time.monotonic() - started
            assert exchange.ok, exchange.detail
            assert exchange.address == live
            return elapsed
    finally:
        for connection in deaf:
            connection.close()


async def test_a_dead_ipv6_address_costs_nothing():
    """A site whose IPv6 address is a black hole is read by IPv4 at once."""
    assert await _race("127.0.0.1", socket.AF_INET6, "::1") < 0.3


async def test_a_dead_ipv4_address_costs_at_most_300_ms():
    """A site that only answers by IPv6 is read too, a quarter of a second later."""
    assert 0.2 < await _race("::1", socket.AF_INET, "127.0.0.1") < 0.6


async def test_of_two_failures_the_telling_one_is_given():
    """When IPv6 is refused and IPv4 is silent or refused, the reason is what IPv4 said."""
    async with NameServer({"mati.test": addresses("127.0.0.1", "::1")}) as names:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            exchange = await prober.get(site("http://mati.test:1/"))
    assert exchange.reason is Reason.CONNECT_REFUSED


async def test_rebinding_gains_nothing():
    """A name that turns into the metadata service between two questions is never connected to there."""
    zone = {
        "ganti.test": in_turn(addresses("127.0.0.1", ttl=0), addresses("169.254.169.254", ttl=0)),
        "luar.test": addresses("127.0.0.1"),
    }
    answer = page(b"", "Location: http://ganti.test:80/", status="302 Found")
    async with NameServer(zone) as names, serve(answer) as server:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            first = await prober.get(site(server.url(host="ganti.test")))
    assert first.hops[0].address == "127.0.0.1"
    assert first.reason is Reason.LEFT_SITE
    assert first.hops[-1].address is None


async def test_an_alias_is_followed_to_its_address():
    """An alias leads to the address behind it, and its shorter TTL counts."""
    async with NameServer({"www.dinas.test": cname("hosting.test", "127.0.0.1")}) as names:
        async with Prober(Registry({}, nameservers=(names.address,))) as prober:
            assert await prober.resolve("www.dinas.test") == ("127.0.0.1",)
            assert await prober.resolve("tidak-ada.test") == ()
