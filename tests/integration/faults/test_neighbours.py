"""Hostile sites and healthy ones in one fleet: nobody waits for a neighbour."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from aiohttp import web

from support.hostile_pages import HOSTILE
from support.program import serve
from support.town import Department
from support.zoo.keeper import CAGES
from support.zoo.visit import open_zoo

if TYPE_CHECKING:
    from support.program import Samples

HEALTHY = 31
INTERVAL = 2.0
LATE_SECONDS = 1.0
WATCHED_SECONDS = 20.0
GROWTH_MIB = 20.0


async def serve_hostile_pages() -> tuple[web.AppRunner, int]:
    """Every hostile page under its number, on one port."""
    bodies = list(HOSTILE.values())

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=bodies[int(request.match_info["number"])], content_type="text/html")

    app = web.Application()
    app.router.add_get(r"/{number:\d+}/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.4", 0).start()
    return runner, runner.addresses[0][1]


def lateness(samples: Samples, bound: str) -> tuple[float, float]:
    """(rounds that began more than ``bound`` seconds late, all rounds)."""
    name = "opd_exporter_schedule_lag_seconds_bucket"
    within = samples.value(name, le=bound)
    everything = samples.value(name, le="+Inf")
    assert within is not None
    assert everything is not None
    return everything - within, everything


def resident_mib(process_id: int) -> float:
    """Resident memory of a process."""
    lines = Path(f"/proc/{process_id}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


async def test_hostile_sites_delay_nobody(tmp_path: Path) -> None:
    """A third of the zoo and of the hostile pages beside 31 healthy sites: these are on time, and memory stays."""
    department = Department(host="127.0.0.3")
    await department.start()
    runner, port = await serve_hostile_pages()
    with open_zoo() as zoo:
        sites = [
            {"id": f"sehat-{n}", "opd": "x", "name": "x", "url": f"http://127.0.0.3:{department.port}/?{n}"}
            for n in range(HEALTHY)
        ]
        sites += [
            {"id": f"zoo-{cage.name}", "opd": "x", "name": "x", "url": zoo.urls[cage.name], "probe_interval": "10s"}
            for cage in CAGES[::3]
        ]
        sites += [
            {"id": f"laman-{n}", "opd": "x", "name": "x", "url": f"http://127.0.0.4:{port}/{n}/"}
            | {"probe_interval": "10s", "content_interval": "20s"}
            for n in range(0, len(HOSTILE), 3)
        ]
        defaults = {"probe_interval": f"{INTERVAL:g}s", "probe_timeout": "3s", "confirm_after": "500ms"}
        defaults |= {"nameservers": [zoo.nameserver], "ca_file": zoo.ca_file}
        config = tmp_path / "sites.yml"
        config.write_text(yaml.safe_dump({"defaults": defaults, "canaries": [], "sites": sites}), "utf-8")
        async with serve(config, tmp_path / "store.db") as exporter:
            healthy = {site["id"] for site in sites[:HEALTHY]}
            async with asyncio.timeout(90):
                while (await exporter.get("/-/ready"))[0] != 200:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
            before, started = await exporter.samples(), time.time()
            late_before, _ = lateness(before, "1.0")
            assert {before.statuses()[site] for site in healthy} == {"active"}
            memory_before = resident_mib(exporter.process.pid)
            slowest_scrape, worst_age = 0.0, 0.0
            while time.time() - started < WATCHED_SECONDS:
                asked = time.monotonic()
                page = await exporter.samples()
                slowest_scrape = max(slowest_scrape, time.monotonic() - asked)
                for site in healthy:
                    probed = page.value("opd_site_last_probe_timestamp_seconds", site=site)
                    assert probed is not None
                    worst_age = max(worst_age, time.time() - probed)
                await asyncio.sleep(0.25)
            after = await exporter.samples()
            late, rounds = lateness(after, "1.0")
            assert rounds > HEALTHY * WATCHED_SECONDS / INTERVAL / 2
            assert late == late_before, "rounds began more than a second late"
            assert worst_age < 2 * INTERVAL + LATE_SECONDS, worst_age
            assert slowest_scrape < LATE_SECONDS + 0.5, slowest_scrape
            assert {after.statuses()[site] for site in healthy} == {"active"}
            assert resident_mib(exporter.process.pid) - memory_before < GROWTH_MIB
            assert not [entry for entry in exporter.log if "exception" in entry]
    await runner.cleanup()
    await department.stop()
