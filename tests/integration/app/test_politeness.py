"""What the exporter asks of the servers that it watches: never much at once, nothing while they say wait."""

from __future__ import annotations

import asyncio
import contextlib
import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from opd_exporter.pipeline.looks import FIRST_READINGS
from opd_exporter.probe.limits import AT_ONCE_SHARE, PER_ADDRESS
from opd_exporter.registry.site import Registry
from support.probing import serve as answering
from support.program import serve
from support.zoo.cage import page, request_of

if TYPE_CHECKING:
    from support.town import Town

SITES = 40
BODY = b"<html><head><title>Dinas</title></head><body>" + b"<p>Pelayanan warga.</p>" * 400 + b"</body></html>"


def write_shared(town: Town, url: str, **defaults: str) -> None:
    """Forty sites on one server."""
    town.facts = {
        "defaults": {"probe_timeout": "5s", "confirm_after": "1s", "content_interval": "1h"} | defaults,
        "sites": [
            {"id": f"desa-{number}", "opd": f"Desa {number}", "name": f"Desa {number}", "url": f"{url}desa-{number}"}
            for number in range(SITES)
        ],
    }
    town.write()


@pytest.mark.timeout(120)
async def test_forty_sites_on_one_server_are_never_asked_all_at_once(town: Town) -> None:
    """A slow server of forty sites has eight connections at a time, content checks included, and every site is up."""
    running = peak = 0

    async def handler(reader, writer):
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        try:
            await request_of(reader)
            await asyncio.sleep(0.4)
            writer.write(page(BODY))
            await writer.drain()
        finally:
            running -= 1

    async with answering(handler) as server:
        write_shared(town, server.url(), probe_interval="6s")
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: sum(value for _, value in now.by_name["opd_site_up"]) == SITES, 90)
    assert peak == PER_ADDRESS


async def test_a_server_that_says_wait_is_left_alone(town: Town) -> None:
    """A 429 with Retry-After stops the rounds of that site for so long; then it is asked, and its recovery is seen."""
    asked: list[float] = []
    loop = asyncio.get_running_loop()
    refusing = page(b"pelan-pelan", "Retry-After: 6", status="429 Too Many Requests")
    answers = {"now": refusing}

    async def handler(reader, writer):
        await request_of(reader)
        asked.append(loop.time())
        writer.write(answers["now"])
        with contextlib.suppress(OSError):
            await writer.drain()

    async with answering(handler) as server:
        town.departments["aktif"].port = server.port
        town.write("aktif", content_interval="1h")
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: now.statuses() == {"aktif": "blocked"})
            await asyncio.sleep(7.5)
            gaps = [later - earlier for earlier, later in pairwise(asked)]
            samples = await exporter.samples()
            assert samples.statuses() == {"aktif": "blocked"}
            assert samples.value("opd_site_up", site="aktif") is None
            # The one look that confirms a bad status comes at once; from then on every gap is as long as was asked.
            assert len(gaps) in {1, 2}, gaps
            assert all(gap >= 5.9 for gap in gaps[1:]), gaps
            answers["now"] = page(BODY)
            await exporter.until(lambda now: now.value("opd_site_up", site="aktif") == 1, 20)


async def test_a_503_with_retry_after_is_still_watched(town: Town) -> None:
    """An outage is asked about at the usual rate whatever it says: its end must not be missed."""
    asked = 0

    async def handler(reader, writer):
        nonlocal asked
        await request_of(reader)
        asked += 1
        writer.write(page(b"gangguan", "Retry-After: 3600", status="503 Service Unavailable"))

    async with answering(handler) as server:
        town.departments["aktif"].port = server.port
        town.write("aktif")
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: now.statuses() == {"aktif": "down"})
            before = asked
            await asyncio.sleep(4)
            assert asked - before >= 2


async def test_bytes_are_counted_as_transferred(town: Town) -> None:
    """``opd_site_received_bytes_total`` is what the server sent: every request, headers included, from zero on."""
    sent = 0

    async def handler(reader, writer):
        nonlocal sent
        await request_of(reader)
        answer = page(BODY)
        sent += len(answer)
        writer.write(answer)

    async with answering(handler) as server:
        town.departments["aktif"].port = server.port
        town.write("aktif", probe_interval="1h", content_interval="1h")
        async with serve(town.config_file, town.storage) as exporter:
            samples = await exporter.until(lambda now: now.value("opd_site_up", site="aktif") == 1)
            await asyncio.sleep(0.5)
            samples = await exporter.samples()
            assert sent > len(BODY)
            assert samples.value("opd_site_received_bytes_total", site="aktif") == sent
            _, told = await exporter.get("/api/v1/sites/aktif")
            days = json.loads(told)["history"]["days"]
            assert [day["received_bytes"] for day in days if day["up"]] == [sent]


class Shared:
    """A server of many village sites that keeps the times at which each was probed and further pages were asked for."""

    def __init__(self) -> None:
        self.further: list[float] = []
        self.probes: dict[str, list[float]] = {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        request = await request_of(reader)
        name = request.split(b" ")[1].decode().strip("/")
        now = asyncio.get_running_loop().time()
        if name.startswith("desa-") and "/" not in name:
            self.probes.setdefault(name, []).append(now)
        else:
            self.further.append(now)
        writer.write(page(BODY))
        with contextlib.suppress(OSError):
            await writer.drain()

    def longest_gap(self, since: float, until: float) -> float:
        """The longest time for which any site was not probed."""
        return max(
            after - before
            for times in self.probes.values()
            for before, after in pairwise([since, *(at for at in times if since < at < until), until])
        )

    def most_within(self, seconds: float) -> int:
        """The most further requests that came within a window of that length."""
        return max(sum(start <= at < start + seconds for at in self.further) for start in self.further)


@pytest.mark.timeout(120)
async def test_further_pages_keep_a_pace_and_probes_do_not_wait_for_it(town: Town) -> None:
    """Forty new sites on one server: never more than the pace's further requests, while each is probed on time."""
    shared, per_minute = Shared(), Registry(sites={}).content_requests_per_minute
    async with answering(shared) as server:
        write_shared(town, server.url(), probe_interval="5s")
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: sum(value for _, value in now.by_name["opd_site_up"]) == SITES, 90)
            settled = asyncio.get_running_loop().time()
            await asyncio.sleep(18)
    assert len(shared.further) > per_minute * AT_ONCE_SHARE
    assert shared.most_within(5) <= per_minute * AT_ONCE_SHARE + 5 * per_minute / 60 + 1
    assert all(sum(at > settled for at in times) >= 2 for times in shared.probes.values())
    assert shared.longest_gap(settled, settled + 18) < 8


@pytest.mark.timeout(120)
async def test_sites_that_are_always_due_are_probed_on_time_and_read_at_the_pace(town: Town) -> None:
    """Forty sites that want thrice what the setting grants: it is used up, never exceeded, and no probe is late."""
    shared, per_minute, seconds = Shared(), 600, 15.0
    async with answering(shared) as server:
        write_shared(
            town,
            server.url(),
            probe_interval="2s",
            content_interval="3s",
            cloaking_check="false",
            content_requests_per_minute=str(per_minute),
        )
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: sum(value for _, value in now.by_name["opd_site_up"]) == SITES, 90)
            settled = asyncio.get_running_loop().time()
            await asyncio.sleep(seconds)
    used = sum(settled < at < settled + seconds for at in shared.further)
    assert used >= 0.7 * seconds * per_minute / 60, used
    assert shared.most_within(5) <= per_minute * AT_ONCE_SHARE + 5 * per_minute / 60 + 1
    assert shared.longest_gap(settled, settled + seconds) < 4.5


@pytest.mark.timeout(120)
async def test_new_neighbours_are_read_a_few_at_a_time(town: Town) -> None:
    """Sixteen new sites on one address at a slow pace: at most six are being read, so few pages are held meanwhile."""
    servers = [Shared() for _ in range(16)]
    async with contextlib.AsyncExitStack() as stack:
        urls = [(await stack.enter_async_context(answering(server))).url() for server in servers]
        town.facts = {
            "defaults": {
                "probe_timeout": "5s",
                "probe_interval": "1h",
                "content_interval": "1h",
                "cloaking_check": "false",
                "content_requests_per_minute": "120",
            },
            "sites": [
                {
                    "id": f"desa-{number}",
                    "opd": f"Desa {number}",
                    "name": f"Desa {number}",
                    "url": f"{url}desa-{number}",
                }
                for number, url in enumerate(urls)
            ],
        }
        town.write()
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: now.statuses() == {f"desa-{n}": "undated" for n in range(16)}, 90)
    spans = [(server.further[0], server.further[-1]) for server in servers]
    assert all(len(server.further) > 2 for server in servers)
    most = max(sum(first <= start <= last for first, last in spans) for start, _ in spans)
    assert 2 <= most <= FIRST_READINGS, most
