"""The report that the web server keeps for the formats of one visitor."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

from opd_exporter.models import ProbeResult
from opd_exporter.report.kept import KEPT_SECONDS, KeptReports
from opd_exporter.store import Store
from support import november


def generated(reports: KeptReports, month: str = "2020-11") -> str:
    """When the report was made."""
    return json.loads(reports.json(month))["generated_at"]


def test_formats_agree_until_the_kept_report_is_old():
    """A visitor's page and files show one moment; half a minute later the history is read again."""
    store, now = Store.open(None), [november.NOW]
    november.fill(store)
    reports = KeptReports(store, lambda: november.REGISTRY, lambda: now[0])
    first = generated(reports)
    now[0] += KEPT_SECONDS - 1
    assert generated(reports) == first
    assert generated(reports, "2020-10") != first
    now[0] += 2
    assert generated(reports) > first
    now[0] -= 100
    assert generated(reports) < first, "a clock that was set back must not keep a report from the future"
    store.close()


def test_changed_registry_is_reported_at_once():
    """Who has just written down a cause sees it in the next report."""
    store, registry = Store.open(None), [november.REGISTRY]
    november.fill(store)
    store.record_probe(november.DINKES, november.NOW, ProbeResult.UP, 0.5, 1)
    reports = KeptReports(store, lambda: registry[0], lambda: november.NOW)
    assert "Bidang Persandian" not in reports.csv("2020-11").decode()
    renamed = replace(november.DINKES, name="Bidang Persandian")
    registry[0] = replace(registry[0], sites=MappingProxyType({**registry[0].sites, "dinkes": renamed}))
    assert "Bidang Persandian" in reports.csv("2020-11").decode()
    store.close()
