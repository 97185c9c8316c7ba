"""The real Prometheus, Alertmanager and their check programs, as scripts/debian-tools unpacks them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PROMETHEUS = REPOSITORY / "prometheus"


@cache
def tool(name: str) -> str:
    """Path of ``prometheus``, ``promtool``, ``alertmanager``, ``amtool``...; all are fetched when missing."""
    path = REPOSITORY / "build" / "tools" / "bin" / name
    if not path.exists():
        subprocess.run([REPOSITORY / "scripts" / "debian-tools"], check=True, stdout=subprocess.DEVNULL)
    return str(path)


def run_tool(name: str, *arguments: str | Path, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; standard error is part of the output, which is shown when a test fails."""
    return subprocess.run(
        [tool(name), *map(str, arguments)],
        check=False,
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
