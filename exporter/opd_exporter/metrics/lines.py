"""Sample lines as bytes: escaped labels, bounded texts, numbers as Prometheus reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opd_exporter.catalog import Metric

LABEL_VALUE_LENGTH = 200
"""Longest label value: the registry is trusted, but a series name of kilobytes would not be."""
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_NOT_KIND = re.compile(r"[^a-z0-9_]+")


def printable(text: str, length: int) -> str:
    """``text`` on one line, without control or invisible characters, at most ``length`` characters."""
    # A hostile page may send megabytes: cut before looking at each character.
    clean = "".join(char if char.isprintable() else " " for char in text[: length * 4])
    return " ".join(clean.split())[:length].rstrip()


def kind_word(text: str) -> str:
    """The kind of a piece of evidence as a short snake_case word."""
    return _NOT_KIND.sub("_", text[:64].lower()).strip("_")[:32] or "other"


def label_value(text: str, length: int = LABEL_VALUE_LENGTH) -> str:
    """``text`` bounded, printable and escaped, to stand between the quotes of a label."""
    return printable(text, length).translate(_ESCAPES)


def number(value: float) -> str:
    """``value`` as a sample value: integers without a fraction, others to the microsecond."""
    if isinstance(value, int):
        return str(value)
    rounded = round(value, 6)
    return str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)


def header(metric: Metric, *, openmetrics: bool) -> bytes:
    """The ``HELP``, ``TYPE`` and (OpenMetrics only) ``UNIT`` lines of a family."""
    name = metric.family if openmetrics else metric.name
    text = f"# HELP {name} {metric.help}\n# TYPE {name} {metric.type}\n"
    if openmetrics and metric.unit:
        text += f"# UNIT {name} {metric.unit}\n"
    return text.encode()
