"""What the engines that hold the series take of memory: Prometheus scrapes pages and writes to VictoriaMetrics.

Scrapes come every two seconds, so that the part of the past that Prometheus keeps in memory (120 samples a series) is
half full within minutes; at the shipped 15 s that takes a quarter of an hour. Rules and queries are not in it.
"""

from __future__ import annotations

import itertools
import json
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.programs import running, say, tool
from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.models import Phases
from support.fleet import make_probe, make_snapshot, many
from support.ports import free_port
from support.scraped import ScrapedPage

if TYPE_CHECKING:
    from opd_exporter.state import SiteState

SMALL, LARGE = 100, 1_000
SECONDS, SCRAPE_SECONDS = 150, 2
PAGES = 4
"""Different pages that are served in turn: a sample that never changes takes less."""


def engine_memory() -> dict[str, float]:
    """MiB of each engine: for one more site, and without any."""
    small, large = resident(SMALL), resident(LARGE)
    found = {}
    for name in small:
        each = (large[name] - small[name]) / (LARGE - SMALL)
        found[f"{name}_memory"] = each
        found[f"{name}_memory_base"] = max(0.0, small[name] - SMALL * each)
    return found


def resident(sites: int) -> dict[str, float]:
    """Resident MiB of Prometheus and VictoriaMetrics after some minutes with so many sites."""
    say(f"  the engines with {sites:,} sites, {SECONDS} s")
    turns = itertools.cycle(pages(sites))
    with tempfile.TemporaryDirectory(prefix="bench-engines-") as name, ScrapedPage(turns.__next__) as page:
        folder, port, memory_port = Path(name), free_port(), free_port()
        memory_url = f"http://127.0.0.1:{memory_port}"
        config = folder / "prometheus.yml"
        job = {"job_name": "opd-exporter", "static_configs": [{"targets": [f"127.0.0.1:{page.port}"]}]}
        settings = {
            "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": f"{SCRAPE_SECONDS}s"},
            "scrape_configs": [job],
            "remote_write": [{"url": f"{memory_url}/api/v1/write"}],
        }
        config.write_text(json.dumps(settings), "utf-8")
        command = [tool("victoria-metrics"), f"-storageDataPath={folder}/memory"]
        with (
            running([*command, f"-httpListenAddr=127.0.0.1:{memory_port}"], memory_url, ready="/health") as memory,
            running(
                [
                    *(tool("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb"),
                    *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
                ],
                f"http://127.0.0.1:{port}",
                ready="/-/ready",
            ) as prometheus,
        ):
            time.sleep(SECONDS)
            return {"prometheus": prometheus.memory, "victoria": memory.memory}


def pages(sites: int) -> list[bytes]:
    """What an exporter says between some probes."""
    chance, exposition, states = random.Random(2020), Exposition(ExporterMetrics()), many(sites)
    found = []
    for _ in range(PAGES):
        states = [probed(state, chance) if state.probe else state for state in states]
        found.append(exposition.render(make_snapshot(states))[0])
    return found


def probed(state: SiteState, chance: random.Random) -> SiteState:
    """The site after one more probe, which took another time than the one before."""
    phases = {name: abs(chance.gauss(0.05, 0.02)) for name in ("dns", "connect", "tls", "wait", "transfer")}
    probe = make_probe(state.site, seconds=chance.gauss(0.4, 0.05))
    return replace(state, probe=replace(probe, phases=Phases(**phases)))
