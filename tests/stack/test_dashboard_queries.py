"""Every query of every panel on a real Prometheus that scrapes the real exporter on the demo fleet, rows required."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from opd_exporter.models import Status
from support.boards import BOARDS, all_links, load
from support.boards_stack import Demo, Monitoring, faults, renaming

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.xdist_group("dashboards"), pytest.mark.timeout(280)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The exporter on a fleet with every status and reason."""
    running = Demo(tmp_path_factory.mktemp("demo"), "all")
    yield running
    running.close()


@pytest.fixture(scope="module")
def monitoring(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    """Prometheus and Alertmanager, once every status has been seen and every site's content was read."""
    running = Monitoring(tmp_path_factory.mktemp("monitoring"), demo.port)
    try:
        running.wait_for(f"count(opd_fleet_sites > 0) == {len(Status)}")
        running.wait_for('count(opd_site_last_post_timestamp_seconds) > 25 and on () count(ALERTS{site!=""}) > 5')
        running.wait_for('count(opd_site_uptime_ratio{window="1d"}) > 40 and on () count(opd_site_cadence_info)')
        running.wait_for("min(opd_fleet_sites offset 10s) >= 0")
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def sites(monitoring: Monitoring) -> list[str]:
    """A site with evidence, one with HTTPS and posts, and one that is late."""
    wanted = (
        'opd_site_evidence_info and on (site) opd_site_status{status="compromised"} == 1',
        'opd_site_tls_not_after_timestamp_seconds and on (site) opd_site_status{status="active"} == 1',
        'opd_site_status{status="late"} == 1',
    )
    return [monitoring.rows(f"sort_desc({expr})")[0]["metric"]["site"] for expr in wanted]


def test_every_query_has_rows(monitoring: Monitoring, sites: list[str]):
    """No panel is empty on a fleet that shows every status and reason."""
    assert faults(monitoring, BOARDS, sites) == []


def test_a_renamed_metric_is_noticed(demo: Demo, sites: list[str], tmp_path):
    """When the exporter renames one metric, the check above names the panels that went blind and the metric."""
    renamed = renaming(demo.url, "opd_site_publishing_dates")
    running = Monitoring(tmp_path / "renamed", renamed.port)
    try:
        running.wait_for("opd_site_publishing_dates_renamed")
        found = faults(running, [load("opd-evaluation"), load("opd-site")], sites)
    finally:
        running.close()
        renamed.close()
    assert "no series: opd_site_publishing_dates" in found
    assert any(line.startswith("opd-evaluation-") and "no rows" in line for line in found)


def test_wall_names_the_troubles_worst_first(monitoring: Monitoring):
    """The lines of the wall: compromised before down, a count of the rest, the reason in words and how long."""
    panel = load("opd-wall")["panels"][3]
    lines = [row["metric"]["baris"] for row in monitoring.rows(panel["targets"][0]["expr"])]
    assert len(lines) == 5
    assert re.fullmatch(r"dan \d+ website lain", lines[-1])
    assert all(re.fullmatch(r".+  ·  .+  ·  \d+ (hari|jam|menit)", line) for line in lines[:-1])
    assert any(word in lines[0].lower() for word in ("judi", "tampilan"))


def test_wall_has_a_tile_for_every_site(monitoring: Monitoring):
    """As many tiles as sites, filled up to whole rows, each site once."""
    expr = load("opd-wall")["panels"][4]["targets"][0]["expr"]
    tiles = monitoring.rows(expr)
    named = [row["metric"]["site"] for row in tiles if "site" in row["metric"]]
    assert len(named) == len(set(named)) == len(monitoring.rows("group by (site) (opd_site_info)"))
    assert len(tiles) % 6 == 0


def test_links_resolve(demo: Demo, sites: list[str]):
    """Every link of every board to the exporter, runbooks included, answers with a page."""
    seen = set()
    for board in BOARDS:
        for link in all_links(board):
            url = link["url"].replace("${site}", sites[0]).replace("${exporter}", demo.url)
            if not url.startswith(demo.url):
                assert url.startswith(("/d/", "${__value.raw}")), url
                continue
            seen.add(url.replace("${__value.raw}", "OPDSiteDown" if "/runbooks/" in url else sites[1]))
    assert len(seen) >= 15
    for url in sorted(seen):
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == 200, url


def test_stopped_exporter_leaves_nothing_green(tmp_path):
    """With the exporter gone, every panel of the wall but the monitor's own has no rows, or says that it is blind."""
    running = Monitoring(tmp_path / "stopped", 1)
    try:
        running.wait_for('up{job="opd-exporter"} == 0')
        wall = load("opd-wall")
        for panel in wall["panels"]:
            for target in panel["targets"]:
                rows = running.rows(target["expr"])
                if panel["id"] == 4:
                    assert [row["metric"]["baris"] for row in rows] == ["Monitor berhenti: keadaan tidak diketahui"]
                elif panel is wall["panels"][-1]:
                    assert [float(row["value"][1]) for row in rows] in ([-1.0], [0.0]), json.dumps(rows)
                else:
                    assert rows == [], target["expr"][:200]
    finally:
        running.close()
