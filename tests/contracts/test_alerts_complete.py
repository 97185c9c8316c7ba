"""Whoever adds an alert is told here what else it needs: test, runbook, labels, wording, known metrics, a route."""

from __future__ import annotations

import re

import pytest

from opd_exporter.catalog import CATALOG
from opd_exporter.models import Kendala, Reason, Status
from opd_exporter.wording import KENDALA_LABELS, REASON_LABELS, STATUS_LABELS
from support.rules import Alert, alerts, all_metrics, foreign_metrics, recorded
from support.tools import PROMETHEUS, REPOSITORY, run_tool

CONTRACT = {
    "OPDSiteDown": "critical",
    "OPDSiteCompromised": "critical",
    "OPDSiteDormant": "warning",
    "OPDSiteLate": "warning",
    "OPDSiteUndated": "info",
    "OPDSiteBlocked": "info",
    "OPDSiteSlow": "warning",
    "OPDCertificateExpiring": "warning",
    "OPDFleetOutage": "critical",
    "OPDExporterDown": "critical",
    "OPDMonitorOffline": "critical",
    "OPDMonitorBlind": "warning",
    "OPDShardMissing": "critical",
    "OPDProbesStalled": "critical",
    "OPDConfigReloadFailed": "warning",
    "OPDRuleFailures": "warning",
    "OPDNotificationsFailing": "warning",
    "OPDWeeklyRecap": "info",
    "Watchdog": "none",
}
INTERNAL = {
    "OPDInstanceBlind": "none",
    "OPDSiteRecovered": "none",
    "OPDSiteRemoved": "none",
    "OPDFleetOutageContinues": "none",
    "OPDOperatorNotice": "{{ $labels.severity }}",
}
"""Beside the contract's: four that only suppress, and the copies for operators."""
DASHBOARDS = {"opd-wall", "opd-fleet", "opd-site", "opd-evaluation", "opd-exporter"}
RUNBOOKS = REPOSITORY / "docs" / "runbooks"
TEMPLATES = PROMETHEUS / "alertmanager" / "templates"
HEADINGS = ["## Arti", "## Dampak", "## Diagnosis", "## Perbaikan"]
ALERTS = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)


def test_the_rules_hold_the_alerts_of_the_contract() -> None:
    """Every alert of the contract is there with its severity, once; nothing unknown is."""
    assert {alert.name: alert.labels["severity"] for alert in alerts()} == CONTRACT | INTERNAL
    assert len(alerts()) == len(CONTRACT) + len(INTERNAL)


@ALERTS
def test_an_alert_has_what_people_need(alert: Alert) -> None:
    """Summary, description, runbook address and dashboard path, and no label but the severity."""
    assert set(alert.labels) == {"severity"}
    for name in ("summary", "description", "runbook_url", "dashboard_path"):
        assert alert.annotations.get(name, "").strip(), name
    path = alert.annotations["dashboard_path"]
    assert re.fullmatch(r"/d/(opd-[a-z]+)(\?var-site=\{\{ \$labels\.site \}\})?", path), path
    assert path.split("/")[2].split("?")[0] in DASHBOARDS
    expected = "{{ $labels.about }}" if alert.name == "OPDOperatorNotice" else alert.name
    assert alert.annotations["runbook_url"] == f"{{{{ $externalLabels.exporter_url }}}}/runbooks/{expected}"


@ALERTS
def test_an_alert_has_a_runbook_and_a_test(alert: Alert) -> None:
    """A runbook with the four headings in order, and a promtool file that names the alert."""
    runbook = (RUNBOOKS / f"{alert.name}.md").read_text()
    assert runbook.startswith(f"# {alert.name}")
    assert re.findall(r"^## .*$", runbook, re.MULTILINE) == HEADINGS
    assert f'alertname="{alert.name}"' in (REPOSITORY / "tests" / "rules" / f"{alert.name}.yml").read_text()


def test_no_runbook_or_test_is_left_over() -> None:
    """Files of alerts that are gone are gone too."""
    names = {alert.name for alert in alerts()}
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == names
    assert {path.stem for path in (REPOSITORY / "tests" / "rules").glob("*.yml")} == names


def test_runbooks_link_to_files_that_exist() -> None:
    """Relative links in runbooks lead somewhere."""
    for runbook in RUNBOOKS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", runbook.read_text()):
            assert (runbook.parent / target).exists(), f"{runbook.name}: {target}"


def test_every_metric_in_the_rules_exists() -> None:
    """Each name in an expression or in a query of an annotation is in the catalog, recorded, or of the programs."""
    unknown = all_metrics() - set(CATALOG) - recorded() - foreign_metrics() - {"ALERTS", "ALERTS_FOR_STATE"}
    assert unknown == set()
    assert {"opd_site_status", "opd_site_evidence_info", "opd_fleet_sites"} <= all_metrics()


def test_mails_use_the_words_of_the_pages() -> None:
    """Labels of reasons, statuses and causes in the mails are those of wording.py, for every member."""
    words = (TEMPLATES / "words.tmpl").read_text()
    for member, label in (*REASON_LABELS.items(), *STATUS_LABELS.items(), *KENDALA_LABELS.items()):
        if member is Status.PENDING:  # what stands where nothing else fits
            assert f"else }}}}{label}{{{{ end }}}}" in words
            continue
        assert re.search(rf'if eq \. "{member}" }}}}{re.escape(label)}\s*\{{\{{', words), f"{member}: {label}"
    assert len(REASON_LABELS) == len(Reason)
    assert len(KENDALA_LABELS) == len(Kendala)


def test_every_reason_has_a_next_step() -> None:
    """Whatever the reason, also none, the mail says politely what to do."""
    text = "".join(
        f'{reason}|{{{{ template "opd.steps" "{reason}" }}}}|{{{{ template "opd.reason" "{reason}" }}}}\n'
        for reason in (*Reason, "")
    )
    result = run_tool("amtool", "template", "render", f"--template.glob={TEMPLATES}/*.tmpl", f"--template.text={text}")
    assert result.returncode == 0, result.stdout
    lines = result.stdout.strip().splitlines()
    assert len(lines) == len(Reason) + 1
    for line in lines:
        reason, step, label = line.split("|")
        assert re.search(r"\b[Mm]ohon\b", step), reason
        assert label.strip(), reason
        assert "_" not in label


def test_mails_blame_nobody() -> None:
    """No word of blame in any template, rule or runbook, and a compromise never "returns to normal"."""
    blame = re.compile(r"\b(lalai|salah anda|kesalahan operator|gagal memenuhi|teguran|ditegur|malas)\b", re.IGNORECASE)
    for path in (*TEMPLATES.glob("*.tmpl"), *(PROMETHEUS / "rules").glob("*.yml"), *RUNBOOKS.glob("*.md")):
        assert not blame.search(path.read_text()), path.name
