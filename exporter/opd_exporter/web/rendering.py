"""Jinja2 with autoescape, and the Indonesian formats that templates use."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any

import jinja2

from opd_exporter import __version__, wording

STATIC = {"style.css": "text/css", "app.js": "text/javascript", "icon.svg": "image/svg+xml", "bar.css": "text/css"}


@functools.cache
def static_file(name: str) -> bytes:
    """The bytes of one of ``STATIC``."""
    return resources.files("opd_exporter.web").joinpath("static", name).read_bytes()


@functools.cache
def static_url(name: str) -> str:
    """Its address, which changes with its content, so that browsers may keep it for ever."""
    digest = hashlib.sha256(static_file(name)).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@functools.cache
def environment() -> jinja2.Environment:
    """Templates; an unknown name in one is an error, not an empty cell."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("opd_exporter.web", "templates"),
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
        "connection": wording.connection_label,
        "kendala": wording.kendala_label,
        "source": wording.source_label,
        "check": wording.check_label,
        "evidence": wording.evidence_label,
        "place": wording.evidence_place,
        "said": lambda evidence: wording.evidence_text(evidence.kind, evidence.text),
        "technical": lambda evidence: wording.technical_detail(evidence.kind, evidence.text),
        "date": wording.format_date,
        "day": wording.format_day,
        "short_day": wording.format_short_day,
        "short_age": wording.format_short_age,
        "time": wording.format_time,
        "datetime": wording.format_datetime,
        "age": wording.format_age,
        "duration": wording.format_duration,
        "number": wording.format_number,
        "percent": wording.format_percent,
        "seconds": wording.format_seconds,
        "bytes": wording.format_bytes,
    }
    made.globals |= {"static_url": static_url, "version": __version__, "UNKNOWN": wording.UNKNOWN}
    return made


def render(template: str, **values: Any) -> str:
    """The page made of ``template``."""
    return environment().get_template(template).render(**values)
