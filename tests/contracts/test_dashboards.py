"""The committed dashboards: what Grafana, the wall and the contract ask of each of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import combinations

import pytest

from opd_exporter.catalog import CATALOG, LABEL_VALUES, PUBLISHING_WINDOWS, UPTIME_WINDOWS
from opd_exporter.models import Reason, Status
from opd_exporter.wording import STATUS_COLOURS
from support.boards import (
    BOARD_UIDS,
    BOARDS,
    DASHBOARDS,
    GRAFANA,
    KNOWN_METRICS,
    Panel,
    all_links,
    load,
    metrics_in,
    panels_of,
    selectors_in,
)
from support.tools import PROMETHEUS, REPOSITORY

SOURCE = {"type": "prometheus", "uid": "prometheus"}
PANELS = [pytest.param(panel, id=panel.name) for panel in panels_of(*BOARDS)]
DATA_PANELS = [pytest.param(panel, id=panel.name) for panel in panels_of(*BOARDS) if panel.data["type"] != "text"]


def test_json_is_what_the_code_writes(tmp_path):
    """The committed files are those that ``python grafana/build`` writes now."""
    subprocess.run([sys.executable, GRAFANA / "build", tmp_path], check=True, capture_output=True, timeout=60)
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_text() for path in DASHBOARDS.glob("*.json")}


def test_uids_are_those_of_the_contract():
    """Mails and other people's links name these five uids."""
    assert {board["uid"] for board in BOARDS} == set(BOARD_UIDS)
    assert {path.stem for path in DASHBOARDS.iterdir()} == set(BOARD_UIDS)


@pytest.mark.parametrize("uid", BOARD_UIDS)
def test_board_is_classic_and_portable(uid):
    """Schema 42 without an id, an input or a data source variable, in WIB, not editable."""
    board = load(uid)
    text = json.dumps(board)
    assert board["schemaVersion"] == 42
    assert board["id"] is None
    assert board["timezone"] == "Asia/Jakarta"
    assert board["editable"] is False
    assert not re.search(r"\$\{DS_|__inputs|__requires", text)
    assert '"placement"' not in "".join(json.dumps(link) for link in all_links(board))


@pytest.mark.parametrize("uid", BOARD_UIDS)
def test_panels_stand_on_the_grid(uid):
    """Ids are unique, panels lie inside 24 columns and never on one another, and the board has no hole at its top."""
    board = load(uid)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(p["x"] >= 0 and p["x"] + p["w"] <= 24 and p["h"] > 0 for p in places)
    assert min(p["y"] for p in places) == 0
    for a, b in combinations(places, 2):
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"], (a, b)


@pytest.mark.parametrize("panel", PANELS)
def test_panel_explains_itself(panel: Panel):
    """Every panel has an Indonesian description, and a title unless its values carry their own words."""
    assert len(panel.data.get("description", "")) > 20
    words = f"{panel.data['title']} {panel.data['description']}"
    assert not re.search(r"\b(the|of|and|with|for|by|last|status|reason|days?)\b", words, re.IGNORECASE)
    if panel.uid != "opd-wall":
        assert panel.data["title"]


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_panel_names_its_data_source(panel: Panel):
    """The data source stands on the panel and on each target; targets have their own letters."""
    assert panel.data["datasource"] == SOURCE
    assert all(target["datasource"] == SOURCE for target in panel.targets)
    letters = [target["refId"] for target in panel.targets]
    assert letters
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_panel_says_when_there_is_nothing(panel: Panel):
    """An explicit text for no data, and a mapping for null: nothing is ever shown as 0 or left blank."""
    defaults = panel.data["fieldConfig"]["defaults"]
    assert defaults["noValue"] in {"Tidak ada data", "–"}
    specials = [mapping for mapping in defaults["mappings"] if mapping["type"] == "special"]
    assert [mapping["options"]["match"] for mapping in specials] == ["null+nan"]


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_panel_has_units(panel: Panel):
    """A unit for the panel, or for every number column of a table."""
    defaults, overrides = panel.data["fieldConfig"]["defaults"], panel.data["fieldConfig"]["overrides"]
    if panel.data["type"] != "table":
        assert defaults["unit"]
        return
    organize = next(step for step in panel.data["transformations"] if step["id"] == "organize")["options"]
    numbers = {title for source, title in organize["renameByName"].items() if source.startswith("Value")}
    for title in numbers:
        found = next(entry for entry in overrides if entry["matcher"]["options"] == title)
        assert {prop["id"] for prop in found["properties"]} & {"unit", "mappings", "decimals"}, title


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_state_now_is_asked_as_an_instant(panel: Panel):
    """Instant queries are reduced by ``last``, never by ``lastNotNull``; a gap in a graph stays a gap."""
    assert "lastNotNull" not in json.dumps(panel.data["options"])
    kind = panel.data["type"]
    if kind in {"stat", "table", "bargauge"}:
        assert all(target["instant"] is True and not target.get("range") for target in panel.targets)
    else:
        assert all(target["range"] is True and not target.get("instant") for target in panel.targets)
        assert panel.data["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_queries_ask_for_known_metrics(panel: Panel):
    """Every metric of every query is in the catalogue, a recording rule, or of a program that is scraped."""
    for target in panel.targets:
        unknown = metrics_in(target["expr"]) - KNOWN_METRICS
        assert not unknown, (unknown, target["expr"])


@pytest.mark.parametrize("panel", DATA_PANELS)
def test_queries_ask_for_known_label_values(panel: Panel):
    """A misspelt status, reason or window would be an empty panel for ever."""
    known = {label: set(values) for label, values in LABEL_VALUES.items()}
    for target in panel.targets:
        for metric, label, _operator, value in selectors_in(target["expr"]):
            if metric not in CATALOG or value.startswith("$"):
                continue
            assert label in CATALOG[metric].labels, (metric, label)
            windows = {"opd_site_uptime_ratio": UPTIME_WINDOWS, "opd_site_publishing_dates": PUBLISHING_WINDOWS}
            allowed = set(windows.get(metric, ())) if label == "window" else known.get(label)
            if allowed:
                assert set(value.split("|")) <= allowed, (metric, label, value)


def test_wall_is_one_screen():
    """24 x 27 cells, only stats, no variable, no time picker, no links to click."""
    wall = load("opd-wall")
    assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in wall["panels"]) <= 27
    assert {panel["type"] for panel in wall["panels"]} == {"stat"}
    assert wall["templating"]["list"] == []
    assert wall["timepicker"]["hidden"] is True
    assert wall["links"] == []


def test_wall_is_read_from_five_metres():
    """Headlines are at least 96 pixels tall, the lines of troubles 64."""
    sizes = {panel["id"]: panel["options"]["text"]["valueSize"] for panel in load("opd-wall")["panels"]}
    assert min(sizes[1], sizes[2], sizes[3]) >= 96
    assert sizes[4] >= 64


def test_wall_is_grey_without_a_fresh_probe():
    """Each panel but the monitor's own asks whether anything was probed lately; its lowest colour is no good news."""
    wall = load("opd-wall")
    green = STATUS_COLOURS[Status.ACTIVE]
    for panel in wall["panels"][:-1]:
        assert all("opd_site_last_probe_timestamp_seconds) < 600" in target["expr"] for target in panel["targets"])
        lowest = panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]
        assert lowest["value"] is None
        assert lowest["color"] != green


def test_wall_says_every_reason_in_few_words():
    """All 35 reasons are translated on the wall, each in at most 24 letters beside a name."""
    trouble = load("opd-wall")["panels"][3]["targets"][0]["expr"]
    texts = dict(re.findall(r'"reason", "([^"]+)", "reason", "(\w+)"', trouble))
    assert set(texts.values()) == set(Reason)
    assert max(map(len, texts)) <= 24


@pytest.mark.parametrize("uid", ["opd-wall", "opd-fleet", "opd-site"])
def test_every_status_has_its_word_and_colour(uid):
    """The eight statuses appear with the contract's colours, never as a bare number."""
    text = json.dumps(load(uid))
    for status in Status:
        assert STATUS_COLOURS[status] in text


def test_links_lead_to_boards_and_variables_that_exist():
    """Links between boards name an existing uid and, with var-, a variable of that board."""
    for board in BOARDS:
        for link in all_links(board):
            found = re.match(r"/d/([\w-]+)(?:\?(.*))?$", link["url"])
            if not found:
                continue
            assert found[1] in BOARD_UIDS
            variables = {variable["name"] for variable in load(found[1])["templating"]["list"]}
            assert set(re.findall(r"var-(\w+)=", found[2] or "")) <= variables


def test_runbook_links_name_alerts_with_a_runbook():
    """Every guide that a board links to is an alert of the rules and a file of docs/runbooks."""
    alerts = set(re.findall(r"- alert: (\w+)", "".join(p.read_text() for p in (PROMETHEUS / "rules").glob("*.yml"))))
    named = {name for board in BOARDS for name in re.findall(r"/runbooks/(\w+)", json.dumps(board))}
    assert named
    assert named <= alerts
    assert all((REPOSITORY / "docs/runbooks" / f"{name}.md").exists() for name in named)
