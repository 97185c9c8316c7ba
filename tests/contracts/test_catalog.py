"""The catalogue of metrics, its document, and the closed sets behind its labels."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from opd_exporter import catalog, catalog_document

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_document_is_up_to_date():
    """``docs/metrics.md`` is what the catalogue says now; ``make docs`` writes it again."""
    assert DOCUMENT.read_text(encoding="utf-8") == catalog_document.render_markdown()


def test_the_command_writes_the_document(tmp_path):
    """``python -m opd_exporter.catalog_document PATH`` writes the same text."""
    target = tmp_path / "metrics.md"
    subprocess.run([sys.executable, "-m", "opd_exporter.catalog_document", str(target)], check=True)
    assert target.read_text(encoding="utf-8") == catalog_document.render_markdown()


def test_names_follow_prometheus_habits():
    """Names are unique, counters end in _total, units are suffixes, and value series carry the label site."""
    metrics = catalog.SITE_METRICS + catalog.EXPORTER_METRICS + catalog.PROBE_METRICS
    assert len({metric.name for metric in metrics}) == len(metrics)
    for metric in metrics:
        assert re.fullmatch("[a-z][a-z0-9_]*", metric.name)
        assert (metric.type == "counter") == metric.name.endswith("_total")
        assert not metric.unit or metric.name.endswith(f"_{metric.unit}")
        assert metric.help.endswith((".", "1.", "6."))
    assert all(metric.labels[0] == "site" for metric in catalog.SITE_METRICS)
