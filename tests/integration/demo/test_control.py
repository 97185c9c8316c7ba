"""What a presenter can do while the fleet runs."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

from opd_exporter.demo import TROUBLES, Fleet, send_control

from .conftest import visit

if TYPE_CHECKING:
    from .conftest import Visitor


async def test_fail_and_recover_keep_the_address(fleet: Fleet, visitor: Visitor) -> None:
    """A site goes away in several ways and comes back under the same URL."""
    url = str(fleet.address_of("setda"))
    for mode in ("connect_refused", "timeout", "http_server_error", "tls_expired", "connect_timeout"):
        said = await send_control(fleet.control_address, "setda", f"fail={mode}")
        assert mode in said
        try:
            status, _, _ = await visitor.get(url, seconds=0.5)
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        assert status in {0, 500}, mode
        await send_control(fleet.control_address, "setda", "recover")
        assert str(fleet.address_of("setda")) == url
        assert (await visitor.get(url))[0] == 200, mode


async def test_every_mode_can_be_switched_on_and_off(fleet: Fleet, visitor: Visitor) -> None:
    """Each trouble of the table applies to a running HTTP site and to a running HTTPS site."""
    for site in ("setwan", "setda"):
        for mode, trouble in TROUBLES.items():
            if trouble.https_only and not fleet.sites[site].spec.https:
                with pytest.raises(ValueError, match="https"):
                    await fleet.fail(site, mode)
                continue
            await fleet.fail(site, mode)
            assert fleet.sites[site].trouble == mode
        await fleet.recover(site)
        assert (await visitor.get(str(fleet.address_of(site))))[0] == 200


async def test_hack_publish_and_slow(fleet: Fleet, visitor: Visitor) -> None:
    """An intruder's links, a new post and a delay show on the page."""
    url = str(fleet.address_of("dkpp"))
    await send_control(fleet.control_address, "dkpp", "hack")
    assert "slot88" in (await visitor.get(url))[1]
    await send_control(fleet.control_address, "dkpp", "recover")
    assert "slot88" not in (await visitor.get(url))[1]
    await send_control(fleet.control_address, "dkpp", "publish=Kabar <baru> & penting")
    assert "Kabar &lt;baru&gt; &amp; penting" in (await visitor.get(url))[1]
    await send_control(fleet.control_address, "dkpp", "slow=0.4")
    began = asyncio.get_running_loop().time()
    await visitor.get(url)
    assert asyncio.get_running_loop().time() - began >= 0.4


async def test_recovering_a_dormant_site_publishes(fleet: Fleet, visitor: Visitor) -> None:
    """The operator is back: the site has a post of today."""
    before = fleet.sites["dprkp"].newsroom.posts(fleet._now())[0]
    await fleet.recover("dprkp")
    after = fleet.sites["dprkp"].newsroom.posts(fleet._now())[0]
    assert (after.published_at - before.published_at).days > 90
    assert after.title in (await visitor.get(str(fleet.address_of("dprkp"))))[1]


async def test_the_control_port_lists_and_refuses(fleet: Fleet) -> None:
    """GET lists every site; unknown sites, actions, modes and calls from a browser page are refused in words."""
    listed = json.loads(await send_control(fleet.control_address, "", ""))
    assert [row["site"] for row in listed] == list(fleet.sites)
    assert next(row for row in listed if row["site"] == "bapenda")["trouble"] == "http_server_error"
    for site, action in (("tidak-ada", "fail"), ("setda", "meledak"), ("setda", "fail=meledak"), ("setda", "slow=x")):
        with pytest.raises(ValueError, match=r"tidak|Tidak|dikenal"):
            await send_control(fleet.control_address, site, action)
    async with (
        aiohttp.ClientSession(headers={"Origin": "https://jahat.example"}) as session,
        session.post(f"{fleet.control_address}/sites/setda/fail") as answer,
    ):
        assert answer.status == 403
    assert fleet.sites["setda"].trouble is None


async def test_no_fleet_is_a_connection_error(fleet: Fleet) -> None:
    """The client says so when nobody answers."""
    address = fleet.control_address
    await fleet.stop()
    with pytest.raises(ConnectionError, match=address):
        await send_control(address, "setda", "fail")


async def test_pending_and_foreign_addresses_cannot_be_driven() -> None:
    """A site that the demo does not serve refuses to fail, with its address."""
    async with Fleet("all") as fleet:
        site = next(site for site, (status, _) in fleet.expected().items() if status == "pending")
        assert fleet.address_of(site) is None
        with pytest.raises(ValueError, match=site):
            await fleet.fail(site, "timeout")
        assert "http://kecamatan-hilang.invalid/" in [fleet.address_of(site) for site in fleet.sites]


async def test_stop_with_hanging_clients_is_quick_and_final(fleet: Fleet) -> None:
    """Clients that hang in every way do not delay the end, and afterwards nothing listens."""
    loop = asyncio.get_running_loop()
    hanging = []
    for site in ("setda", "dpupr", "setwan", "bapenda"):
        listener = fleet.sites[site].listener
        assert listener is not None
        _, writer = await asyncio.open_connection(listener.host, listener.port)
        writer.write(b"GET / HT")
        hanging.append(writer)
    await fleet.slow("setwan", 60)
    async with visit(fleet) as visitor:
        waiting = asyncio.create_task(visitor.get(str(fleet.address_of("setwan")), seconds=30))
        await asyncio.sleep(0.1)
        began = loop.time()
        await fleet.stop()
        assert loop.time() - began < 3
        with pytest.raises(aiohttp.ClientError):
            await waiting
    for writer in hanging:
        writer.close()
    listener = fleet.sites["setda"].listener
    assert listener is not None
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await asyncio.open_connection(listener.host, listener.port)


async def test_a_base_port_gives_the_same_addresses_again() -> None:
    """Two starts with one base port have the same URLs; a port that is taken is replaced."""
    async with Fleet("2020") as other:
        listener = other.sites["setda"].listener
        assert listener is not None
        base = 20_000 + listener.port % 10_000
    urls = []
    for _ in range(2):
        async with Fleet("2020", base_port=base) as fleet:
            urls.append([fleet.address_of(site) for site in fleet.sites])
    assert urls[0] == urls[1]
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.10.1", base)
    async with taken, Fleet("2020", base_port=base) as fleet:
        assert fleet.address_of("setda") != urls[0][0]
        assert fleet.address_of("setwan") == urls[0][1]


async def test_a_taken_base_port_moves_a_big_fleet() -> None:
    """The fleet that shares one port takes another one too."""
    async with Fleet("1000", size=3) as first:
        port = int(str(first.address_of(next(iter(first.sites)))).rstrip("/").rsplit(":", 1)[1])
        async with Fleet("1000", size=3, base_port=port) as second:
            assert len(second.sites) == 3
            assert not str(second.address_of(next(iter(second.sites)))).endswith(f":{port}/")


async def test_a_big_fleet_stands_on_one_port_with_many_addresses() -> None:
    """3000 sites start at once, each answers for itself, and one can fail alone."""
    began = asyncio.get_running_loop().time()
    async with Fleet("1000", size=3000) as fleet:
        assert asyncio.get_running_loop().time() - began < 5
        urls = {site: str(fleet.address_of(site)) for site in fleet.sites}
        assert len(set(urls.values())) == 3000
        assert len({url.rsplit(":", 1)[1] for url in urls.values()}) == 1
        first, last = next(iter(urls)), next(reversed(urls))
        await fleet.fail(last)
        async with visit(fleet) as visitor:
            status, text, _ = await visitor.get(urls[first])
            assert (status, fleet.sites[first].spec.department.name in text) == (200, True)
            assert (await visitor.get(urls[last]))[0] == 500
        with pytest.raises(ValueError, match="port of its own"):
            await fleet.fail(first, "connect_refused")
