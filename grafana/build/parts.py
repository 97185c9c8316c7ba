"""Panels and boards in the house's style over the Grafana foundation SDK.

Every panel gets the data source on itself and on each target, an explicit text for "no data" and a description; the
SDK leaves all of these out unless they are set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import (
    common,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import text as text_model
from words import NEUTRAL, NO_DATA, QUIET, null_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SCHEMA_VERSION = 42
DATASOURCE = common_model.DataSourceRef(type_val="prometheus", uid="prometheus")
EXPORTER_URL = "http://localhost:19715"
"""Where people open the exporter's pages; grafana/entrypoint.sh puts OPD_EXPORTER_URL in its place at start."""
TAG = "opd"

Panel = Any
"""A panel builder of the SDK: each kind of panel has a class of its own, without a common base for setters."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel: ``instant`` for the state now, otherwise over the board's time range."""

    expr: str
    legend: str = ""
    instant: bool = True
    table: bool = False


def over_time(expr: str, legend: str) -> Query:
    """A query over the board's time range."""
    return Query(expr, legend, instant=False)


def rows(expr: str) -> Query:
    """An instant query whose labels become columns."""
    return Query(expr, instant=True, table=True)


def prop(name: str, value: Any) -> model.DynamicConfigValue:
    """One property of a field override."""
    return model.DynamicConfigValue(id_val=name, value=value)


def fixed(colour: str) -> dict[str, str]:
    """The value of the override property ``color``."""
    return {"mode": "fixed", "fixedColor": colour}


def steps(*pairs: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    """Thresholds: (from this value on, colour); the first has no value."""
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=value, color=colour) for value, colour in pairs])
    )


def steps_value(*pairs: tuple[float | None, str]) -> dict[str, Any]:
    """The same as the value of the override property ``thresholds``."""
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in pairs]}


def link(title: str, url: str, *, new_tab: bool = False) -> dict[str, Any]:
    """A link of a field or a panel."""
    return {"title": title, "url": url, "targetBlank": new_tab}


def _prepare(panel: Panel, title: str, description: str, queries: Sequence[Query], unit: str | None) -> Panel:
    panel.title(title).description(description).datasource(DATASOURCE)
    for place, query in enumerate(queries):
        target = (
            prometheus.Dataquery()
            .expr(query.expr)
            .legend_format(query.legend or "__auto")
            .ref_id(_ref(place))
            .datasource(DATASOURCE)
            .editor_mode("code")
        )
        target = target.instant() if query.instant else target.range()
        target.format("table" if query.table else "time_series")
        panel.with_target(target)
    panel.no_value(NO_DATA)
    if unit is not None:
        panel.unit(unit)
    return panel


def _ref(place: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]


def stat_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str = "none",
    mode: str = "background_solid",
    text_mode: str = "auto",
    value_size: float | None = None,
    title_size: float | None = None,
    thresholds: dashboard.ThresholdsConfig | None = None,
    mappings: Sequence[Any] = (),
    calc: str = "last",
    per_row: str | None = None,
    orientation: str = "auto",
    justify: str = "auto",
    wide: bool = False,
    decimals: int | None = None,
    no_value: str = NO_DATA,
) -> Panel:
    """Big values; ``per_row`` shows each row of that field as one value (queries made by ``rows``)."""
    reduce = common.ReduceDataOptions().calcs([calc])
    if per_row:
        reduce.values(True).fields(per_row).limit(100)
    else:
        reduce.values(False).fields("")
    panel = (
        stat.Panel()
        .reduce_options(reduce)
        .color_mode(common_model.BigValueColorMode(mode))
        .text_mode(common_model.BigValueTextMode(text_mode))
        .graph_mode(common_model.BigValueGraphMode.NONE)
        .justify_mode(common_model.BigValueJustifyMode(justify))
        .orientation(common_model.VizOrientation(orientation))
        .wide_layout(wide)
        .mappings([*mappings, null_mapping(no_value, NEUTRAL)])
        .thresholds(thresholds or steps((None, NEUTRAL)))
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
    )
    if value_size or title_size:
        sizes = common.VizTextDisplayOptions()
        if title_size:
            sizes.title_size(title_size)
        if value_size:
            sizes.value_size(value_size)
        panel.text(sizes)
    if decimals is not None:
        panel.decimals(decimals)
    return _prepare(panel, title, description, queries, unit).no_value(no_value)


def graph_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str,
    stacked: bool = False,
    legend: str = "list",
    calcs: Sequence[str] = (),
    minimum: float | None = 0,
    maximum: float | None = None,
    draw: str = "line",
    decimals: int | None = None,
) -> Panel:
    """Lines over time; a hole in the data stays a hole."""
    panel = (
        timeseries.Panel()
        .draw_style(common_model.GraphDrawStyle(draw))
        .line_width(1 if stacked else 2)
        .fill_opacity(75 if stacked else 100 if draw == "bars" else 8)
        .line_interpolation(
            common_model.LineInterpolation.STEP_AFTER if stacked else common_model.LineInterpolation.LINEAR
        )
        .show_points(common_model.VisibilityMode.NEVER if draw != "points" else common_model.VisibilityMode.ALWAYS)
        .point_size(7)
        .span_nulls(False)
        .axis_border_show(False)
        .stacking(
            common.StackingConfig().mode(
                common_model.StackingMode.NORMAL if stacked else common_model.StackingMode.NONE
            )
        )
        .legend(
            common.VizLegendOptions()
            .show_legend(legend != "hidden")
            .display_mode(common_model.LegendDisplayMode(legend))
            .placement(common_model.LegendPlacement.BOTTOM)
            .calcs(list(calcs))
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_model.TooltipDisplayMode.MULTI)
            .sort(common_model.SortOrder.DESCENDING)
        )
        .mappings([null_mapping()])
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC))
    )
    if minimum is not None:
        panel.min(minimum)
    if maximum is not None:
        panel.max(maximum)
    if decimals is not None:
        panel.decimals(decimals)
    return _prepare(panel, title, description, queries, unit)


def timeline_panel(
    title: str, description: str, queries: Sequence[Query], *, mappings: Sequence[Any], row_height: float = 0.85
) -> Panel:
    """States over time, one band per series."""
    panel = (
        statetimeline.Panel()
        .merge_values(True)
        .show_value(common_model.VisibilityMode.NEVER)
        .row_height(row_height)
        .per_page(40)
        .fill_opacity(90)
        .line_width(0)
        .span_nulls(False)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(common_model.LegendDisplayMode.LIST)
            .placement(common_model.LegendPlacement.BOTTOM)
        )
        .tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.SINGLE))
        .mappings([*mappings, null_mapping(NO_DATA, NEUTRAL)])
        .thresholds(steps((None, NEUTRAL)))
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
    )
    return _prepare(panel, title, description, queries, "none")


_CELLS: dict[str, dict[str, str]] = {
    "background": {"type": "color-background", "mode": "basic"},
    "text": {"type": "color-text"},
    "gauge": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
}


_NULL_COLOURS = {"background": QUIET, "text": NEUTRAL}
"""What is not known stands back instead of taking the lowest threshold's colour."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: the field it is made of, its heading and how its cells look."""

    source: str
    title: str
    width: int | None = None
    unit: str | None = None
    decimals: int | None = None
    mappings: tuple[Any, ...] = ()
    look: str | None = None
    """``background`` or ``text``: cells take the colour of their mapping or threshold; ``gauge``: a bar."""
    thresholds: dict[str, Any] | None = None
    links: tuple[dict[str, Any], ...] = ()
    align: str | None = None
    gauge: tuple[float, float] | None = None
    """The ends of the bar."""

    def properties(self) -> list[model.DynamicConfigValue]:
        """The column as field overrides."""
        simple = (
            ("custom.width", self.width),
            ("custom.align", self.align),
            ("unit", self.unit),
            ("decimals", self.decimals),
            ("mappings", [*self.mappings, null_mapping(colour=_NULL_COLOURS.get(self.look or ""))]),
            ("custom.cellOptions", _CELLS.get(self.look or "")),
            ("min", self.gauge[0] if self.gauge else None),
            ("max", self.gauge[1] if self.gauge else None),
            ("thresholds", self.thresholds),
            ("color", {"mode": "thresholds"} if self.thresholds else None),
            ("links", list(self.links) or None),
        )
        return [prop(name, value) for name, value in simple if value is not None]


def table_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    columns: Sequence[Column],
    *,
    hide: Sequence[str] = (),
    sort_by: str | None = None,
    descending: bool = False,
    cell_height: str = "sm",
) -> Panel:
    """A table whose rows are merged from several instant queries over their common labels."""
    names = {column.source: column.title for column in columns}
    order = {column.source: place for place, column in enumerate(columns)}
    panel = (
        table.Panel()
        .show_header(True)
        .cell_height(common_model.TableCellHeight(cell_height))
        .mappings([null_mapping()])
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
        .thresholds(steps((None, "text")))
    )
    if len(queries) > 1:
        panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    panel.with_transformation(
        model.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": dict.fromkeys(("Time", *hide), True),
                "indexByName": order,
                "renameByName": names,
            },
        )
    )
    for column in columns:
        if properties := column.properties():
            panel.override_by_name(column.title, properties)
    if sort_by:
        panel.sort_by([common.TableSortByFieldState().display_name(sort_by).desc(descending)])
    return _prepare(panel, title, description, queries, None)


def note_panel(title: str, description: str, content: str) -> Panel:
    """Markdown."""
    panel = text.Panel().mode(text_model.TextMode.MARKDOWN).content(content)
    return panel.title(title).description(description).datasource(DATASOURCE)


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
