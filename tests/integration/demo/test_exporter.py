"""The real exporter on the imitation fleet: what each site was built to show is what is found out."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from opd_exporter.demo import Fleet
from opd_exporter.demo.posts import WIB
from opd_exporter.models import Reason, Status

if TYPE_CHECKING:
    from pathlib import Path

_NOT_ON_LOOPBACK = {Reason.DNS_TEMPORARY, Reason.CONNECT_UNREACHABLE}


async def _check(fleet: Fleet, folder: Path) -> dict[str, dict[str, object]]:
    """One round of ``opd-exporter check`` in a process of its own: results by site."""
    config = folder / "sites.yml"
    config.write_text(fleet.registry_text(probe_timeout="6s", confirm_after="1s"), encoding="utf-8")
    command = [sys.executable, "-m", "opd_exporter", "check", "--config.file", str(config), "--format", "json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 1, errors.decode()[-2000:]
    return {row["site"]: row for row in json.loads(output)}


async def test_the_exporter_finds_every_site_as_it_was_built(tmp_path: Path) -> None:
    """Status, reason and newest post of every site of scenario ``all``, found by the command that people use."""
    async with Fleet("all") as fleet:
        found = await _check(fleet, tmp_path)
        now = datetime.now(WIB)
        expected = fleet.expected()
        assert {site: (row["status"], row["reason"]) for site, row in found.items()} == dict(expected)
        for site, (status, _) in expected.items():
            if status in {"active", "late", "dormant"}:
                newest = fleet.sites[site].newsroom.posts(now)[0]
                last = found[site]["last_post"]
                assert isinstance(last, dict), site
                assert last["published_at"][:10] == newest.published_at.date().isoformat(), site
        sources = {row["last_post"]["source"] for row in found.values() if isinstance(row["last_post"], dict)}
        assert sources == {"wordpress", "feed", "page", "jsonld", "selector"}


def test_all_has_a_site_for_every_status_and_reason() -> None:
    """Nothing of the closed sets is missing, but what a loopback network cannot do."""
    from opd_exporter.demo.scenarios import sites_of

    specs = sites_of("all")
    assert {spec.status for spec in specs} == set(Status)
    assert {spec.reason for spec in specs if spec.reason} == set(Reason) - _NOT_ON_LOOPBACK
    assert len({spec.id for spec in specs}) == len(specs)


@pytest.mark.parametrize(("scenario", "count"), [("2020", 31), ("all", 69), ("60", 60), ("healthy", 31), ("1000", 40)])
async def test_every_scenarios_registry_is_without_mistakes(scenario: str, count: int, tmp_path: Path) -> None:
    """The YAML that the fleet writes passes the exporter's own check, and its CA file is readable."""
    from opd_exporter.registry import load

    async with Fleet(scenario, size=40 if scenario == "1000" else None) as fleet:
        config = tmp_path / "sites.yml"
        config.write_text(fleet.registry_text(probe_interval="7s"), encoding="utf-8")
        registry = load(config)
        assert len(registry.sites) == count
        assert registry.ca_file == str(fleet.ca_file)
        assert {site.probe_interval for site in registry.sites.values()} == {7.0}
        assert {site: entry.url for site, entry in registry.sites.items()} == {
            site: fleet.address_of(site) for site in fleet.sites
        }
