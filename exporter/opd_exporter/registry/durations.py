"""Durations as Prometheus writes them: ``60s``, ``15m``, ``10d``, ``1h30m``."""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"(?:([0-9]{1,9})y)?(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?"
    r"(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?"
)
_UNITS = (("y", 365 * 86_400.0), ("w", 7 * 86_400.0), ("d", 86_400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0))


def parse_duration(text: str) -> float | None:
    """Seconds of ``text``; ``None`` when it is no duration. ``0`` needs no unit."""
    if text == "0":
        return 0.0
    found = _DURATION.fullmatch(text)
    if found is None or not text:
        return None
    seconds = sum(int(digits) * size for digits, (_, size) in zip(found.groups(), _UNITS, strict=False) if digits)
    return seconds + int(found[7] or 0) / 1000


def format_duration(seconds: float) -> str:
    """The shortest way to write ``seconds`` that ``parse_duration`` reads back (to the millisecond)."""
    thousandths = round(seconds * 1000)
    text = ""
    for unit, size in _UNITS[2:]:
        count, thousandths = divmod(thousandths, int(size * 1000))
        text += f"{count}{unit}" if count else ""
    return text + (f"{thousandths}ms" if thousandths else "") or "0s"
