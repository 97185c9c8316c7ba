"""Faults of the machine under a running exporter: nothing acknowledged is lost, nothing false said, it recovers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.names import NameServer, addresses
from support.program import COMMAND, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.program import Running, Samples
    from support.town import Town

EXPECTED = {"aktif": "active", "lama": "dormant", "rusak": "down"}
POST = "opd_site_last_post_timestamp_seconds"
SINCE = "opd_site_status_since_timestamp_seconds"
HOUR, MONTH = 3600, 31 * 86_400


def bent(*options: str) -> tuple[str, ...]:
    """The program on a bent machine."""
    return (sys.executable, "-m", "support.bent_program", *options, "--")


@pytest.fixture(autouse=True)
def path_of_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes find ``support``."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def as_expected(now: Samples) -> bool:
    """Whether the town is seen as it is."""
    return now.statuses() == EXPECTED


def false_turns(exporter: Running) -> list[dict[str, object]]:
    """Changes of status that the town gave no reason for."""
    return [
        entry
        for entry in exporter.log
        if entry["event"] == "status changed" and entry["now"] not in {EXPECTED[entry["site"]], "pending"}
    ]


async def test_full_disk(town: Town) -> None:
    """While no file may grow the exporter goes on and says so; with room again everything is stored."""
    async with serve(town.config_file, town.storage) as exporter:
        before = await exporter.until(as_expected)
        soft, hard = resource.prlimit(exporter.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(exporter.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        await exporter.until(lambda now: now.value("opd_exporter_store_failing") == 1)
        town.departments["rusak"].status = 200
        changed = await exporter.until(lambda now: now.statuses()["rusak"] == "active")
        assert changed.value(POST, site="aktif") == before.value(POST, site="aktif")
        resource.prlimit(exporter.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        mended = await exporter.until(lambda now: now.value("opd_exporter_store_failing") == 0)
        assert mended.value("opd_exporter_store_dropped_total") in {None, 0}
        await asyncio.sleep(1.5)
        exporter.send(signal.SIGKILL)
        await exporter.wait()
    for department in town.departments.values():
        await department.stop()
    town.defaults = {"confirm_after": "30s"}
    town.write()
    async with serve(town.config_file, town.storage) as exporter:
        after = await exporter.samples()
        assert after.statuses() == EXPECTED | {"rusak": "active"}
        assert after.value(SINCE, site="rusak") == changed.value(SINCE, site="rusak")
        for labels, value in changed.by_name["opd_site_probes_total"]:
            assert (after.value("opd_site_probes_total", **labels) or 0) >= value, labels


async def test_store_that_may_not_be_written(town: Town) -> None:
    """Somebody else's folder: the exporter does not start and says which file, why and what to do."""
    with tempfile.TemporaryDirectory(prefix="opd-locked-") as folder:
        storage, config = Path(folder, "store.db"), Path(folder, "sites.yml")
        config.write_text(town.config_file.read_text("utf-8"), "utf-8")
        os.chmod(folder, 0o555)  # noqa: PTH101 - Path.chmod does the same
        process = await asyncio.create_subprocess_exec(
            *bent("--nobody"),
            "serve",
            f"--config.file={config}",
            f"--storage.path={storage}",
            "--web.listen-address=127.0.0.1:0",
            stderr=asyncio.subprocess.PIPE,
        )
        _, error = await asyncio.wait_for(process.communicate(), 60)
        os.chmod(folder, 0o755)  # noqa: PTH101
    said = error.decode()
    assert process.returncode == 2, said
    assert str(storage) in said
    assert "Permission denied" in said
    assert "--storage.path" in said
    assert "Traceback" not in said


async def test_corrupt_database(town: Town) -> None:
    """A file overwritten in the middle is kept aside with one message, and the fleet is known again by itself."""
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(as_expected)
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0
    size = town.storage.stat().st_size
    with town.storage.open("r+b") as file:
        file.seek(size // 4)
        file.write(os.urandom(size // 2))
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(as_expected)
        assert not false_turns(exporter)
        damaged = [entry for entry in exporter.log if "damaged" in entry["event"]]
        assert len(damaged) == 1
        assert Path(damaged[0]["kept"]).exists()
        assert not [entry for entry in exporter.log if "exception" in entry]
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0
    with contextlib.closing(sqlite3.connect(town.storage)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("jump", [HOUR, -HOUR, MONTH, -MONTH], ids=["hour", "hour-back", "month", "month-back"])
async def test_clock_jumps(town: Town, tmp_path: Path, jump: int) -> None:
    """Somebody sets the clock wrong and right again: nobody is called down, and checks go on at their own pace."""
    offset = tmp_path / "offset"
    offset.write_text("0", "utf-8")
    town.departments["lama"].ages = [200, 300]
    async with serve(town.config_file, town.storage, command=bent(f"--clock {offset}")) as exporter:
        before = await exporter.until(as_expected)
        hits = town.departments["aktif"].hits
        offset.write_text(str(jump), "utf-8")
        moved = await exporter.until(lambda now: abs(probed(now) - time.time() - jump) < 60)
        for _ in range(3):
            await town.departments["aktif"].hit()
        bent_now = await exporter.until(lambda now: abs(checked(now) - time.time() - jump) < 60)
        for page in (moved, bent_now):
            # A month ahead posts are honestly too old; a clock is no reason for anything worse.
            assert page.statuses()["aktif"] in {"active", "late"}
            assert page.statuses()["lama"] == "dormant"
            age = page.value("opd_site_seconds_since_last_post", site="aktif")
            assert age is not None
            assert age >= 0
        assert town.departments["aktif"].hits > hits
        offset.write_text("0", "utf-8")
        after = await exporter.until(
            lambda now: (
                as_expected(now) and abs(checked(now) - time.time()) < 60 and abs(probed(now) - time.time()) < 60
            )
        )
        assert after.value(POST, site="aktif") == before.value(POST, site="aktif")
        assert (after.value(SINCE, site="aktif") or 0) <= time.time() + 1
        turns = {entry["now"] for entry in exporter.log if entry["event"] == "status changed"}
        assert turns <= {"active", "late", "dormant", "down"}
        assert not [entry for entry in false_turns(exporter) if entry["now"] != "late"]
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0


def probed(page: Samples) -> float:
    """When the active site was last probed."""
    return page.value("opd_site_last_probe_timestamp_seconds", site="aktif") or 0.0


def checked(page: Samples) -> float:
    """When its content was last checked."""
    return page.value("opd_site_last_content_check_timestamp_seconds", site="aktif") or 0.0


async def test_name_servers_gone(town: Town) -> None:
    """The name servers fall silent while the network works: no site is blamed; with them everything is as before."""
    for name, department in town.departments.items():
        department.name = f"{name}.example.test"
    names = {f"{name}.example.test": addresses("127.0.0.1", ttl=1) for name in (*town.departments, "kenari")}
    canary = town.departments.pop("rusak")
    canary.status = 200
    town.canaries = [f"http://kenari.example.test:{canary.port}/", f"http://127.0.0.1:{canary.port}/"]
    async with NameServer(names) as server:
        town.defaults = {"nameservers": [server.address], "probe_timeout": "3s"}
        town.write()
        async with serve(town.config_file, town.storage) as exporter:
            before = await exporter.until(lambda now: now.statuses() == {"aktif": "active", "lama": "dormant"})
            answers = dict(names)
            server.zone.clear()
            server.zone.update({name: lambda _query, _kind: None for name in answers})
            await asyncio.sleep(8)
            during = await exporter.samples()
            assert during.statuses() == before.statuses()
            assert not false_turns(exporter)
            server.zone.update(answers)
            hits = town.departments["aktif"].hits
            await exporter.until(lambda now: town.departments["aktif"].hits > hits + 1)
            assert (await exporter.samples()).value("opd_site_up", site="aktif") == 1
            await canary.stop()
            town.departments["rusak"] = canary


async def test_no_descriptors_left(town: Town) -> None:
    """When every descriptor is used nothing is learned and nobody is blamed; with some again it goes on."""
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(as_expected)
        soft, hard = resource.prlimit(exporter.process.pid, resource.RLIMIT_NOFILE)
        used = len(list(Path(f"/proc/{exporter.process.pid}/fd").iterdir()))
        # The page is read over the connection that is open already.
        resource.prlimit(exporter.process.pid, resource.RLIMIT_NOFILE, (max(8, used - 6), hard))
        hits = sum(department.hits for department in town.departments.values())
        await asyncio.sleep(4)
        starved = await exporter.samples()
        assert starved.statuses() == EXPECTED
        assert sum(department.hits for department in town.departments.values()) <= hits + 3
        resource.prlimit(exporter.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
        await town.departments["aktif"].hit()
        await exporter.until(as_expected)
        assert not false_turns(exporter)


async def test_storm_of_signals(town: Town) -> None:
    """Two thousand SIGHUPs while the registry is replaced: a few reloads, no site lost, no round missed."""
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(as_expected)
        for number in range(2000):
            exporter.send(signal.SIGHUP)
            if number % 100 == 0:
                town.write()
                await asyncio.sleep(0.01)
        await town.departments["aktif"].hit()
        await exporter.until(as_expected)
        assert not false_turns(exporter)
        reloads = [entry for entry in exporter.log if entry["event"] == "registry reloaded"]
        assert 1 <= len(reloads) < 500


async def test_registry_replaced_in_mid_write(town: Town) -> None:
    """A file that is half written when it is read keeps the last good registry; the whole one is then taken."""
    whole = town.config_file.read_text("utf-8")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(as_expected)
        for cut in (0, len(whole) // 3, len(whole) // 2, len(whole) - 20):
            town.config_file.write_text(whole[:cut], "utf-8")
            exporter.send(signal.SIGHUP)
            await asyncio.sleep(0.3)
            page = await exporter.samples()
            assert page.statuses() == EXPECTED, cut
        assert page.value("opd_exporter_config_last_reload_successful") == 0
        town.config_file.write_text(whole, "utf-8")
        exporter.send(signal.SIGHUP)
        await exporter.until(lambda now: now.value("opd_exporter_config_last_reload_successful") == 1)
        assert not false_turns(exporter)


async def test_two_exporters_on_one_store(town: Town) -> None:
    """The second is refused with a sentence and the first one notices nothing."""
    async with serve(town.config_file, town.storage) as first:
        await first.until(as_expected)
        for _ in range(3):
            second = await asyncio.create_subprocess_exec(
                *COMMAND,
                "serve",
                f"--config.file={town.config_file}",
                f"--storage.path={town.storage}",
                "--web.listen-address=127.0.0.1:0",
                stderr=asyncio.subprocess.PIPE,
            )
            _, error = await asyncio.wait_for(second.communicate(), 60)
            assert second.returncode == 2
            assert b"in use by another opd-exporter" in error
        await town.departments["aktif"].hit()
        page = await first.until(as_expected)
        assert page.value("opd_exporter_store_failing") == 0
        assert not false_turns(first)


@pytest.fixture(autouse=True)
def no_stray_folders() -> Iterator[None]:
    """Nothing is left in the folder of temporary files by a failed test."""
    yield
    for folder in Path(tempfile.gettempdir()).glob("opd-locked-*"):
        with contextlib.suppress(OSError):
            folder.rmdir()
