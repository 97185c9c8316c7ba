"""The test runner keeps its promises: what shares costly servers runs on one worker."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GROUPED = """
import pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_it(number): pass
"""


def test_a_group_stays_on_one_worker(tmp_path: Path) -> None:
    """A pytest that xdist does not understand scatters groups silently, and everything shared is started twice."""
    (tmp_path / "test_grouped.py").write_text(GROUPED, "utf-8")
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    workers = re.findall(r"\[(gw\d)\].*PASSED", done.stdout)
    assert (len(workers), len(set(workers))) == (8, 1), done.stdout
