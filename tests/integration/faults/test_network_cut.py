"""The monitor's own network is cut: a network namespace with one cable, and somebody pulls it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp.connector import TCPConnector

from support.program import Running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from support.town import Town

EXPECTED = {"aktif": "active", "lama": "dormant"}
FROZEN_SECONDS = 8


@dataclass(frozen=True)
class Cable:
    """A namespace and the two ends of a virtual cable."""

    namespace: str
    near: str
    """Interface on this side."""
    here: str
    """This side's address, where the sites are."""
    there: str
    """The monitor's address, where its pages are."""

    def pull(self) -> None:
        """Cut the monitor off."""
        _ip("link", "set", self.near, "down")

    def plug(self) -> None:
        """Connect it again."""
        _ip("link", "set", self.near, "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    """A monitor's place of its own, named after this process."""
    assert os.geteuid() == 0, (
        "this test makes a network namespace and needs root (in a container: --cap-add NET_ADMIN --cap-add SYS_ADMIN)"
    )
    number = os.getpid() % 250
    made = Cable(f"opd-{os.getpid()}", f"opd{os.getpid()}", f"10.213.{number}.1", f"10.213.{number}.2")
    try:
        _ip("netns", "add", made.namespace)
        _ip("link", "add", made.near, "type", "veth", "peer", "name", "cable", "netns", made.namespace)
        _ip("addr", "add", f"{made.here}/30", "dev", made.near)
        _ip("link", "set", made.near, "up")
        _ip("-n", made.namespace, "addr", "add", f"{made.there}/30", "dev", "cable")
        _ip("-n", made.namespace, "link", "set", "cable", "up")
        _ip("-n", made.namespace, "link", "set", "lo", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "del", made.namespace], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", made.near], check=False, capture_output=True)


class Inside(TCPConnector):
    """Connects from inside the namespace, over its loopback, so that the monitor can be watched while it is cut off."""

    def __init__(self, namespace: str) -> None:
        super().__init__()
        self._namespace = namespace

    async def connect(self, *arguments, **options):
        """Make the socket inside the namespace."""
        with _inside(self._namespace):
            return await super().connect(*arguments, **options)


class _inside:  # noqa: N801 - reads as what it does
    """This thread inside a namespace for a moment; sockets made there stay there."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def __enter__(self) -> None:
        self._own = os.open("/proc/self/ns/net", os.O_RDONLY)
        other = os.open(f"/run/netns/{self._namespace}", os.O_RDONLY)
        _setns(other)
        os.close(other)

    def __exit__(self, *_: object) -> None:
        _setns(self._own)
        os.close(self._own)


def _setns(descriptor: int) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@asynccontextmanager
async def serve_inside(cable: Cable, town: Town) -> AsyncIterator[Running]:
    """The exporter inside the namespace, frozen for eight seconds instead of 15 minutes."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = await asyncio.create_subprocess_exec(
        *("ip", "netns", "exec", cable.namespace, sys.executable, "-m", "support.bent_program"),
        *("--frozen", str(FROZEN_SECONDS), "--", "serve", f"--config.file={town.config_file}"),
        *(f"--storage.path={town.storage}", "--web.listen-address=127.0.0.1:0", "--log.format=json"),
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    async with aiohttp.ClientSession(connector=Inside(cable.namespace)) as session:
        running = Running(process, session)
        try:
            await running.listening()
            yield running
        finally:
            if process.returncode is None:
                process.kill()
            await running.wait()


@pytest.fixture
async def far_town(town: Town, cable: Cable) -> Town:
    """Two departments and a canary at the other end of the cable."""
    town.departments["kenari"] = town.departments.pop("rusak")
    for department in town.departments.values():
        await department.stop()
        department.host, department.port, department.status = cable.here, 0, 200
        await department.start()
    town.canaries = [town.departments["kenari"].url]
    town.defaults = {"probe_timeout": "1s", "confirm_after": "500ms"}
    town.write("aktif", "lama")
    return town


async def test_the_cable_is_pulled(far_town: Town, cable: Cable) -> None:
    """No site is blamed; statuses stay, after the frozen time they are pending, with the cable all is as before."""
    async with serve_inside(cable, far_town) as exporter:
        before = await exporter.until(lambda now: now.statuses() == EXPECTED)
        cable.pull()
        offline = await exporter.until(lambda now: now.value("opd_exporter_network_up") == 0)
        assert offline.statuses() == EXPECTED
        assert offline.reasons() == {}
        assert offline.value("opd_site_up", site="aktif") is None
        since = "opd_site_status_since_timestamp_seconds"
        assert offline.value(since, site="aktif") == before.value(since, site="aktif")
        unknown = await exporter.until(lambda now: set(now.statuses().values()) == {"pending"})
        post = "opd_site_last_post_timestamp_seconds"
        assert unknown.value(post, site="aktif") == before.value(post, site="aktif")
        cable.plug()
        after = await exporter.until(lambda now: now.statuses() == EXPECTED)
        assert after.value("opd_exporter_network_up") == 1
        for site in EXPECTED:
            assert after.value(since, site=site) == before.value(since, site=site), site
        turns = {str(entry["now"]) for entry in exporter.log if entry["event"] == "status changed"}
        assert turns == {"active", "dormant", "pending"}


async def test_a_short_cut_changes_nothing(far_town: Town, cable: Cable) -> None:
    """A cable that is pulled and plugged again three times leaves every status as it was."""
    async with serve_inside(cable, far_town) as exporter:
        await exporter.until(lambda now: now.statuses() == EXPECTED)
        for _ in range(3):
            cable.pull()
            await asyncio.sleep(2.5)
            assert (await exporter.samples()).statuses() == EXPECTED, "\n".join(map(str, exporter.log[-6:]))
            cable.plug()
            # Two cuts within the 0.5 s between the two looks of one round are more than anybody can tell apart.
            await asyncio.gather(*(far_town.departments[site].hit() for site in EXPECTED))
            await asyncio.sleep(1)
        await exporter.until(lambda now: now.statuses() == EXPECTED and now.value("opd_exporter_network_up") == 1)
        turns = [entry["now"] for entry in exporter.log if entry["event"] == "status changed"]
        assert sorted(turns) == ["active", "dormant"]


async def test_a_firewall_that_blocks_only_the_canaries(far_town: Town, cable: Cable) -> None:
    """With the canaries out of reach healthy sites stay as they are, and a site that dies is still called down."""
    async with serve_inside(cable, far_town) as exporter:
        await exporter.until(lambda now: now.statuses() == EXPECTED)
        await far_town.departments["kenari"].stop()
        await asyncio.sleep(3)
        page = await exporter.samples()
        assert page.statuses() == EXPECTED
        assert page.value("opd_exporter_network_up") == 1
        await far_town.departments["lama"].stop()
        down = await exporter.until(lambda now: now.statuses() == EXPECTED | {"lama": "down"})
        assert down.reasons() == {"lama": "connect_refused"}
        assert down.value("opd_exporter_network_up") == 1
