"""``python -m opd_exporter.demo FOLDER``: write the invented history of a demo fleet for Prometheus.

Then, with Prometheus stopped: ``for f in FOLDER/*.om; do promtool tsdb create-blocks-from openmetrics $f DATA; done``
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from opd_exporter.demo.history import History
from opd_exporter.demo.scenarios import SCENARIOS


def main(arguments: list[str] | None = None) -> int:
    """Write the files and name each on standard output as soon as it is whole."""
    parser = argparse.ArgumentParser(prog="python -m opd_exporter.demo", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the OpenMetrics files go")
    parser.add_argument("--scenario", default="2020", choices=sorted(SCENARIOS))
    parser.add_argument("--days", type=int, default=90, help="how far back (default: 90)")
    parser.add_argument("--base-port", type=int, default=0, help="the base_port of the running fleet")
    parser.add_argument("--job", default="opd-exporter", help="label that Prometheus adds when it scrapes")
    parser.add_argument("--instance", default="exporter:19715", help="the same")
    chosen = parser.parse_args(arguments)
    history = History(chosen.scenario, days=chosen.days, base_port=chosen.base_port)
    labels = {"job": chosen.job, "instance": chosen.instance}
    for path in history.write_openmetrics(chosen.folder, labels=labels):
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
