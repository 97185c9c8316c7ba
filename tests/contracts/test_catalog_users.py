"""Whoever names a metric names one that exists: rules, dashboards, mail templates and documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from opd_exporter.catalog import CATALOG

ROOT = Path(__file__).parents[2]
# A colon on either side makes it a recording rule, which is not the exporter's.
NAME = re.compile(r"(?<![\w:./-])opd_(?:site|fleet|exporter)_[a-z0-9_]+(?![\w:*.-])")
PLACES = ("prometheus/**/*.yml", "prometheus/**/*.tmpl", "grafana/dashboards/*.json", "docs/**/*.md", "docs/**/*.yaml")
USERS = sorted(path for place in PLACES for path in ROOT.glob(place) if NAME.search(path.read_text("utf-8")))
SERIES = set(CATALOG) | {
    f"{metric.name}{suffix}"
    for metric in CATALOG.values()
    if metric.type == "histogram"
    for suffix in ("_bucket", "_sum", "_count")
}


@pytest.mark.parametrize("path", USERS, ids=[str(path.relative_to(ROOT)) for path in USERS])
def test_every_metric_named_exists(path):
    """A misspelt metric is an alert that never fires and a panel that stays empty."""
    unknown = {name for name in NAME.findall(path.read_text("utf-8")) if name not in SERIES}
    assert unknown == set()


def test_there_are_users():
    """The search finds the files that it is for."""
    names = {path.suffix for path in USERS}
    assert {".yml", ".md"} <= names
