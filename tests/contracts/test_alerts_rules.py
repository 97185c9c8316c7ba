"""The rules: loadable without a warning, each alert tested by promtool to the step, each test able to fail."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from support.rules import Alert, alerts
from support.scaling import seconds_of
from support.tools import PROMETHEUS, REPOSITORY, run_tool

if TYPE_CHECKING:
    from pathlib import Path

TESTS = REPOSITORY / "tests" / "rules"
STEP_SECONDS = 15
ALERTS = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)


def test_the_configuration_loads_without_a_warning() -> None:
    """Promtool accepts prometheus.yml and every rule file with all lints on."""
    for arguments in (
        ("check", "config", "--lint=all", "--lint-fatal", PROMETHEUS / "prometheus.yml"),
        ("check", "rules", "--lint=all", "--lint-fatal", *sorted((PROMETHEUS / "rules").glob("*.yml"))),
    ):
        result = run_tool("promtool", *arguments)
        assert result.returncode == 0, result.stdout
        assert "SUCCESS" in result.stdout


def test_rules_avoid_what_old_or_new_prometheus_refuses() -> None:
    """No group-level labels (3.x only), and no window of fewer than four samples (3.x leaves the left edge out)."""
    for path in sorted((PROMETHEUS / "rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            assert set(group) <= {"name", "rules", "interval"}, path.name
        for window in re.findall(r"\[(\d+[smhd])[\]:]", path.read_text()):
            assert seconds_of(window) >= 4 * STEP_SECONDS, f"{path.name}: [{window}]"


@ALERTS
def test_an_alert_fires_at_its_minute(alert: Alert) -> None:
    """The promtool tests of the alert pass with all shipped rules loaded."""
    result = run_tool("promtool", "test", "rules", TESTS / f"{alert.name}.yml")
    assert result.returncode == 0, result.stdout


@ALERTS
def test_the_tests_of_an_alert_can_fail(alert: Alert, tmp_path: Path) -> None:
    """They fail when the alert is gone, waits one step more or less, or is not kept firing."""
    changes: dict[str, dict[str, object] | None] = {"removed": None}
    if hold := seconds_of(alert.hold):
        changes["one step later"] = {"for": f"{hold + STEP_SECONDS:.0f}s"}
        changes["one step sooner"] = {"for": f"{hold - STEP_SECONDS:.0f}s"}
    if seconds_of(alert.keep):
        changes["not kept"] = {"keep_firing_for": "0s"}
    for change, fields in changes.items():
        folder = tmp_path / change.replace(" ", "-")
        _write_mutant(folder, alert.name, fields)
        result = run_tool("promtool", "test", "rules", folder / "tests" / "rules" / f"{alert.name}.yml")
        assert result.returncode != 0, f"{alert.name} {change}: its tests still pass"
        assert "FAILED" in result.stdout
        assert "got:" in result.stdout, f"red for another reason: {result.stdout}"


def _write_mutant(folder: Path, name: str, fields: dict[str, object] | None) -> None:
    """Copy the test and the rules that it needs, with one alert changed or left out; annotations only cost time."""
    (folder / "tests" / "rules").mkdir(parents=True)
    test = folder / "tests" / "rules" / f"{name}.yml"
    shutil.copy(TESTS / f"{name}.yml", test)
    wanted = test.read_text()
    rules = folder / "prometheus" / "rules"
    rules.mkdir(parents=True)
    for path in (PROMETHEUS / "rules").glob("*.yml"):
        document = yaml.safe_load(path.read_text())
        for group in document["groups"]:
            kept = []
            for rule in group["rules"]:
                rule.pop("annotations", None)
                if "record" in rule or (rule["alert"] != name and _occurs(rule["alert"], name, wanted)):
                    kept.append(rule)
                elif rule["alert"] == name and fields is not None:
                    kept.append(rule | fields)
            group["rules"] = kept
        (rules / path.name).write_text(yaml.safe_dump(document, sort_keys=False))


def _occurs(other: str, name: str, test: str) -> bool:
    expression = next(alert.expression for alert in alerts() if alert.name == name)
    return other in test or other in expression
