"""Alertmanager's configuration: rendered from variables, checked by amtool, every alert to its receiver."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from support.rules import alerts
from support.stack import render_alertmanager
from support.tools import PROMETHEUS, run_tool

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = {
    "OPD_SMTP_HOST": "surel.example.go.id",
    "OPD_MAIL_FROM": "Monitor OPD <monitor@example.go.id>",
    "OPD_MAIL_TO": "operasi@example.go.id, kabid@example.go.id",
    "OPD_HEARTBEAT_URL": "https://denyut.example.org/abc?x='1'",
}
ROUTES = {
    "OPDSiteDown": "operations",
    "OPDSiteCompromised": "operations",
    "OPDSiteDormant": "operations-digest",
    "OPDSiteLate": "operations-digest",
    "OPDSiteUndated": "nobody",
    "OPDSiteBlocked": "nobody",
    "OPDSiteSlow": "operations",
    "OPDCertificateExpiring": "operations",
    "OPDFleetOutage": "operations",
    "OPDExporterDown": "operations",
    "OPDMonitorOffline": "operations",
    "OPDMonitorBlind": "operations",
    "OPDShardMissing": "operations",
    "OPDProbesStalled": "operations",
    "OPDConfigReloadFailed": "operations",
    "OPDRuleFailures": "operations",
    "OPDNotificationsFailing": "operations",
    "OPDWeeklyRecap": "operations-recap",
    "Watchdog": "heartbeat",
    "OPDSiteRecovered": "nobody",
    "OPDSiteRemoved": "nobody",
    "OPDInstanceBlind": "nobody",
    "OPDFleetOutageContinues": "nobody",
}
COPIES = {
    "OPDSiteDown": ("critical", "operator"),
    "OPDSiteCompromised": ("critical", "operator"),
    "OPDSiteSlow": ("warning", "operator"),
    "OPDCertificateExpiring": ("warning", "operator"),
    "OPDSiteLate": ("warning", "operator-digest"),
    "OPDSiteDormant": ("warning", "operator-digest"),
}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration as Alertmanager gets it."""
    folder = tmp_path_factory.mktemp("alertmanager")
    render_alertmanager(folder, VARIABLES)
    return folder / "rendered.yml"


def test_the_rendered_configuration_is_valid(rendered: Path) -> None:
    """Amtool accepts it with its templates."""
    result = run_tool("amtool", "check-config", rendered)
    assert result.returncode == 0, result.stdout
    assert "templates" in result.stdout


def test_values_survive_rendering_as_they_are(rendered: Path) -> None:
    """Quotes, commas and angle brackets in variables arrive unchanged; the file is readable by its owner only."""
    config = yaml.safe_load(rendered.read_text())
    assert config["global"]["smtp_from"] == VARIABLES["OPD_MAIL_FROM"]
    assert config["global"]["smtp_smarthost"] == "surel.example.go.id:587"
    assert config["global"]["smtp_require_tls"] is True
    receivers = {receiver["name"]: receiver for receiver in config["receivers"]}
    assert receivers["heartbeat"]["webhook_configs"][0]["url"] == VARIABLES["OPD_HEARTBEAT_URL"]
    assert receivers["operations"]["email_configs"][0]["to"] == VARIABLES["OPD_MAIL_TO"]
    assert rendered.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_an_alert_reaches_its_receiver(alert, rendered: Path) -> None:
    """Amtool routes each alert as the table says; an operator's copy goes to the operator alone."""
    if alert.name == "OPDOperatorNotice":
        for about, (severity, receiver) in COPIES.items():
            assert _receivers(rendered, alertname=alert.name, about=about, severity=severity) == [receiver]
    else:
        severity = alert.labels["severity"]
        assert _receivers(rendered, alertname=alert.name, severity=severity) == [ROUTES[alert.name]]


def _receivers(rendered: Path, **labels: str) -> list[str]:
    words = (f"{name}={value}" for name, value in (labels | {"job": "opd-exporter"}).items())
    result = run_tool("amtool", "config", "routes", "test", f"--config.file={rendered}", *words)
    assert result.returncode == 0, result.stdout
    return [line for line in result.stdout.split("\n") if line and not line.startswith("Warning:")]


def test_times_of_the_routes(rendered: Path) -> None:
    """Critical alerts repeat after four hours at any time; warnings keep office hours and digests Monday, in WIB."""
    config = yaml.safe_load(rendered.read_text())
    route = config["route"]
    assert (route["group_by"], route["repeat_interval"]) == (["alertname", "job"], "4h")
    by_matcher = {entry["matchers"][0]: entry for entry in route["routes"]}
    critical = by_matcher['severity="critical"']
    assert "active_time_intervals" not in critical
    assert critical.get("repeat_interval", "4h") == "4h"
    assert by_matcher['severity="warning"']["active_time_intervals"] == ["jam-kerja"]
    digest = by_matcher['alertname=~"OPDSiteLate|OPDSiteDormant"']
    assert digest["active_time_intervals"] == ["senin-pagi"]
    assert {interval["location"] for entry in config["time_intervals"] for interval in entry["time_intervals"]} == {
        "Asia/Jakarta"
    }


def test_the_watchdog_is_silent_without_a_heartbeat_address(tmp_path: Path) -> None:
    """Without OPD_HEARTBEAT_URL the watchdog goes nowhere and the configuration is still valid."""
    variables = {name: value for name, value in VARIABLES.items() if name != "OPD_HEARTBEAT_URL"}
    config = yaml.safe_load(render_alertmanager(tmp_path, variables))
    assert config["route"]["routes"][0]["receiver"] == "nobody"
    assert run_tool("amtool", "check-config", tmp_path / "rendered.yml").returncode == 0


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """Rendering without a mail server stops and names every variable that is missing or wrong."""
    result = subprocess.run(
        [PROMETHEUS / "alertmanager" / "entrypoint.sh", "--render-only"],
        check=False,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "OPD_RENDERED_CONFIG": str(tmp_path / "x.yml"),
            "OPD_SMTP_REQUIRE_TLS": "ya",
        },
    )
    assert result.returncode == 2
    for name in ("OPD_SMTP_HOST", "OPD_MAIL_FROM", "OPD_MAIL_TO", "OPD_SMTP_REQUIRE_TLS"):
        assert name in result.stderr
    assert not (tmp_path / "x.yml").exists()


def test_inhibition_never_reaches_a_compromise(rendered: Path) -> None:
    """Of all suppressing rules only that of removed sites may hide OPDSiteCompromised."""
    config = yaml.safe_load(rendered.read_text())
    for rule in config["inhibit_rules"]:
        targets = " ".join(rule["target_matchers"])
        if 'alertname="OPDSiteRemoved"' in rule["source_matchers"]:
            continue
        assert "OPDSite.+" not in targets
        assert "OPDSiteCompromised" not in targets.replace('about!="OPDSiteCompromised"', "")
        assert rule["equal"][0] == "job"
