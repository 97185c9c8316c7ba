"""Dates, times, durations, ages and numbers as Indonesian readers write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTH_NAMES = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ZONE_NAMES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT", timedelta(0): "UTC"}
_MINUTE = 60
_HOUR = 3_600
_DAY = 86_400


def zone_label(moment: datetime) -> str:
    """``WIB``, ``WITA`` or ``WIT`` for an aware ``moment`` in Indonesia; ``UTC+05:30`` and the like elsewhere."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time without a zone cannot be shown: attach the site's zone first")
    if offset in _ZONE_NAMES:
        return _ZONE_NAMES[offset]
    minutes = int(offset.total_seconds() // _MINUTE)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def format_date(day: date) -> str:
    """``Rabu, 18 November 2020`` (of a datetime: the day in its own zone)."""
    return f"{DAY_NAMES[day.weekday()]}, {format_day(day)}"


def format_day(day: date) -> str:
    """``18 November 2020``, where the weekday would only fill the cell."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def format_short_day(day: date) -> str:
    """``18 Nov 2020``, for narrow columns."""
    return f"{day.day} {MONTH_NAMES[day.month - 1][:3]} {day.year}"


def format_month(day: date) -> str:
    """``November 2020``."""
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


def format_time(moment: datetime) -> str:
    """``18.57 WIB``; ``moment`` is aware and already in the zone to be shown."""
    return f"{moment:%H.%M} {zone_label(moment)}"


def format_datetime(moment: datetime) -> str:
    """``Rabu, 18 November 2020 18.57 WIB``."""
    return f"{format_date(moment)} {format_time(moment)}"


def format_duration(seconds: float) -> str:
    """``45 detik``, ``5 menit``, ``2 jam 5 menit``, ``1 hari 4 jam``, ``12 hari``: the two largest units that matter.

    Parts are cut, not rounded, so that "2 hari" never stands for less than two days.
    """
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} detik" if whole else "kurang dari 1 detik"
    if whole < _HOUR:
        return f"{whole // _MINUTE} menit"
    if whole < _DAY:
        return _join(whole // _HOUR, "jam", whole % _HOUR // _MINUTE, "menit")
    days = whole // _DAY
    if days < 2:
        return _join(days, "hari", whole % _DAY // _HOUR, "jam")
    return f"{format_number(days)} hari"


def format_age(seconds: float) -> str:
    """``baru saja`` within the last minute, else ``12 hari lalu``."""
    return "baru saja" if seconds < _MINUTE else f"{format_duration(seconds)} lalu"


def format_short_age(seconds: float) -> str:
    """``19 jam lalu``: one unit only, for tables that show the time itself beside it."""
    for unit, length in (("hari", _DAY), ("jam", _HOUR), ("menit", _MINUTE)):
        if seconds >= length:
            return f"{format_number(int(seconds // length))} {unit} lalu"
    return "baru saja"


def format_number(value: float, decimals: int = 0) -> str:
    """``1.234,5``: dot for thousands, comma for decimals."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def format_percent(ratio: float, decimals: int = 1) -> str:
    """``99,5 %`` of a ratio between 0 and 1.

    A ratio short of 1 never reads as ``100 %``, nor one above 0 as ``0 %``: an outage must not be rounded away.
    """
    step = 10**-decimals
    percent = ratio * 100
    if ratio < 1 and percent > 100 - step:
        percent = 100 - step
    elif ratio > 0 and percent < step:
        percent = step
    text = format_number(percent, decimals)
    return f"{text.rstrip('0').rstrip(',') if decimals else text} %"


def format_seconds(seconds: float) -> str:
    """A response time: ``420 ms`` below one second, else ``2,35 detik``."""
    if seconds < 0.9995:
        return f"{format_number(seconds * 1_000)} ms"
    return f"{format_number(seconds, 2)} detik"


def format_bytes(size: int) -> str:
    """``512 B``, ``58,6 KB``, ``1,2 MB``, ``3,4 GB`` (powers of 1000)."""
    if size < 1_000:
        return f"{size} B"
    if size < 999_950:
        return f"{format_number(size / 1_000, 1)} KB"
    if size < 999_950_000:
        return f"{format_number(size / 1_000_000, 1)} MB"
    return f"{format_number(size / 1_000_000_000, 1)} GB"


def _join(large: int, large_unit: str, small: int, small_unit: str) -> str:
    text = f"{large} {large_unit}"
    return f"{text} {small} {small_unit}" if small else text
