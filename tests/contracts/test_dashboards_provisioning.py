"""Grafana's provisioning files, held against the keys that its documentation names."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import yaml

from support.boards import BOARD_UIDS, DASHBOARDS, GRAFANA
from support.tools import PROMETHEUS

DATASOURCE_KEYS = {
    *("name", "type", "access", "orgId", "uid", "url", "user", "database", "basicAuth", "basicAuthUser"),
    *("withCredentials", "isDefault", "jsonData", "secureJsonData", "version", "editable", "correlations"),
}
PROMETHEUS_KEYS = {"httpMethod", "timeInterval", "prometheusType", "prometheusVersion", "cacheLevel", "manageAlerts"}
PROVIDER_KEYS = {
    *("name", "orgId", "folder", "folderUid", "type", "disableDeletion", "updateIntervalSeconds"),
    *("allowUiUpdates", "options"),
}


def read(name: str) -> dict:
    """A provisioning file."""
    return yaml.safe_load((GRAFANA / "provisioning" / name).read_text(encoding="utf-8"))


def test_data_source_has_known_keys_and_the_pinned_uid():
    """The data source is the one that every panel names, cannot be edited, and knows the scrape interval."""
    document = read("datasources/prometheus.yml")
    assert document["apiVersion"] == 1
    (source,) = document["datasources"]
    assert set(source) <= DATASOURCE_KEYS
    assert set(source["jsonData"]) <= PROMETHEUS_KEYS
    assert (source["uid"], source["type"], source["editable"], source["isDefault"]) == (
        "prometheus",
        "prometheus",
        False,
        True,
    )
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == scraped


def test_provider_keeps_the_files_the_truth():
    """Dashboards come from one folder, cannot be deleted or saved in the browser, and land in the folder OPD."""
    (provider,) = read("dashboards/opd.yml")["providers"]
    assert set(provider) <= PROVIDER_KEYS
    assert (provider["folder"], provider["type"]) == ("OPD", "file")
    assert provider["folderUid"]
    assert provider["disableDeletion"] is True
    assert provider["allowUiUpdates"] is False


def start(tmp_path, url: str) -> subprocess.CompletedProcess[str]:
    """Run the entrypoint with a program that ends at once in Grafana's place."""
    return subprocess.run(
        [GRAFANA / "entrypoint.sh"],
        env={
            "PATH": os.environ["PATH"],
            "OPD_DASHBOARDS": str(DASHBOARDS),
            "OPD_DASHBOARDS_TARGET": str(tmp_path / "boards"),
            "OPD_GRAFANA": "/bin/true",
            "OPD_EXPORTER_URL": url,
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_entrypoint_fills_in_the_exporters_address(tmp_path):
    """Grafana gets every dashboard, with the address under which people open the exporter's pages."""
    assert start(tmp_path, "https://monitor.example.go.id/").returncode == 0
    boards = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "boards").iterdir()}
    assert set(boards) == set(BOARD_UIDS)
    text = json.dumps(boards)
    assert "localhost:19715" not in text
    (constant,) = [entry for entry in boards["opd-fleet"]["templating"]["list"] if entry["name"] == "exporter"]
    assert constant["query"] == "https://monitor.example.go.id"


@pytest.mark.parametrize(
    "url", ["monitor.example.go.id", "https://x|e touch /tmp/x", 'http://a"b', "javascript:alert(1)"]
)
def test_entrypoint_refuses_what_is_no_address(tmp_path, url):
    """A value that would break the JSON, or the script, stops the start with a word about it."""
    done = start(tmp_path, url)
    assert done.returncode == 2
    assert "OPD_EXPORTER_URL" in done.stderr
    assert not (tmp_path / "boards").exists()
