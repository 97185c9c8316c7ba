"""The report as one page for the meeting: self-contained, without script, made for A4 and for screens."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from opd_exporter import __version__, clock, wording
from opd_exporter.models import Status
from opd_exporter.report import text
from opd_exporter.report.values import ACTIVE, NOT_ACTIVE, NOT_ASSESSABLE, ORDER, Turn

if TYPE_CHECKING:
    from opd_exporter.report.values import Report

LONGEST_OUTAGES = 40
"""Outages listed on the page; the workbook and the JSON hold all of them."""
CHANGES_LISTED = 8
"""Sites listed in all three boxes of changes, so that the summary stays on the first sheet; the tables hold all."""
BAR_WIDTH = 1000


@functools.cache
def style() -> str:
    """The page's own style sheet."""
    return resources.files("opd_exporter.report").joinpath("templates", "report.css").read_text("utf-8")


def content_security_policy() -> str:
    """A policy that allows the page exactly its own inline style sheet, for servers that forbid inline styles."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("opd_exporter.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "status": wording.status_label,
        "reason": wording.reason_label,
        "duty": wording.duty_label,
        "cadence": wording.cadence_label,
        "kendala": wording.kendala_label,
        "connection": wording.connection_label,
        "day": wording.format_day,
        "date": wording.format_date,
        "datetime": wording.format_datetime,
        "number": wording.format_number,
        "percent": wording.format_percent,
        "seconds": wording.format_seconds,
        "length_of": _length_of,
        "signed": lambda number: "tetap" if not number else f"{'+' if number > 0 else '−'}{abs(number)}",
    }
    return made


def _length_of(seconds: float) -> str:
    """``3 hari 4 jam``: the length of an outage, to the hour also when it took days."""
    days, rest = divmod(int(seconds), 86_400)
    if days < 2 or rest < 3600:
        return wording.format_duration(seconds)
    return f"{wording.format_number(days)} hari {rest // 3600} jam"


def share_lines(counts: list[int]) -> list[int]:
    """How many of each list to show in ``CHANGES_LISTED`` lines for all: short lists whole, long ones the rest."""
    shares = [0] * len(counts)
    left = CHANGES_LISTED
    for done, place in enumerate(sorted(range(len(counts)), key=lambda place: counts[place])):
        shares[place] = min(counts[place], left // (len(counts) - done))
        left -= shares[place]
    return shares


def write_html(report: Report) -> str:
    """The whole page."""
    bar = []
    place = 0.0
    for status in ORDER:
        count = report.summary.by_status[status]
        if count:
            width = BAR_WIDTH * count / report.summary.sites
            bar.append((status, count, round(place, 2), round(width, 2)))
            place += width
    outages = sorted(
        ((row, outage) for row in report.rows for outage in row.outages), key=lambda pair: -pair[1].seconds
    )
    turns = [[row for row in report.rows if row.turn is turn] for turn in (Turn.BETTER, Turn.WORSE, Turn.OTHER)]
    page = _environment().get_template("report.html")
    written = page.render(
        report=report,
        # The digest of the policy is that of the text between the tags, so nothing may be escaped in it.
        style=Markup(style()),  # noqa: S704 - our own file
        text=text,
        wording=wording,
        Status=Status,
        groups=(("Aktif", ACTIVE), ("Tidak aktif", NOT_ACTIVE), ("Tidak dapat dinilai", NOT_ASSESSABLE)),
        bar=bar,
        bar_width=BAR_WIDTH,
        outages=outages[:LONGEST_OUTAGES],
        outages_left=max(0, len(outages) - LONGEST_OUTAGES),
        outage_count=len(outages),
        better=turns[0],
        worse=turns[1],
        other=turns[2],
        listed=share_lines([len(rows) for rows in turns]),
        follow_up=[row for row in report.rows if row.status in NOT_ACTIVE or row.site.note.kendala],
        at=lambda timestamp: clock.as_datetime(timestamp, report.zone),
        version=__version__,
    )
    return written.encode("utf-8", "replace").decode()
