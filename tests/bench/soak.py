"""Runs the exporter on the 31 demo sites at one probe a second each, and watches memory, descriptors and threads.

    PYTHONPATH=tests .venv/bin/python -m bench.soak [--minutes 30] [--warm-up MINUTES] [--scenario 2020]

The fleet runs in this process, the exporter in one of its own, so that every figure is the exporter's alone. It is
scraped every five seconds, its pages are opened, posts appear, and sites break and are mended all the while. Exit
status 1 when memory grows faster than 1 MiB an hour (beyond the error of the slope), or when descriptors or threads
pile up.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from opd_exporter.demo import Fleet
from support.program import Running, Samples, serve

EVERY_SECONDS = 5.0
LIMIT_MIB_PER_HOUR = 1.0
SLACK = 8
"""Descriptors and threads that may come and go: probes in flight, idle workers of the pool."""
INTERVALS = {"probe_interval": "1s", "confirm_after": "1s", "content_interval": "5s", "probe_timeout": "5s"}
PAGES = ("/", "/sites/dinkes", "/report", "/api/v1/sites", "/sd", "/-/healthy")


@dataclass(frozen=True)
class Sample:
    """The exporter at one instant."""

    seconds: float
    resident_mib: float
    descriptors: int
    threads: int


@dataclass
class Record:
    """What the run showed."""

    samples: list[Sample] = field(default_factory=list)
    probes: float = 0.0
    worst_lag: float = 0.0
    errors: list[str] = field(default_factory=list)


def look_at(process_id: int, started: float) -> Sample:
    """Memory, descriptors and threads from /proc."""
    status = Path(f"/proc/{process_id}/status").read_text("utf-8")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    resident = int(lines["VmRSS"].split()[0]) / 1024
    descriptors = len(list(Path(f"/proc/{process_id}/fd").iterdir()))
    return Sample(time.monotonic() - started, resident, descriptors, int(lines["Threads"]))


def slope(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Least squares: rise per second, and its standard error."""
    middle_x, middle_y = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    rise = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
    rest = sum((y - middle_y - rise * (x - middle_x)) ** 2 for x, y in points)
    return rise, math.sqrt(rest / max(1, len(points) - 2) / spread)


async def soak(scenario: str, minutes: float) -> Record:
    """Run for ``minutes``."""
    record = Record()
    with tempfile.TemporaryDirectory(prefix="opd-soak-") as folder:
        async with Fleet(scenario) as fleet:
            config = Path(folder, "sites.yml")
            config.write_text(fleet.registry_text(**INTERVALS), encoding="utf-8")
            async with serve(config, Path(folder, "soak.db")) as exporter:
                disturbing = asyncio.create_task(disturb(fleet))
                try:
                    await watch(exporter, record, minutes)
                finally:
                    disturbing.cancel()
                    await asyncio.gather(disturbing, return_exceptions=True)
                record.errors = [
                    f"{entry['event']}: {str(entry.get('exception', '')).splitlines()[-1:]}"
                    for entry in exporter.log
                    if entry.get("level") == "error"
                ]
                exporter.send(signal.SIGTERM)
                assert await exporter.wait() == 0
    return record


async def disturb(fleet: Fleet) -> None:
    """A bad year in a day: a site breaks and is mended every ten seconds, a post appears every minute."""
    choose = random.Random(2020)
    healthy = [site for site, (status, _) in fleet.expected().items() if status == "active"]
    modes = ("http_server_error", "timeout", "database_error", "connect_refused")
    for turn in itertools.count():
        site = choose.choice(healthy)
        if turn % 6 == 0:
            await fleet.publish(choose.choice(healthy))
        await fleet.fail(site, choose.choice(modes))
        await asyncio.sleep(5)
        await fleet.recover(site)
        await asyncio.sleep(5)


async def watch(exporter: Running, record: Record, minutes: float) -> None:
    """Sample, scrape and read pages until the time is over."""
    started, pages = time.monotonic(), itertools.cycle(PAGES)
    while time.monotonic() - started < minutes * 60:
        await asyncio.sleep(EVERY_SECONDS)
        record.samples.append(look_at(exporter.process.pid, started))
        samples = await exporter.samples()
        status, _ = await exporter.get(next(pages))
        assert status < 500, status
        record.probes = sum(value for _, value in samples.by_name["opd_site_probes_total"])
        record.worst_lag = worst_bucket(samples)
        if sys.stderr.isatty():
            last = record.samples[-1]
            print(f"\r{last.seconds / 60:5.1f} min {last.resident_mib:6.1f} MiB", end="", file=sys.stderr)  # noqa: T201


def worst_bucket(samples: Samples) -> float:
    """Upper bound of the lag of every round so far, seconds."""
    buckets = [
        (float(labels["le"]), value) for labels, value in samples.by_name["opd_exporter_schedule_lag_seconds_bucket"]
    ]
    total = max((value for _, value in buckets), default=0.0)
    return min((bound for bound, value in buckets if value == total), default=0.0)


def judge(record: Record, warm_up_seconds: float) -> tuple[list[str], bool]:
    """The table, and whether every promise held."""
    warm = [sample for sample in record.samples if sample.seconds >= warm_up_seconds]
    rise, error = (3600 * value for value in slope([(sample.seconds, sample.resident_mib) for sample in warm]))
    third = max(1, len(warm) // 3)
    early, late = warm[:third], warm[-third:]
    descriptors = max(s.descriptors for s in late) - max(s.descriptors for s in early)
    threads = max(s.threads for s in late) - max(s.threads for s in early)
    good = rise - 2 * error < LIMIT_MIB_PER_HOUR and descriptors <= SLACK and threads <= SLACK and not record.errors
    rows = [
        ("duration", f"{record.samples[-1].seconds / 60:.1f} min, the first {warm_up_seconds / 60:.1f} as warm-up"),
        ("probes", f"{record.probes:,.0f}"),
        (
            "resident memory",
            f"{warm[0].resident_mib:.1f} MiB after warm-up, {warm[-1].resident_mib:.1f} MiB at the end",
        ),
        ("slope", f"{rise:+.2f} ± {2 * error:.2f} MiB an hour (promise: under {LIMIT_MIB_PER_HOUR:g})"),
        ("descriptors", f"most {max(s.descriptors for s in early)} early, {max(s.descriptors for s in late)} late"),
        ("threads", f"most {max(s.threads for s in early)} early, {max(s.threads for s in late)} late"),
        ("lag of the latest round", f"at most {record.worst_lag:g} s"),
        ("errors in the log", str(len(record.errors))),
    ]
    lines = ["| soak | figure |", "| --- | --- |", *(f"| {name} | {figure} |" for name, figure in rows)]
    return lines, good


def main() -> None:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--warm-up", type=float, help="minutes; default: a third, at most ten")
    parser.add_argument("--scenario", default="2020")
    parser.add_argument("--samples", type=Path, help="write every sample there as CSV")
    options = parser.parse_args()
    warm_up = min(10.0, options.minutes / 3) if options.warm_up is None else options.warm_up
    record = asyncio.run(soak(options.scenario, options.minutes))
    if options.samples:
        rows = (f"{s.seconds:.1f},{s.resident_mib:.2f},{s.descriptors},{s.threads}" for s in record.samples)
        options.samples.write_text("seconds,resident_mib,descriptors,threads\n" + "\n".join(rows) + "\n", "utf-8")
    lines, good = judge(record, warm_up * 60)
    print("\n".join([*lines, *sorted(set(record.errors))[:10]]))  # noqa: T201
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
