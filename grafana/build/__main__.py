"""Writes the dashboards: ``python grafana/build [FOLDER]`` (default: grafana/dashboards)."""

from __future__ import annotations

import sys
from pathlib import Path

import evaluation
import fleet
import monitor
import one_site
import wall

BOARDS = (wall.build, fleet.build, one_site.build, evaluation.build, monitor.build)


def main(arguments: list[str]) -> int:
    """Write every board into the folder given."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parents[1] / "dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    for build in BOARDS:
        sys.stdout.write(f"{build().write(folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
