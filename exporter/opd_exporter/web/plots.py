"""Inline SVG: drawn on the server, coloured by the style sheet, readable without it through titles and tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from opd_exporter.clock import as_datetime
from opd_exporter.wording import (
    format_day,
    format_duration,
    format_percent,
    format_seconds,
    status_label,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from opd_exporter.models import Status
    from opd_exporter.store import Change, DaySums
    from opd_exporter.web.summary import Summary

WIDTH = 720
_TOP = 22


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with one status."""

    status: Status
    start: float
    end: float


def status_spans(changes: Sequence[Change], start: float, end: float) -> list[Span]:
    """``changes`` (oldest first) as stretches within ``[start, end]``; time before the first one is left out."""
    spans = []
    for index, change in enumerate(changes):
        until = changes[index + 1].at if index + 1 < len(changes) else end
        begin, finish = max(change.at, start), min(until, end)
        if finish > begin:
            spans.append(Span(change.status, begin, finish))
    return spans


def fleet_bar(summary: Summary) -> Markup:
    """The fleet as one bar of statuses."""
    parts, x = [], 0.0
    for status, count in summary.counts.items():
        if count:
            width = count / max(1, summary.total) * WIDTH
            label = f"{status_label(status)}: {count}"
            parts.append(
                f'<rect class="f-{status}" x="{x:.1f}" y="0" width="{width:.1f}" height="16">'
                f"<title>{label}</title></rect>"
            )
            x += width
    words = ", ".join(f"{status_label(s)} {count}" for s, count in summary.counts.items() if count)
    return _svg(16, f"Komposisi status: {words or 'belum ada website'}", parts, css="bar", stretch=True)


def timeline(spans: Sequence[Span], start: float, end: float, zone: tzinfo) -> Markup:
    """A strip of statuses over time, with the dates of both ends."""
    parts = ['<rect class="void" x="0" y="0" width="720" height="28"/>']
    length = max(1.0, end - start)
    for span in spans:
        x = (span.start - start) / length * WIDTH
        width = max(1.5, (span.end - span.start) / length * WIDTH)
        label = (
            f"{status_label(span.status)}: {format_day(as_datetime(span.start, zone))}, "
            f"selama {format_duration(span.end - span.start)}"
        )
        parts.append(
            f'<rect class="f-{span.status}" x="{x:.1f}" y="0" width="{width:.1f}" height="28">'
            f"<title>{label}</title></rect>"
        )
    first, last = (format_day(as_datetime(moment, zone)) for moment in (start, end))
    return _svg(28, f"Riwayat status dari {first} sampai {last}", parts, css="plot strip", stretch=True)


def uptime_plot(days: Sequence[DaySums], first: date, last: date) -> Markup:
    """One bar per day: the readable share of what is known; days without a record stay empty."""
    height, floor = 200, 198
    by_day = {day.day: day for day in days}
    count = (last - first).days + 1
    step = WIDTH / count
    parts: list[str] = []
    for index in range(count):
        date_of_bar = first + timedelta(days=index)
        x = index * step
        sums = by_day.get(date_of_bar)
        known = sums.up + sums.down if sums is not None else 0
        if sums is None or not known:
            parts.append(
                f'<rect class="void" x="{x + 1:.1f}" y="{_TOP}" width="{step - 2:.1f}" height="{floor - _TOP}">'
                f"<title>{format_day(date_of_bar)}: tidak ada data</title></rect>"
            )
            continue
        ratio = sums.up / known
        top = floor - max(0.02, ratio) * (floor - _TOP)
        kind = "f-active" if ratio >= 0.99 else "f-late" if ratio >= 0.9 else "f-down"
        parts.append(
            f'<rect class="{kind}" x="{x + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" height="{floor - top:.1f}">'
            f"<title>{format_day(date_of_bar)}: {format_percent(ratio)}</title></rect>"
        )
    parts += _grid(((0.0, ""), (0.5, ""), (1.0, "100 %")), floor)
    return _svg(height, f"Ketersediaan per hari, {format_day(first)} sampai {format_day(last)}", parts)


def response_plot(days: Sequence[DaySums], first: date, last: date, slow_after: float) -> Markup:
    """Mean (line) and slowest (dots) response time of each day, with the limit above which a site counts as slow."""
    height, floor = 200, 198
    known = [day for day in days if day.response_count]
    top_value = max([day.response_seconds_max for day in known] + [slow_after * 1.1, 0.1])
    count = max(1, (last - first).days)
    parts = _grid(((0.0, ""), (0.5, format_seconds(top_value / 2)), (1.0, format_seconds(top_value))), floor)

    def place(day: date, seconds: float) -> tuple[float, float]:
        x = 8 + (day - first).days / count * (WIDTH - 16)
        return x, floor - min(1.0, seconds / top_value) * (floor - _TOP)

    limit = floor - slow_after / top_value * (floor - _TOP)
    parts.append(f'<line class="limit" x1="0" x2="{WIDTH}" y1="{limit:.1f}" y2="{limit:.1f}"/>')
    previous: DaySums | None = None
    for day in known:
        mean = day.response_seconds_sum / day.response_count
        x, y = place(day.day, mean)
        _, slowest = place(day.day, day.response_seconds_max)
        longest = format_seconds(day.response_seconds_max)
        label = f"{format_day(day.day)}: rata-rata {format_seconds(mean)}, terlama {longest}"
        if previous is not None and (day.day - previous.day).days == 1:  # a gap in the record stays a gap
            x0, y0 = place(previous.day, previous.response_seconds_sum / previous.response_count)
            parts.append(f'<line class="mean" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<circle class="slowest" cx="{x:.1f}" cy="{slowest:.1f}" r="2.5"><title>{label}</title></circle>')
        parts.append(f'<circle class="mean" cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{label}</title></circle>')
        previous = day
    return _svg(height, f"Waktu respons per hari, {format_day(first)} sampai {format_day(last)}", parts)


def _grid(lines: Sequence[tuple[float, str]], floor: int) -> list[str]:
    parts = []
    for share, label in lines:
        y = floor - share * (floor - _TOP)
        parts.append(
            f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="2" y="{y - 4:.1f}">{escape(label)}</text>'
        )
    return parts


def _svg(height: int, label: str, parts: Sequence[str], *, css: str = "plot", stretch: bool = False) -> Markup:
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    # Every part holds our own words and numbers only; nothing of a page gets here.
    return Markup(  # noqa: S704
        f'<svg class="{css}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}"{ratio}>'
        f"{''.join(parts)}</svg>"
    )
