"""A store that is damaged, foreign, full, locked or not writable: the program goes on or says exactly why not."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opd_exporter.models import Post, PostSource, ProbeResult, Status
from opd_exporter.registry import Site
from opd_exporter.store import Change, Remembered, Store, StoreError, files, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILD = Path(__file__).with_name("fault_child.py")
SITE = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/")


def run_child(fault: str, path: Path) -> str:
    """Run one fault in its own process; what it printed."""
    done = subprocess.run(
        [sys.executable, str(CHILD), fault, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="opd-store-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def fill(path: Path, sites: int = 300) -> None:
    """A store with some history in it."""
    store = Store.open(path)
    for number in range(sites):
        site_id = f"site-{number:04d}"
        store.save_state(Remembered(site_id, Status.ACTIVE, since=float(number)))
        store.record_change(Change(site_id, float(number), Status.ACTIVE))
        store.save_memory(site_id, {"padding": os.urandom(1500).hex(), "number": number})
    store.close()


@pytest.mark.parametrize("fault", ["disk_full", "disk_full_at_start", "new_on_full_disk"])
def test_full_disk(tmp_path: Path, fault: str):
    """A full disk loses nothing: what waits is written when there is room again, and the exporter starts anyway."""
    run_child(fault, tmp_path / "store.db")


def test_folder_not_writable(open_folder: Path):
    """A folder of somebody else is refused with the file, the cause and the remedy."""
    open_folder.chmod(0o555)
    said = run_child("not_writable", open_folder / "store.db")
    assert str(open_folder / "store.db.lock") in said
    assert "Permission denied" in said
    assert "--storage.path" in said


def test_file_not_writable(open_folder: Path):
    """A file of somebody else in a folder that is ours is refused too."""
    path = open_folder / "store.db"
    fill(path, 1)
    path.chmod(0o444)
    open_folder.chmod(0o777)
    Path(f"{path}.lock").chmod(0o666)
    said = run_child("not_writable", path)
    assert "cannot be written" in said
    assert "--storage.path" in said


def test_folder_is_missing(tmp_path: Path):
    """A path into nowhere is refused."""
    with pytest.raises(StoreError, match="No such file or directory"):
        Store.open(tmp_path / "nowhere" / "store.db")


def test_path_is_a_folder(tmp_path: Path):
    """A folder given as the file is refused, and the lock given back."""
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        Store.open(tmp_path / "store.db")
    (tmp_path / "store.db").rmdir()
    Store.open(tmp_path / "store.db").close()


def test_report_reads_what_it_may_not_write(open_folder: Path):
    """Reading needs no right to write, neither to the file nor to its folder."""
    fill(open_folder / "store.db", 1)
    with sqlite3.connect(open_folder / "store.db") as connection:
        connection.execute("UPDATE sites SET site_id = 'dinkes'")
    connection.close()
    (open_folder / "store.db").chmod(0o444)
    open_folder.chmod(0o555)
    assert run_child("read_only", open_folder / "store.db") == "active"


@pytest.mark.parametrize("content", [None, b""])
def test_read_only_needs_a_store(tmp_path: Path, content: bytes | None):
    """A report from a file that is not there, or is no store, says so."""
    if content is not None:
        (tmp_path / "store.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"no such store|holds no history"):
        Store.open(tmp_path / "store.db", read_only=True)
    assert not (tmp_path / "store.db").exists() or (tmp_path / "store.db").stat().st_size == 0


def damage_header(path: Path) -> None:
    """Not SQLite any more."""
    with path.open("r+b") as file:
        file.write(b"<html>suspended</html>")


def damage_middle(path: Path) -> None:
    """Garbage over the second half."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(os.urandom(size // 4))


def damage_cut(path: Path) -> None:
    """The end is missing."""
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


@pytest.mark.parametrize("damage", [damage_header, damage_middle, damage_cut])
def test_damaged_file_is_kept_aside(tmp_path: Path, damage):
    """A damaged store is kept under another name, a new one begun with what can still be read."""
    path = tmp_path / "store.db"
    fill(path)
    damage(path)
    damaged = path.read_bytes()
    store = Store.open(path)
    try:
        assert store.health.degraded
        [aside] = [found for found in tmp_path.glob("store.db.corrupt-*") if not found.name.endswith(("-wal", "-shm"))]
        assert aside.read_bytes() == damaged
        found = store.load()
        if damage is not damage_header:
            assert len(found) > 0
        for number in range(300):
            state = found.get(f"site-{number:04d}")
            assert state is None or state.since == float(number)
        store.save_state(Remembered("dinkes", Status.DOWN, since=5.0))
        assert store.flush()
    finally:
        store.close()
    store = Store.open(path)
    assert not store.health.degraded
    assert store.load()["dinkes"].since == 5.0
    store.close()


def test_damage_while_running(tmp_path: Path):
    """A file that is overwritten under the running exporter: what is queued from then on is kept in a new one."""
    path = tmp_path / "store.db"
    fill(path)
    store = Store.open(path, commit_interval=0.05)
    store.flush()
    path.write_bytes(os.urandom(path.stat().st_size))
    # The running writer hides it behind its cache; a page of the website or a scrape reads the file.
    deadline = time.monotonic() + 20
    number = 0
    while not store.health.degraded:
        assert time.monotonic() < deadline, "the damage was not noticed"
        number += 1
        store.record_change(Change("dinkes", float(number), Status.DOWN))
        with contextlib.suppress(StoreError):
            store.load()
        time.sleep(0.01)
    store.save_state(Remembered("dinkes", Status.DOWN, since=5.0))
    assert store.flush()
    assert store.load()["dinkes"].since == 5.0
    assert store.changes("dinkes")[-1].at == float(number)
    assert not store.health.failing
    store.close()
    assert list(tmp_path.glob("store.db.corrupt-*"))


def test_newer_version_is_refused(tmp_path: Path):
    """A file from a newer program is refused and left untouched."""
    path = tmp_path / "store.db"
    fill(path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"newer opd-exporter \(schema 99"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.corrupt-*"))


def test_migration_keeps_everything(tmp_path: Path, monkeypatch):
    """A later version adds its step to a file of today and keeps what is in it."""
    path = tmp_path / "store.db"
    fill(path, 3)
    step = ("ALTER TABLE changes ADD COLUMN remark TEXT", "CREATE TABLE later (x INTEGER)")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    store = Store.open(path)
    assert len(store.load()) == 3
    store.record_change(Change("site-0000", 9.0, Status.DOWN))
    assert store.flush()
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(remark), count(*) FROM changes").fetchone() == (0, 4)
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    connection.close()


def test_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch):
    """A step that fails half way is undone whole."""
    path = tmp_path / "store.db"
    fill(path, 3)
    version = schema.VERSION
    step = ("CREATE TABLE later (x INTEGER)", "ALTER TABLE nowhere ADD COLUMN y")
    connection = sqlite3.connect(path, isolation_level=None)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
        patch.setattr(schema, "VERSION", version + 1)
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(connection, "x")
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone() == (0,)
    connection.close()
    Store.open(path).close()


def test_second_store_in_one_process(tmp_path: Path):
    """Two stores on one file are refused, whoever asks; closing frees it."""
    store = Store.open(tmp_path / "store.db")
    with pytest.raises(StoreError, match="in use by another"):
        Store.open(tmp_path / "store.db")
    store.close()
    store.close()
    Store.open(tmp_path / "store.db").close()


def test_writers_never_wait_for_the_disk(tmp_path: Path):
    """While another program holds the file, recording stays quick; afterwards everything is written."""
    path = tmp_path / "store.db"
    store = Store.open(path, commit_interval=0.05)
    assert store.flush()
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    slowest = 0.0
    deadline = time.monotonic() + 1.0
    count = 0
    while time.monotonic() < deadline:
        started = time.perf_counter()
        store.record_probe(SITE, 1.0e9, ProbeResult.UP)
        store.save_state(Remembered("dinkes", Status.ACTIVE, since=float(count)))
        slowest = max(slowest, time.perf_counter() - started)
        count += 1
        time.sleep(0.001)
    assert slowest < 0.2
    assert store.flush(0.1) is False
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.flush()
    assert store.load()["dinkes"].probes_total == {ProbeResult.UP: count}
    store.close()


def test_failing_memory_is_bounded(tmp_path: Path, monkeypatch):
    """While nothing can be written, the newest changes and posts are kept up to a limit, and the loss is counted."""
    from datetime import UTC, datetime

    from opd_exporter.store import pending

    monkeypatch.setattr(pending, "CHANGES_KEPT", 10)
    monkeypatch.setattr(pending, "POSTS_KEPT", 10)
    path = tmp_path / "store.db"
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.05)
    store = Store.open(path, commit_interval=0.02)
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    for number in range(25):
        store.record_change(Change("dinkes", float(number), Status.DOWN))
        post = Post(f"https://x.example/{number}", "Judul", datetime(2026, 11, 1, tzinfo=UTC), PostSource.FEED)
        store.save_posts("dinkes", [post], 1.0)
        store.flush(0.1)
    assert store.health.failing
    blocker.execute("ROLLBACK")
    blocker.close()
    assert store.flush(10)
    assert [change.at for change in store.changes("dinkes")] == [float(number) for number in range(15, 25)]
    assert len(store.posts("dinkes")) == 10
    assert store.health.dropped == 30
    assert not store.health.failing
    store.close()


def test_odd_values_are_given_up_alone(tmp_path: Path):
    """A value that the tables refuse costs itself, is counted, and never stops the writer."""
    from datetime import UTC, datetime

    store = Store.open(tmp_path / "store.db", commit_interval=0.02)
    post = Post("https://x.example/1", "Judul", datetime(2026, 11, 1, tzinfo=UTC), PostSource.FEED)
    store.save_state(Remembered("bad-since", since=float("nan")))
    store.save_state(Remembered("bad-extra", extra={"lock": threading.Lock()}))
    store.save_state(Remembered("good", Status.ACTIVE, since=1.0))
    store.save_memory("bad", {"lock": threading.Lock()})
    store.save_memory("good", {"x": 1})
    store.record_probe(SITE, 1.0e9, ProbeResult.UP, 0.1, 2**70)
    store.record_change(Change("good", float("nan"), Status.DOWN))
    store.record_change(Change("good", 2.0, Status.DOWN))
    store.save_posts("good", [post], 1.0)
    store.forget_posts("good", lambda post: post.no_such_field)  # type: ignore[attr-defined]
    assert store.flush(5)
    assert list(store.load()) == ["good"]
    assert store.load()["good"].memory == {"x": 1}
    assert [change.at for change in store.changes("good")] == [2.0]
    assert len(store.posts("good")) == 1
    assert store.health.dropped == 5
    assert not store.health.failing
    store.record_change(Change("good", 3.0, Status.ACTIVE))
    assert store.flush(5)
    assert len(store.changes("good")) == 2
    store.close()


def test_flush_of_what_cannot_be_written(tmp_path: Path):
    """A store that is closed, or only read, has nothing to commit and does not wait."""
    fill(tmp_path / "store.db", 1)
    reader = Store.open(tmp_path / "store.db", read_only=True)
    assert reader.flush()
    reader.close()
    store = Store.open(tmp_path / "store.db")
    store.close()
    assert store.flush()
    store.record_change(Change("dinkes", 1.0, Status.DOWN))
    assert not store.flush()


def test_reading_from_many_threads(tmp_path: Path):
    """Executor threads read while the writer writes."""
    store = Store.open(tmp_path / "store.db", commit_interval=0.01)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(100):
                store.load()
                store.uptime([SITE], 1.0e9)
                store.changes("dinkes")
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    number = 0
    while any(thread.is_alive() for thread in threads):
        number += 1
        store.record_probe(SITE, 1.0e9, ProbeResult.UP)
        store.record_change(Change("dinkes", float(number), Status.DOWN))
        time.sleep(0.0005)
    assert not failures
    store.close()
    assert not list(tmp_path.glob("*.corrupt-*"))


def test_reading_a_closed_store_in_memory():
    """A question after the end is an error of the store, nothing else."""
    store = Store.open(None)
    store.close()
    with pytest.raises(StoreError):
        store.load()
