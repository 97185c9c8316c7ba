"""Tables in the house's style: columns with headings, units, colours and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import common, dashboard, table
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from parts import Panel, Query, prepare, prop, steps
from words import NEUTRAL, QUIET, null_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    return prepare(panel, title, description, queries, None)
