"""Two shards of one fleet, Prometheus with the shipped scale.yml, VictoriaMetrics that answers the boards' queries."""

from __future__ import annotations

import asyncio
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
import yaml

from opd_exporter.demo import Fleet
from opd_exporter.demonstration import PROBE_INTERVALS, seed
from opd_exporter.models import Status
from support.boards import BOARDS
from support.boards_stack import Monitoring, VictoriaMetrics, faults, start, stop
from support.stack import free_port
from support.tools import PROMETHEUS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.xdist_group("shards"), pytest.mark.timeout(400)]
SHARDS = 2


class Town:
    """The imitation fleet in a thread, and an exporter for each shard of it."""

    def __init__(self, folder: Path) -> None:
        self._up, self._over = Event(), Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run(folder)), daemon=True)
        self._thread.start()
        assert self._up.wait(60)
        self.ports = [free_port() for _ in range(SHARDS)]
        self._exporters = [
            start(
                folder,
                f"exporter-{index}",
                *(sys.executable, "-m", "opd_exporter", "serve", "--config.file=sites.yml"),
                f"--storage.path={index}.db",
                f"--shard={index}/{SHARDS}",
                f"--web.listen-address=127.0.0.1:{port}",
            )
            for index, port in enumerate(self.ports, start=1)
        ]

    async def _run(self, folder: Path) -> None:
        async with Fleet("all") as fleet:
            self.sites = len(fleet.sites)
            (folder / "sites.yml").write_text(fleet.registry_text(**PROBE_INTERVALS), encoding="utf-8")
            for index in range(1, SHARDS + 1):
                seed(folder / f"{index}.db", fleet)
            self._up.set()
            await asyncio.to_thread(self._over.wait)

    def lose(self, index: int) -> None:
        """Stop the exporter of a shard."""
        stop(self._exporters[index - 1])

    def close(self) -> None:
        """End all."""
        for exporter in self._exporters:
            stop(exporter)
        self._over.set()
        self._thread.join(30)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A fleet of every status, divided between two exporters."""
    running = Town(tmp_path_factory.mktemp("town"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictoriaMetrics]:
    """VictoriaMetrics."""
    running = VictoriaMetrics(tmp_path_factory.mktemp("victoria-metrics"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def monitoring(town: Town, memory: VictoriaMetrics, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    """Prometheus, once every status has been seen and VictoriaMetrics has it too."""
    folder = tmp_path_factory.mktemp("monitoring")
    running = Monitoring(folder, *town.ports, file="scale.yml", write_to=memory.url)
    try:
        for server in (running, memory):
            server.wait_for(f"count(sum by (status) (opd_fleet_sites) > 0) == {len(Status)}")
            server.wait_for('count(opd_site_last_post_timestamp_seconds) > 25 and on () count(ALERTS{site!=""}) > 5')
            server.wait_for('count(opd_site_uptime_ratio{window="1d"}) > 40 and on () count(opd_site_cadence_info)')
            # A range of VictoriaMetrics ends at a whole step: what is only seconds old is not in it yet.
            server.wait_for('count(opd_site_uptime_ratio{window="1d"} offset 15s) > 40')
        yield running
    finally:
        running.close()


def test_two_shards_are_one_fleet(town: Town, monitoring: Monitoring):
    """Every site is scraped once, under one job, and counts are the sum of both parts."""
    (total,) = monitoring.rows("sum(job_status:opd_fleet_sites:sum)")
    assert (total["metric"], float(total["value"][1])) == ({}, town.sites)
    assert monitoring.rows("count by (site) (opd_site_info) > 1") == []
    assert len(monitoring.rows("group by (site) (opd_site_info)")) == town.sites
    assert {row["metric"]["job"] for row in monitoring.rows("group by (job) (opd_site_info)")} == {"opd-exporter"}
    assert len(monitoring.rows("group by (instance) (opd_site_info)")) == SHARDS
    assert monitoring.rows('ALERTS{alertname=~"OPDShardMissing|OPDRuleFailures|OPDInstanceBlind"}') == []


def test_victoria_metrics_answers_every_query_of_every_board(monitoring: Monitoring, memory: VictoriaMetrics):
    """No panel is empty with VictoriaMetrics as the data source."""
    wanted = (
        'opd_site_evidence_info and on (site) opd_site_status{status="compromised"} == 1',
        'opd_site_tls_not_after_timestamp_seconds and on (site) opd_site_status{status="active"} == 1',
        'opd_site_status{status="late"} == 1',
    )
    sites = [monitoring.rows(f"sort_desc({expr})")[0]["metric"]["site"] for expr in wanted]
    assert faults(memory, BOARDS, sites) == []


def test_a_lost_shard_is_told(town: Town, monitoring: Monitoring):
    """With one exporter gone its absence is an alert, its sites' alerts are suppressed, and the wall is not whole."""
    town.lose(2)
    monitoring.wait_for('ALERTS{alertname="OPDShardMissing"}', 60)
    monitoring.wait_for('ALERTS{alertname="OPDInstanceBlind"}', 60)
    assert monitoring.rows('ALERTS{alertname="OPDExporterDown"}') == []


def test_the_configuration_is_that_of_one_exporter_but_for_two_parts():
    """scale.yml differs from prometheus.yml in the exporters' jobs and remote_write alone."""
    one, many = (yaml.safe_load((PROMETHEUS / name).read_text()) for name in ("prometheus.yml", "scale.yml"))
    del many["remote_write"]
    jobs = [job for job in many.pop("scrape_configs") if job["job_name"].startswith("opd-exporter-")]
    one.pop("scrape_configs")
    assert one == many
    assert len(jobs) == SHARDS
    assert all(job["relabel_configs"][0]["replacement"] == "opd-exporter" for job in jobs)
