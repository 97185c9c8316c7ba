"""The invented past, read back by Prometheus's own tool, and the rows for the store."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from opd_exporter.catalog import CATALOG, SITE_METRICS
from opd_exporter.demo import Fleet
from opd_exporter.demo.history import History
from opd_exporter.demo.posts import WIB
from support.tools import run_tool

from .conftest import visit

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
HOURLY = ((10_000, 3600),)


def _dump(history: History, folder: Path) -> dict[str, list[tuple[str, float, float]]]:
    """Every sample by metric name: labels, value, Unix seconds; imported and dumped by promtool."""
    blocks = folder / "blocks"
    for file in history.write_openmetrics(folder / "text"):
        done = run_tool("promtool", "tsdb", "create-blocks-from", "openmetrics", "-q", file, blocks)
        assert done.returncode == 0, done.stdout
    (blocks / "wal").mkdir()
    dumped = run_tool("promtool", "tsdb", "dump", blocks)
    assert dumped.returncode == 0, dumped.stdout[-500:]
    samples: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for line in dumped.stdout.splitlines():
        found = re.fullmatch(r'\{__name__="([^"]+)", (.*)\} (\S+) (\d+)', line)
        assert found is not None, line
        samples[found[1]].append((found[2], float(found[3]), int(found[4]) / 1000))
    return samples


def test_prometheus_takes_the_history_with_every_metric(tmp_path: Path) -> None:
    """Prometheus makes blocks of it, no metric of a site is missing, and every one has the catalogue's labels."""
    samples = _dump(History("all", now=NOW, days=1, steps=((10_000, 4 * 3600),), base_port=20_000), tmp_path)
    assert {metric.name for metric in SITE_METRICS} | {"opd_fleet_sites"} <= set(samples)
    assert {name for name in samples if name.startswith("opd_")} <= set(CATALOG) | {
        f"{name}_{part}"
        for name, metric in CATALOG.items()
        if metric.type == "histogram"
        for part in ("bucket", "sum", "count")
    }
    for name, rows in samples.items():
        assert all('instance="exporter:19715", job="opd-exporter"' in labels for labels, _, _ in rows), name
        assert all(NOW.timestamp() - 86_400 <= moment <= NOW.timestamp() for _, _, moment in rows), name
    for name, metric in CATALOG.items():
        if name in samples:
            labels = {key for row in samples[name] for key in re.findall(r'(\w+)="', row[0])}
            assert labels - {"instance", "job"} == set(metric.labels), name


def test_no_post_is_of_a_time_when_nobody_could_read_the_site() -> None:
    """A site that is down now has no newer post than the beginning of its trouble; one that is readable may."""
    closed = 0
    for timeline in History("all", now=NOW, days=90, base_port=20_000).timelines.values():
        now = timeline.segments[-1]
        if now.up == 0 and timeline.posts:
            closed += 1
            assert timeline.post_times[-1] <= now.begin, timeline.spec.id
    assert closed > 20


def test_the_last_samples_say_what_the_fleet_shows(tmp_path: Path) -> None:
    """At the end of the history 23 are active and 8 are not, each with its reason."""
    samples = _dump(History("2020", now=NOW, days=1, steps=HOURLY, base_port=20_000), tmp_path)
    last = max(moment for _, _, moment in samples["opd_fleet_sites"])
    assert last >= NOW.timestamp() - 3600
    fleet = {labels: value for labels, value, moment in samples["opd_fleet_sites"] if moment == last}
    counts = {re.search(r'status="(\w+)"', labels)[1]: value for labels, value in fleet.items()}  # type: ignore[index]
    assert counts == {
        "active": 23,
        "late": 0,
        "dormant": 3,
        "undated": 0,
        "down": 4,
        "compromised": 1,
        "blocked": 0,
        "pending": 0,
    }
    ups = [value for _, value, moment in samples["opd_site_up"] if moment == last]
    assert (ups.count(1), ups.count(0)) == (27, 4)


def test_the_same_now_gives_the_same_history(tmp_path: Path) -> None:
    """Two runs write the same bytes; another day writes others."""
    texts = []
    for number, now in enumerate((NOW, NOW, NOW + timedelta(days=1))):
        history = History("2020", now=now, days=1, steps=HOURLY, base_port=20_000)
        texts.append([path.read_bytes() for path in history.write_openmetrics(tmp_path / str(number))])
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


@pytest.mark.parametrize("scenario", ["2020", "all", "60", "healthy"])
def test_every_timeline_ends_in_the_state_of_the_running_fleet(scenario: str) -> None:
    """On several days the last change of each site is what the fleet shows, and changes do change something."""
    for day in (0, 11, 200):
        history = History(scenario, now=NOW + timedelta(days=day))
        changes = defaultdict(list)
        for change in history.changes():
            changes[change.site].append(change)
        for site, timeline in history.timelines.items():
            last = changes[site][-1]
            assert (last.status, last.reason) == (timeline.spec.status, timeline.spec.reason), site
            for before, after in pairwise(changes[site]):
                assert before.at < after.at
                assert (before.status, before.reason) != (after.status, after.reason)


def test_the_past_holds_outages_late_times_and_a_shared_outage() -> None:
    """The 90 days are worth a board: several kinds of trouble, and a hosting machine that took its sites with it."""
    history = History("2020", now=NOW)
    changes = list(history.changes())
    assert {change.status for change in changes} >= {"active", "late", "dormant", "down", "compromised"}
    together = defaultdict(set)
    for change in changes:
        if change.reason == "connect_timeout":
            together[change.at].add(change.site)
    assert max(len(sites) for sites in together.values()) >= 8


def test_daily_sums_add_up() -> None:
    """A whole day has 1440 probes; the present day has only what has passed."""
    history = History("all", now=NOW, days=5)
    today = NOW.astimezone(WIB).date()
    rows = list(history.days())
    for row in rows:
        total = row.up + row.down + row.blocked + row.unknown
        if row.day == today:
            assert total == 600
            assert row.hours == 0b11_1111_1111
        elif (today - row.day).days < 5:
            assert total == 1440
            assert row.hours == (1 << 24) - 1
        assert row.response_count == row.up
        assert (row.response_seconds_max > 0) == (row.up > 0)
    pending = [site for site, timeline in history.timelines.items() if not timeline.probed]
    assert pending
    assert not {row.site for row in rows} & set(pending)


async def test_posts_of_the_history_are_those_that_the_fleet_serves() -> None:
    """The newest post of each active site, as history has it, is on the running site under that address."""
    async with Fleet("2020") as fleet:
        history = History("2020", urls={site: fleet.address_of(site) for site in fleet.sites})
        newest = {}
        for post in history.posts():
            newest[post.site] = post
            assert post.published_at.timestamp() <= post.first_seen
        async with visit(fleet) as visitor:
            for site, (status, _) in fleet.expected().items():
                if status == "active":
                    answer, text, _ = await visitor.get(newest[site].url)
                    assert (answer, newest[site].title in text) == (200, True), site


def test_the_command_writes_one_block_per_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m opd_exporter.demo`` names each file that it wrote, with the labels that were asked for."""
    from opd_exporter.demo.__main__ import main

    assert main([str(tmp_path), "--days", "1", "--base-port", "20000", "--instance", "lain:1"]) == 0
    files = capsys.readouterr().out.split()
    assert files == sorted(map(str, tmp_path.iterdir()))
    text = (tmp_path / files[-1].rsplit("/", 1)[1]).read_text(encoding="utf-8")
    assert 'opd_site_up{site="setda",job="opd-exporter",instance="lain:1"}' in text
    assert 'url="https://127.0.10.1:20000/"' in text
    assert text.endswith("# EOF\n")
