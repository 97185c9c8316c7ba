"""Tables of Indonesian and English calendar words, old and new spellings, and the patterns built from them."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import Final

_MONTH_SPELLINGS: Final = (
    "januari january januri jan",
    "februari february pebruari febuari pebuari feb peb",
    "maret march mar mrt",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agust agst agus aug agu agt ags",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
MONTHS: Final = {name: number for number, names in enumerate(_MONTH_SPELLINGS, 1) for name in names.split()}
"""Lower-case spelling -> 1..12."""

_DAY_SPELLINGS: Final = (
    "senin monday sen mon",
    "selasa tuesday sel tue tues",
    "rabu wednesday rab wed rbu",
    "kamis thursday kam thu thur thurs kms",
    "jumat jum'at jum`at jum at friday jum fri jmt",
    "sabtu saturday sab sat sbt",
    "minggu ahad sunday min sun mgg ming ahd",
)
DAYS: Final = {
    name: number
    for number, names in enumerate(_DAY_SPELLINGS)
    for name in (names.replace("jum at ", "").split() + (["jum at"] if number == 4 else []))
}
"""Lower-case spelling -> weekday as ``date.weekday()`` counts (Monday is 0)."""

ZONES: Final = {
    "wib": timezone(timedelta(hours=7), "WIB"),
    "wita": timezone(timedelta(hours=8), "WITA"),
    "wit": timezone(timedelta(hours=9), "WIT"),
}
"""The three zones of the country by their letters."""

UNITS: Final = {
    "detik": "second",
    "dtk": "second",
    "menit": "minute",
    "mnt": "minute",
    "jam": "hour",
    "hari": "day",
    "minggu": "week",
    "pekan": "week",
    "bulan": "month",
    "bln": "month",
    "tahun": "year",
    "thn": "year",
    "second": "second",
    "sec": "second",
    "minute": "minute",
    "min": "minute",
    "hour": "hour",
    "hr": "hour",
    "day": "day",
    "mgg": "week",
    "week": "week",
    "wk": "week",
    "month": "month",
    "mo": "month",
    "year": "year",
    "yr": "year",
}
"""Unit of a relative time -> its English singular."""
SHORT_INDONESIAN: Final = {"hr": "day", "mgg": "week", "min": "week"}
"""Short units that mean something else before *lalu* than before *ago*."""
SHORT_UNITS: Final = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}


def split_words(text: str) -> tuple[str, ...]:
    """The words of a table written as one text."""
    return tuple(text.split())


def alternatives(words: dict[str, int] | dict[str, str]) -> str:
    """A regex alternation of ``words``, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


MONTH: Final = f"(?:{alternatives(MONTHS)})"
DAY: Final = f"(?:{alternatives(DAYS)})"
UNIT: Final = f"(?:{alternatives(UNITS)})"

NUMBER_LABEL: Final = re.compile(
    r"(?:\b(?:no|nomor|nomer|number|nip|nik|nrp|npwp|telp|telepon|tel|fax|faks|hp|wa|rp|versi|version|ver|build|pasal|ayat"
    r"|bab|skor|score|kode|rekening|rek|ip)\b\s*[.:#]?\s*|\bv|#|rp\.?\s?)$"
)
"""What stands before digits that are a number and no date."""
COUNTER_LABEL: Final = re.compile(
    r"(?:pengunjung|kunjungan|visitors?|hits?|total|statistik|online|pageviews?|dilihat|views?|tamu|user)\W{0,3}(?:\w+\W)?$"
)
"""What stands before ``hari ini`` where it heads a counter."""
