"""The shipped rules, read: alerts, expressions, and the names that occur in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from support.tools import PROMETHEUS

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE_FILES = tuple(sorted((PROMETHEUS / "rules").glob("*.yml")))
_METRIC = re.compile(
    r"\b((?:opd|probe|process|python|prometheus|alertmanager)_[a-z0-9_]+|up|ALERTS|ALERTS_FOR_STATE"
    r"|[a-z_]+:[a-z_]+:[a-z_]+)\b"
)
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_BY = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_TEMPLATE_QUERY = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule."""

    name: str
    expression: str
    hold: str
    keep: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def _rules() -> list[dict[str, object]]:
    return [
        rule for path in RULE_FILES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]
    ]


@cache
def alerts() -> tuple[Alert, ...]:
    """Every alert of the rule files, in their order."""
    return tuple(
        Alert(
            str(rule["alert"]),
            str(rule["expr"]),
            str(rule.get("for", "0s")),
            str(rule.get("keep_firing_for", "0s")),
            dict(rule["labels"]),
            dict(rule["annotations"]),
        )
        for rule in _rules()
        if "alert" in rule
    )


@cache
def recorded() -> frozenset[str]:
    """Names of recorded series."""
    return frozenset(str(rule["record"]) for rule in _rules() if "record" in rule)


def metrics_in(expression: str) -> set[str]:
    """Metric names in a PromQL expression (labels and strings left out)."""
    bare = _BY.sub(" ", _STRING.sub('""', expression))
    bare = re.sub(r"\{[^}]*\}", "", bare)
    return set(_METRIC.findall(bare))


@cache
def all_metrics() -> frozenset[str]:
    """Every metric in an expression or in a query of an annotation."""
    found: set[str] = set()
    for rule in _rules():
        found |= metrics_in(str(rule["expr"]))
        for text in dict(rule.get("annotations", {})).values():  # type: ignore[call-overload]
            for query in _TEMPLATE_QUERY.findall(str(text)):
                if "_" in query:
                    # printf completes names as well as selectors
                    found |= metrics_in(query.replace("opd_site_%s_limit_seconds", "opd_site_dormant_limit_seconds"))
    return frozenset(found)


def foreign_metrics() -> frozenset[str]:
    """Metrics that Prometheus and Alertmanager make, not the exporter."""
    return frozenset(
        name for name in all_metrics() if name.startswith(("prometheus_", "alertmanager_")) or name == "up"
    )
