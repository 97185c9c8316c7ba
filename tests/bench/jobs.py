"""Scrape jobs of a measuring Prometheus, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.programs import query

if TYPE_CHECKING:
    from bench.programs import Program


def job_of(server: Program) -> dict[str, Any]:
    """Scrape the exporter."""
    return {"job_name": "opd", "static_configs": [{"targets": [server.url.removeprefix("http://")]}]}


def probe_job(server: Program, urls: list[str]) -> dict[str, Any]:
    """Scrape blackbox_exporter once for each URL."""
    return {
        "job_name": "blackbox",
        "metrics_path": "/probe",
        "params": {"module": ["page"]},
        "static_configs": [{"targets": urls}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": server.url.removeprefix("http://")},
        ],
    }


def count_of(server: Program, expression: str) -> float:
    """The value of an expression that answers one row, 0 for none."""
    rows = query(server, expression)
    return float(rows[0]["value"][1]) if rows else 0.0
