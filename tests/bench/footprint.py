"""What fleets of other sizes would take: the arithmetic of docs/scaling.md, from what was measured on this machine.

    python -m bench.footprint [--write]        (from tests/; after `make bench` and `python -m bench.load 1000 10000`)

CPU and memory come from build/bench (``load.json``, ``real_rate.json``). Measured here are series (the page of 100 and
of 1,000 sites), bytes of a sample (six hours of twenty sites, as blocks made by promtool and in VictoriaMetrics),
bytes of the store (70 days of 1,000 sites) and the memory of both engines (engines.py, five minutes). What lies beyond
the sizes measured is multiplication.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.document import table
from bench.engines import engine_memory
from bench.programs import RESULTS, ROOT, running, save, say, tool
from bench.programs import samples as labelled
from bench.report import fill
from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.models import Phases, ProbeResult
from opd_exporter.store import Store
from support.fleet import make_probe, make_snapshot, many
from support.ports import free_port

if TYPE_CHECKING:
    from opd_exporter.state import SiteState

DOCUMENT = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- footprint: generated, see tests/bench/footprint.py -->", "<!-- footprint: end -->"
SIZES = {400: "a regency with its villages", 1_000: "a province", 30_000: "the nation", 100_000: "and its villages"}
PROBE_SECONDS, CONTENT_SECONDS, SCRAPE_SECONDS = 60, 900, 15
KEPT_DAYS = 400
PER_SHARD = 10_000
"""Sites of one exporter: what was measured to stay within a core."""
HISTORY_SITES, HISTORY_SECONDS = 20, 6 * 3_600
PROBES_APART = PROBE_SECONDS // SCRAPE_SECONDS
"""Scrapes between two probes of a site."""
SHARED = 100
"""Sites of one shared server."""


def series() -> tuple[float, float]:
    """Series of one more site, and those that are there without any."""
    counts = {}
    for size in (100, 1_000):
        page, _ = Exposition(ExporterMetrics()).render(make_snapshot(many(size)))
        counts[size] = sum(not line.startswith(b"#") for line in page.splitlines())
    each = (counts[1_000] - counts[100]) / 900
    return each, counts[100] - 100 * each


def sample_bytes() -> tuple[float, float]:
    """Bytes of one sample on disk: in Prometheus's blocks, and in VictoriaMetrics."""
    with tempfile.TemporaryDirectory(prefix="bench-footprint-") as name:
        text, lines = history()
        blocks, memory, file = Path(name, "blocks"), Path(name, "memory"), Path(name, "past.txt")
        file.write_text(text, "utf-8")
        command = [tool("promtool"), "tsdb", "create-blocks-from", "openmetrics", str(file), str(blocks)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [tool("victoria-metrics"), f"-storageDataPath={memory}", f"-httpListenAddr=127.0.0.1:{port}"]
        with running(command, url, ready="/health"):
            urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/import/prometheus", lines.encode())).close()
            urllib.request.urlopen(url + "/internal/force_flush").close()
            time.sleep(3)
            with urllib.request.urlopen(url + "/metrics") as answer:
                page = answer.read()
        rows = sum(count for labels, count in labelled(page, "vm_rows").items() if "storage" in labels)
        taken = sum(labelled(page, "vm_data_size_bytes").values())
        facts = [json.loads(file.read_text("utf-8")) for file in blocks.glob("*/meta.json")]
        samples = sum(fact["stats"]["numSamples"] for fact in facts)
        say(f"  {samples:,} samples of {HISTORY_SITES} sites over {HISTORY_SECONDS / 3_600:.0f} hours")
        return size_of(blocks) / samples, taken / rows


def history() -> tuple[str, str]:
    """What an exporter says every 15 s for some hours: as OpenMetrics for promtool, and with milliseconds."""
    chance = random.Random(2020)
    exposition, states = Exposition(ExporterMetrics()), many(HISTORY_SITES)
    values: dict[str, dict[str, list[tuple[float, str]]]] = {}
    began = time.time() - HISTORY_SECONDS - 600
    for step in range(HISTORY_SECONDS // SCRAPE_SECONDS):
        at = began + step * SCRAPE_SECONDS
        states = [
            probed(state, at, chance) if state.probe and number % PROBES_APART == step % PROBES_APART else state
            for number, state in enumerate(states)
        ]
        page, _ = exposition.render(replace(make_snapshot(states), at=at))
        for line in page.decode().splitlines():
            if not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                values.setdefault(name.partition("{")[0], {}).setdefault(name, []).append((at, value))
    text, lines = [], []
    for family, rows in values.items():
        # One type for all: what a sample takes does not depend on it.
        text.append(f"# TYPE {family} unknown")
        for name, samples in rows.items():
            text += [f"{name} {value} {at:.3f}" for at, value in samples]
            lines += [f"{name} {value} {at * 1e3:.0f}" for at, value in samples]
    return "\n".join([*text, "# EOF", ""]), "\n".join(lines)


def probed(state: SiteState, at: float, chance: random.Random) -> SiteState:
    """The site after one more probe, which took another time than the one before."""
    probe = make_probe(state.site, at=at, seconds=chance.gauss(0.4, 0.05))
    phases = {name: abs(chance.gauss(0.05, 0.02)) for name in ("dns", "connect", "tls", "wait", "transfer")}
    counts = dict(state.probes_total)
    counts[ProbeResult.UP] = counts.get(ProbeResult.UP, 0) + 1
    return replace(
        state,
        probe=replace(probe, phases=Phases(**phases)),
        last_probe_at=at,
        probes_total=counts,
        received_bytes=state.received_bytes + 60_000,
    )


def size_of(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def store_bytes() -> float:
    """Bytes that one site takes in the exporter's store after 70 days."""
    with tempfile.TemporaryDirectory(prefix="bench-footprint-") as name:
        store = Store.open(Path(name, "opd.db"))
        fill(store, 1_000)
        store.close()
        return size_of(Path(name)) / 1_000


def measured() -> dict[str, float]:
    """What stands in build/bench.

    Raises:
        SystemExit: Something was not measured yet.
    """
    found: dict[str, Any] = {}
    for name, how in (("load", "bench.load 1000 10000"), ("real_rate", "bench.real_rate")):
        file = RESULTS / f"{name}.json"
        if not file.exists():
            raise SystemExit(f"footprint: {file} is missing; run `PYTHONPATH=tests .venv/bin/python -m {how}` first")
        found[name] = json.loads(file.read_text("utf-8"))
    load, rate = found["load"], found["real_rate"]["results"]["https"]
    sizes = sorted(int(size) for size in load if size != "machine")
    small, large = load[str(sizes[-2])], load[str(sizes[-1])]
    each = (large["memory"] - small["memory"]) / (sizes[-1] - sizes[-2])
    return {
        "largest": sizes[-1],
        "cpu": large["cpu"] / sizes[-1],
        "memory_each": each,
        "memory_base": large["memory"] - each * sizes[-1],
        "prometheus_cpu": rate["our_prometheus"] / 1_000,
    }


def main() -> None:
    """Measure, multiply, say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="into docs/scaling.md")
    options = parser.parse_args()
    facts = measured()
    facts["series"], facts["series_base"] = series()
    facts["prometheus_bytes"], facts["victoria_bytes"] = sample_bytes()
    facts["store_bytes"] = store_bytes()
    facts |= engine_memory()
    save("footprint", facts)
    text = f"{said(facts)}\n\n{tabulate(facts)}"
    say("\n" + text)
    if options.write:
        head, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
        DOCUMENT.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")


def said(facts: dict[str, float]) -> str:
    """The inputs."""
    return (
        f"Measured with {facts['largest']:,.0f} HTTPS sites at 60 s, content every 15 minutes: a hundred sites take "
        f"{facts['cpu'] * 1e4:.2f} % of a core and {facts['memory_each'] * 100:.2f} MiB. A site has "
        f"{facts['series']:.1f} series; a sample takes {facts['prometheus_bytes']:.2f} bytes in Prometheus and "
        f"{facts['victoria_bytes']:.2f} in VictoriaMetrics; the store holds {facts['store_bytes'] / 1e3:.1f} KB a site "
        f"after 70 days. Between 100 and 1,000 sites each one takes {facts['prometheus_memory'] * 1_024:.0f} KiB of "
        f"Prometheus's memory and {facts['victoria_memory'] * 1_024:.0f} of VictoriaMetrics's."
    )


def tabulate(facts: dict[str, float]) -> str:
    """The sizes, one column each."""
    columns = [column(size, facts) for size in SIZES]
    heads = ["", *(f"{size:,} ({name})" for size, name in SIZES.items())]
    return table(heads, [[name, *(values[name] for values in columns)] for name in columns[0]])


def column(sites: int, facts: dict[str, float]) -> dict[str, str]:
    """One size."""
    shards = math.ceil(sites / PER_SHARD)
    count = sites * facts["series"] + shards * facts["series_base"]
    per_second = count / SCRAPE_SECONDS
    kept = per_second * 86_400 * KEPT_DAYS
    probes, checks = sites / PROBE_SECONDS, sites / CONTENT_SECONDS
    memory = shards * facts["memory_base"] + sites * facts["memory_each"]
    return {
        "exporters (`--shard i/n`)": str(shards),
        "their CPU, cores": f"{sites * facts['cpu']:.2f}",
        "their memory": f"{memory:,.0f} MiB",
        "Prometheus's CPU for the scrapes, cores": f"{sites * facts['prometheus_cpu']:.3f}",
        "Prometheus's memory, rules and queries aside": (
            f"{(facts['prometheus_memory_base'] + sites * facts['prometheus_memory']) / 1_024:,.1f} GiB"
        ),
        "VictoriaMetrics's memory, queries aside": (
            f"{(facts['victoria_memory_base'] + sites * facts['victoria_memory']) / 1_024:,.1f} GiB"
        ),
        "series": f"{count:,.0f}",
        "samples a second": f"{per_second:,.0f}",
        f"{KEPT_DAYS} days in Prometheus": f"{kept * facts['prometheus_bytes'] / 1e9:,.0f} GB",
        f"{KEPT_DAYS} days in VictoriaMetrics": f"{kept * facts['victoria_bytes'] / 1e9:,.0f} GB",
        "the exporters' stores": f"{sites * facts['store_bytes'] / 1e6:,.0f} MB",
        "probes a second": f"{probes:,.1f}",
        "content checks a second": f"{checks:,.2f}",
        f"requests a second to a server of {SHARED} of them": (
            f"{SHARED / PROBE_SECONDS + SHARED / CONTENT_SECONDS:.2f}, at most 8 at once of each exporter"
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
