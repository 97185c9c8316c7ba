"""kill -9 in the middle of writing: a real child process, a real signal, the same file again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opd_exporter.models import ProbeResult
from opd_exporter.store import Store, StoreError
from opd_exporter.store.pruning import POSTS_KEPT_PER_SITE

CHILD = Path(__file__).with_name("crash_child.py")


def write_and_kill(path: Path, seconds: float, *, flushing: bool) -> tuple[int, int]:
    """Let a child write for a while, kill it; the last number acknowledged, and the last queued a second before."""
    command = [sys.executable, str(CHILD), str(path), "flush" if flushing else "never"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    first = child.stdout.readline()
    assert first, "the child could not begin"
    time.sleep(seconds)
    child.kill()
    killed_at = time.monotonic()
    lines = [first, *child.stdout]
    child.wait()
    child.stdout.close()
    acknowledged = queued = 0
    for line in lines:
        parts = line.split()
        if len(parts) != 3:
            continue  # cut by the kill
        kind, number, moment = parts
        if kind == "a":
            acknowledged = int(number)
        elif float(moment) < killed_at - 1.0:
            queued = int(number)
    return acknowledged, queued


def crash_rounds(path: Path, rounds: int) -> None:
    """Kill ``rounds`` times at random moments; after each, everything acknowledged must be there, once and whole."""
    chance = random.Random(7)
    floor = 0
    for round_number in range(rounds):
        # Every seventh child never asks for a commit: then the promise of one second is what counts.
        flushing = round_number % 7 > 0
        seconds = chance.uniform(0.0, 0.3) if flushing else chance.uniform(1.1, 1.8)
        acknowledged, queued = write_and_kill(path, seconds, flushing=flushing)
        floor = max(floor, acknowledged, queued)
        store = Store.open(path)
        try:
            remembered = store.load()
            assert store.health.degraded is False
            if floor == 0:
                continue
            state = remembered["dinkes"]
            number = state.extra["number"]
            assert number >= floor, f"round {round_number}: {floor} was safe, {number} came back"
            posts = store.posts("dinkes", limit=100_000)
            # The calls of one number may fall into two commits, and are then made again by the next child.
            once_more = number + round_number + 1
            assert min(number, POSTS_KEPT_PER_SITE) <= len(posts) <= number + 1
            assert number <= len(store.changes("dinkes")) <= once_more
            assert number <= state.probes_total[ProbeResult.UP] <= once_more
            assert store.probes_total("dinkes") | state.probes_total == store.probes_total("dinkes")
            assert state.memory is not None
            assert state.memory["number"] in {number, number + 1}
            assert len({item.post.url for item in posts}) == len(posts)
        finally:
            store.close()
        assert not list(path.parent.glob("*.corrupt-*"))
    assert floor > 0


def test_kill_9_loses_nothing_acknowledged(tmp_path: Path):
    """Twenty kills: what was flushed, and what was queued a second before, is there after each restart."""
    crash_rounds(tmp_path / "store.db", 20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kill_9_a_hundred_times(tmp_path: Path):
    """The same a hundred times."""
    crash_rounds(tmp_path / "store.db", 100)


def test_lock_vanishes_with_its_process(tmp_path: Path):
    """A second exporter is refused while the first lives, by name, and welcome after kill -9."""
    path = tmp_path / "store.db"
    child = subprocess.Popen([sys.executable, str(CHILD), str(path), "never"], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    child.stdout.readline()
    with pytest.raises(StoreError, match=f"in use by another opd-exporter .process {child.pid}.; stop that one first"):
        Store.open(path)
    reader = Store.open(path, read_only=True)  # a report beside the running exporter
    reader.load()
    reader.close()
    child.kill()
    child.communicate()
    Store.open(path).close()
