"""Two exporters on one registry, each with its own part of it."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from opd_exporter.registry import Shard
from support.program import run, serve

if TYPE_CHECKING:
    from support.town import Town

FIRST = {"aktif": "active", "rusak": "down"}
SECOND = {"lama": "dormant"}


async def test_each_shard_has_its_own_sites_and_no_others(town: Town) -> None:
    """Statuses, fleet counts and pages of a shard are of its own sites; those of the other are no unknown sites."""
    assert {site: Shard(1, 2).owns(site) for site in FIRST | SECOND} == {"aktif": True, "rusak": True, "lama": False}
    async with (
        serve(town.config_file, town.folder / "1.db", "--shard=1/2") as first,
        serve(town.config_file, town.folder / "2.db", "--shard", "2/2") as second,
    ):
        samples = await first.until(lambda now: now.statuses() == FIRST)
        others = await second.until(lambda now: now.statuses() == SECOND)
        for index, found, expected in (("1", samples, FIRST), ("2", others, SECOND)):
            counts = {have["status"]: value for have, value in found.by_name["opd_fleet_sites"]}
            assert sum(counts.values()) == len(expected)
            assert counts["pending"] == 0
            assert {have["site"] for have, _ in found.by_name["opd_site_info"]} == set(expected)
            assert found.value("opd_exporter_shard_info", shard=index, shards="2") == 1
            assert found.value("opd_exporter_network_up", shard=index) == 1
            assert {have["shard"] for have, _ in found.by_name["opd_fleet_sites"]} == {index}
            assert found.value("opd_exporter_shards") == 2
        assert (await first.get("/-/ready"))[0] == 200
        status, page = await first.get("/")
        assert (status, "Bagian 1/2" in page, "1 website lain" in page) == (200, True, True)
        status, page = await first.get("/sites/lama")
        assert status == 404
        assert "exporter bagian 2/2" in page
        assert (await second.get("/sites/lama"))[0] == 200
        assert (await first.get("/sites/tiada"))[0] == 404
        fleet = json.loads((await second.get("/api/v1/sites"))[1])
        assert fleet["shard"] == {"index": 2, "count": 2, "sites_elsewhere": 2}
        assert [site["site"] for site in fleet["sites"]] == ["lama"]
        assert "Bagian 2/2" in (await second.get("/report"))[1]


async def test_reload_gives_each_site_to_its_shard(town: Town) -> None:
    """Sites added later are taken by the shard that owns them, and by it alone."""
    town.write("rusak")
    async with serve(town.config_file, town.storage, "--shard=2/2") as second:
        assert (await second.samples()).statuses() == {}
        assert (await second.get("/-/ready"))[0] == 200
        town.write()
        second.send(signal.SIGHUP)
        await second.until(lambda now: now.statuses() == SECOND)


async def test_a_store_of_another_shard_keeps_its_history(town: Town) -> None:
    """A store that was another shard's is used on; what it knows of other sites stays and counts again later."""
    async with serve(town.config_file, town.storage, "--shard=1/2") as exporter:
        before = await exporter.until(lambda now: now.statuses() == FIRST)
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0
    async with serve(town.config_file, town.storage, "--shard=2/2") as exporter:
        between = await exporter.until(lambda now: now.statuses() == SECOND)
        assert not {have["site"] for have, _ in between.by_name["opd_site_probes_total"]} & FIRST.keys()
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0
    for department in town.departments.values():
        await department.stop()
    town.defaults = {"confirm_after": "30s"}
    town.write()
    async with serve(town.config_file, town.storage) as exporter:
        after = await exporter.samples()
        assert after.statuses() == FIRST | SECOND
        for name in ("opd_site_status_since_timestamp_seconds", "opd_site_last_post_timestamp_seconds"):
            assert after.value(name, site="aktif") == before.value(name, site="aktif")
            assert after.value(name, site="lama") == between.value(name, site="lama")


async def test_check_and_report_of_a_shard(town: Town) -> None:
    """``check --shard`` looks at its own sites, and says so of one that belongs to another."""
    code, out, error = await run("check", "--config.file", town.config_file, "--shard=2/2", "--format=json")
    assert ([row["site"] for row in json.loads(out)], code) == (["lama"], 1), error
    code, _, error = await run("check", "aktif", "--config.file", town.config_file, "--shard=2/2")
    assert code == 2
    assert "not in shard 2/2: aktif" in error
    async with serve(town.config_file, town.storage, "--shard=1/2") as exporter:
        await exporter.until(lambda now: now.statuses() == FIRST)
    asked = ("report", "--config.file", town.config_file, "--storage.path", town.storage, "--format=json")
    code, out, error = await run(*asked, "--month=2026-01", "--shard=1/2")
    assert (code, {row["site"] for row in json.loads(out)["sites"]}) == (0, set(FIRST)), error
    code, dashed, error = await run(*asked, "--month=2026-01", "--shard=1/2", "--output=-")
    assert (code, json.loads(dashed)["sites"]) == (0, json.loads(out)["sites"]), error


@pytest.mark.parametrize("text", ["3/2", "0/2", "x"])
async def test_a_wrong_shard_stops_the_start(town: Town, text: str) -> None:
    """Exit status 2 and one line that says what would be right, before anything is opened."""
    for command in ("serve", "check"):
        code, _, error = await run(command, "--config.file", town.config_file, f"--shard={text}")
        assert code == 2
        assert f"'{text}' is no shard" in error
    assert not town.storage.exists()
