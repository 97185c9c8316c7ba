"""The exporter alone on one core: CPU, schedule lag and memory at several numbers of HTTPS sites at 60 s.

    python -m bench.load [--python PYTHON] [SITES...]        (from tests/, as `make bench` does)

Content checks come every 15 minutes, one site in twenty shows a new body at every request. The servers and whoever
scrapes run on the other cores. The lag is the share of rounds in the buckets of ``opd_exporter_schedule_lag_seconds``
between the first and the last window: the upper edge of the bucket that holds the 99th of a hundred.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.programs import (
    RESULTS,
    ROUNDS,
    Program,
    exporter,
    median,
    samples,
    save,
    say,
    share,
    wait_until,
    write_registry,
)
from bench.servers import open_town

LAG = "opd_exporter_schedule_lag_seconds_bucket"
INTERVAL = 60.0
CORE = 0
SIZES = (31, 100, 1_000)
"""What `make bench` has time for; `make bench-large` adds 10,000 and more, whose first round takes ten minutes."""


def lag_below(before: dict[str, float], after: dict[str, float], part: float = 0.99) -> float:
    """The upper edge (seconds) of the bucket under which ``part`` of the new rounds began."""
    edges = sorted((float(key.split('"')[1]), after[key] - before.get(key, 0.0)) for key in after)
    total = edges[-1][1]
    return next((edge for edge, count in edges if count >= part * total), float("inf"))


def ready(program: Program) -> bool:
    """Whether every site has had its first round."""
    try:
        return program.get("/-/ready") is not None
    except OSError:
        return False


def measure(registry: Path, store: Path, count: int, seconds: float, python: str) -> dict[str, Any]:
    """One size."""
    with exporter(registry, store, core=CORE, python=python) as program:
        started = time.monotonic()
        wait_until(lambda: ready(program), f"first round over {count} sites", 120 + count / 10)
        time.sleep(max(0.0, min(INTERVAL, count / 10) - (time.monotonic() - started)) + 5)
        lag = samples(program.get(), LAG)
        shares = []
        for _ in range(ROUNDS):
            shares += share([program], seconds)
        page = program.get(seconds=60)
        up = samples(page, "opd_site_up")
        figures = {
            "cpu": median(shares),
            "lag_p99": lag_below(lag, samples(page, LAG)),
            "memory": program.memory,
            "not_up": count - sum(value == 1 for value in up.values()),
        }
    say(f"  {count} sites: {figures}")
    return figures


def earlier() -> dict[str, Any]:
    """Sizes that were measured before, so that a run of one size keeps the others."""
    file = RESULTS / "load.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def main() -> None:
    """Every size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sites", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    figures: dict[str, Any] = earlier()
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {CORE})
    with open_town() as town, tempfile.TemporaryDirectory() as name:
        for count in options.sites or SIZES:
            say(f"one core, {count} HTTPS sites at 60 s")
            registry = write_registry(Path(name), town, count, secure=True)
            figures[str(count)] = measure(registry, Path(name) / f"{count}.db", count, options.seconds, options.python)
    figures.pop("machine", None)
    save("load", dict(sorted(figures.items(), key=lambda entry: int(entry[0]))))


if __name__ == "__main__":
    sys.exit(main())
