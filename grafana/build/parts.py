"""Queries and panels in the house's style over the Grafana foundation SDK.

Every panel gets the data source on itself and on each target, an explicit text for "no data" and a description; the
SDK leaves all of these out unless they are set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import (
    common,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    text,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import text as text_model
from words import NEUTRAL, NO_DATA, null_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

DATASOURCE = common_model.DataSourceRef(type_val="prometheus", uid="prometheus")
EXPORTER_URL = "http://localhost:19715"
"""Where people open the exporter's pages; grafana/entrypoint.sh puts OPD_EXPORTER_URL in its place at start."""

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


def prepare(panel: Panel, title: str, description: str, queries: Sequence[Query], unit: str | None) -> Panel:
    """Give ``panel`` what every panel carries: its words, the data source, the queries and a text for no data."""
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
    return prepare(panel, title, description, queries, unit).no_value(no_value)


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
    return prepare(panel, title, description, queries, unit)


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
    return prepare(panel, title, description, queries, "none")


def note_panel(title: str, description: str, content: str) -> Panel:
    """Markdown."""
    panel = text.Panel().mode(text_model.TextMode.MARKDOWN).content(content)
    return panel.title(title).description(description).datasource(DATASOURCE)
