"""The values that the invented history is written from: a site at a list of moments, and a metric family."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from opd_exporter.demo.timeline import Segment, Timeline

STATUSES = ("active", "late", "dormant", "undated", "down", "compromised", "blocked", "pending")

Value = float | int | None
Labels = dict[str, str]


class Past(NamedTuple):
    """What one chunk is written from: one site at the chunk's moments."""

    timeline: Timeline
    url: str | None
    times: Sequence[float]
    segments: Sequence[Segment]
    """The segment at each moment."""


class Family(NamedTuple):
    """One metric family: its name, its type and the series of one site."""

    name: str
    type: str
    series: Callable[[Past], Iterable[tuple[Labels, Sequence[Value]]]]
    suffix: str = ""
    """What a sample's name has beyond the family's."""
