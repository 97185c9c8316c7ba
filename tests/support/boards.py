"""The committed dashboards as values that tests can ask about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from opd_exporter.catalog import CATALOG
from support.tools import PROMETHEUS, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAFANA = REPOSITORY / "grafana"
DASHBOARDS = GRAFANA / "dashboards"
BOARD_UIDS = ("opd-wall", "opd-fleet", "opd-site", "opd-evaluation", "opd-exporter")

_RECORDED = re.findall(r"- record: (\S+)", (PROMETHEUS / "rules" / "recording.yml").read_text())
_HISTOGRAMS = {
    f"{metric.name}_{part}"
    for metric in CATALOG.values()
    if metric.type == "histogram"
    for part in ("bucket", "count", "sum")
}
FOREIGN_METRICS = {
    *("up", "scrape_duration_seconds", "ALERTS"),
    *("process_resident_memory_bytes", "process_cpu_seconds_total"),
    *("prometheus_rule_evaluation_failures_total", "prometheus_notifications_dropped_total"),
    "alertmanager_notifications_failed_total",
}
"""Of Prometheus, Alertmanager and the Python client."""
KNOWN_METRICS = {*CATALOG, *_HISTOGRAMS, *_RECORDED, *FOREIGN_METRICS}

_KEYWORDS = {
    *("and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right", "bool", "offset"),
    *("sum", "max", "min", "avg", "count", "group", "quantile", "topk", "bottomk", "count_values"),
}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel with the board that it stands on."""

    uid: str
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """For test ids and messages."""
        return f"{self.uid}-{self.data['id']}"

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Its queries."""
        return list(self.data.get("targets", []))


@cache
def _text(uid: str) -> str:
    return (DASHBOARDS / f"{uid}.json").read_text(encoding="utf-8")


def load(uid: str) -> dict[str, Any]:
    """The dashboard with this uid; a copy of its own."""
    return dict(json.loads(_text(uid)))


BOARDS = [load(uid) for uid in BOARD_UIDS]


def panels_of(*boards: dict[str, Any]) -> Iterator[Panel]:
    """Every panel."""
    for board in boards:
        for panel in board["panels"]:
            yield Panel(board["uid"], panel)


def all_links(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Links of the board, its panels, its cells, and of Markdown."""
    yield from board["links"]
    for panel in board["panels"]:
        yield from panel.get("links", [])
        for override in panel.get("fieldConfig", {}).get("overrides", []):
            for prop in override["properties"]:
                if prop["id"] == "links":
                    yield from prop["value"]
        for title, url in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", panel.get("options", {}).get("content", "")):
            yield {"title": title, "url": url}


def metrics_in(expr: str) -> set[str]:
    """The metric names of a PromQL expression."""
    bare = re.sub(r"\{[^}]*\}", "", _STRING.sub('""', expr))
    bare = re.sub(r"\[[^\]]*\]", "", _GROUPING.sub(" ", bare))
    words = re.findall(r"(?<![\w:.$])([a-zA-Z_:][\w:]*)(?!\s*\()(?![\w:])", bare)
    return {word for word in words if word not in _KEYWORDS and not re.fullmatch(r"e\d*", word)}


def selectors_in(expr: str) -> Iterator[tuple[str, str, str, str]]:
    """(metric, label, operator, value) of every matcher."""
    for metric, inside in _SELECTOR.findall(expr):
        for label, operator, value in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', inside):
            yield metric, label, operator, value
