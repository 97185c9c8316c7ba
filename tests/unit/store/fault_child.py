"""A child that meets one fault: a full disk (RLIMIT_FSIZE), or a folder that its user may not write."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

from opd_exporter.models import ProbeResult, Status
from opd_exporter.registry import Site
from opd_exporter.store import Change, Remembered, Store, StoreError

SITE = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/")
NOBODY = 65534


def limit_files(size: int) -> None:
    """From now on no file of this process may grow over ``size`` bytes."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


def disk_full(path: str) -> None:
    """Write until the disk refuses, go on, and see everything reach the disk once there is room."""
    store = Store.open(path)
    store.save_state(Remembered("dinkes", Status.ACTIVE, since=1.0))
    assert store.flush()
    limit_files(Path(path + "-wal").stat().st_size + 4096)
    for number in range(500):
        store.record_probe(SITE, time.time(), ProbeResult.UP)
        store.record_change(Change("dinkes", float(number), Status.DOWN))
        store.save_memory("dinkes", {"padding": os.urandom(30_000).hex(), "number": number})
        if number % 100 == 99:
            assert store.flush(0.3) is False, "a full disk was not noticed"
            assert store.health.failing
            assert store.health.error
    # Counters go on while nothing can be written, and reading still works.
    assert store.probes_total("dinkes")[ProbeResult.UP] == 500
    assert store.load()["dinkes"].status is Status.ACTIVE
    limit_files(-1)
    assert store.flush(10)
    assert not store.health.failing
    assert store.health.dropped == 0
    assert len(store.changes("dinkes", -1.0)) == 500
    assert store.load()["dinkes"].memory["number"] == 499
    assert store.probes_total("dinkes")[ProbeResult.UP] == 500
    store.close()


def disk_full_at_start(path: str) -> None:
    """A disk that is full when the exporter starts: it starts, and its memory waits."""
    store = Store.open(path)
    store.save_state(Remembered("dinkes", Status.DOWN, since=7.0))
    store.close()
    limit_files(0)
    store = Store.open(path)
    assert store.load()["dinkes"].since == 7.0
    store.record_change(Change("dinkes", 8.0, Status.ACTIVE))
    assert store.flush(0.5) is False
    assert store.health.failing
    limit_files(-1)
    assert store.flush(10)
    assert len(store.changes("dinkes")) == 1
    store.close()


def new_on_full_disk(path: str) -> None:
    """The same where no store was yet: nothing is remembered, and nothing is lost once there is room."""
    limit_files(0)
    store = Store.open(path)
    assert store.health.failing
    store.record_change(Change("dinkes", 8.0, Status.ACTIVE))
    limit_files(-1)
    assert store.flush(10)
    assert len(store.changes("dinkes")) == 1
    store.close()


def not_writable(path: str) -> None:
    """Refused at start, in words that say what to do."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        Store.open(path)
    except StoreError as error:
        sys.stdout.write(str(error))
        return
    raise AssertionError("a store that cannot be written was opened")


def read_only(path: str) -> None:
    """A report may read a store that its user may not write."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    store = Store.open(path, read_only=True)
    sys.stdout.write(store.load()["dinkes"].status)
    store.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
