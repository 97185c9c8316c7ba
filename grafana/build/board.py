"""Boards and their variables in the house's style, written as classic JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from parts import DATASOURCE, Panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SCHEMA_VERSION = 42
TAG = "opd"


def constant(name: str, value: str) -> dashboard.ConstantVariable:
    """A hidden variable with a fixed value."""
    return dashboard.ConstantVariable(name).value(value)


def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> dashboard.CustomVariable:
    """A filter over a closed set: (value, text); all by default."""
    values = ",".join(f"{caption} : {value}" for value, caption in options)
    return (
        dashboard.CustomVariable(name)
        .label(label)
        .values(values)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(model.VariableOption(text=["Semua"], value=["$__all"], selected=True))
    )


def label_values(name: str, label: str, query: str, *, several: bool = True) -> dashboard.QueryVariable:
    """A filter over the values of a label, asked from Prometheus."""
    variable = (
        dashboard.QueryVariable(name)
        .label(label)
        .query({"query": query, "refId": f"variable-{name}"})
        .definition(query)
        .datasource(DATASOURCE)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
        .multi(several)
        .include_all(several)
    )
    if several:
        variable.all_value(".*").current(model.VariableOption(text=["Semua"], value=["$__all"], selected=True))
    return variable


@dataclass(slots=True)
class Board:
    """One dashboard that is being put together; panel ids count up in the order of adding."""

    uid: str
    title: str
    description: str
    since: str = "now-24h"
    refresh: str = "1m"
    variables: Sequence[Any] = ()
    wall: bool = False
    """No time picker and no links: a screen that nobody touches."""
    links: Sequence[dict[str, Any]] = ()
    panels: list[dict[str, Any]] = field(default_factory=list)

    def add(self, panel: Panel, x: int, y: int, w: int, h: int, *, links: Sequence[dict[str, Any]] = ()) -> None:
        """Place ``panel`` in the grid of 24 columns."""
        panel.id(len(self.panels) + 1).grid_pos(model.GridPos(x=x, y=y, w=w, h=h))
        data = _plain(panel.build())
        if links:
            data["links"] = list(links)
        self.panels.append(data)

    def heading(self, title: str, y: int) -> None:
        """A line of text that divides the board."""
        row = dashboard.Row(title).id(len(self.panels) + 1).grid_pos(model.GridPos(x=0, y=y, w=24, h=1))
        self.panels.append(_plain(row.build()))

    def data(self) -> dict[str, Any]:
        """The dashboard as classic JSON."""
        builder = (
            dashboard.Dashboard(self.title)
            .uid(self.uid)
            .description(self.description)
            .tags([TAG])
            .timezone("Asia/Jakarta")
            .week_start("monday")
            .readonly()
            .tooltip(model.DashboardCursorSync.CROSSHAIR)
            .time(self.since, "now")
            .refresh(self.refresh)
            .timepicker(dashboard.TimePicker().hidden(self.wall))
            .preload(False)
        )
        for variable in self.variables:
            builder.with_variable(variable)
        data = _plain(builder.build())
        data |= {"schemaVersion": SCHEMA_VERSION, "panels": self.panels, "version": 1, "id": None}
        data["links"] = [_board_link(entry) for entry in self.links]
        for part in ("annotations", "templating"):
            data.setdefault(part, {}).setdefault("list", [])
        return data

    def write(self, folder: Path) -> Path:
        """Write the JSON under the board's uid."""
        path = folder / f"{self.uid}.json"
        path.write_text(json.dumps(self.data(), indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        return path


def _board_link(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "asDropdown": False,
        "icon": "external link",
        "includeVars": False,
        "keepTime": False,
        "tags": [],
        "tooltip": entry["title"],
        "type": "link",
        **entry,
    }


def _plain(value: Any) -> Any:
    """The SDK's object as plain JSON, without what Grafana's schema does not know (``placement`` of links)."""
    return _strip(json.loads(json.dumps(value, cls=JSONEncoder)))


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(part) for key, part in value.items() if key != "placement" or "url" not in value}
    if isinstance(value, list):
        return [_strip(part) for part in value]
    return value
