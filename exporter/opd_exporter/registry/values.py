"""One value of the registry each: from the text that was written to what it means.

Every reader takes what the document holds (text, ``None`` or a nested block) and raises ``PydanticCustomError`` with an
Indonesian message that says what to write instead.
"""

from __future__ import annotations

import difflib
import functools
import re
import zoneinfo
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic_core import PydanticCustomError

from opd_exporter.registry import addresses
from opd_exporter.registry.durations import format_duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    E = TypeVar("E", bound=StrEnum)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{3,30}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)
_YES = frozenset({"true", "yes", "on", "ya"})
_NO = frozenset({"false", "no", "off", "tidak"})
_ZONE_ABBREVIATIONS = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def refuse(message: str) -> PydanticCustomError:
    """The exception that carries ``message`` to the reader of the file."""
    return PydanticCustomError("registry", "{message}", {"message": message})


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was most likely meant to be."""
    found = difflib.get_close_matches(word[:100].lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def _text(value: object, example: str) -> str:
    """The one written value; anything nested or missing is refused."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        raise refuse(f"belum diisi; isi dengan {example}")
    raise refuse(f"isi dengan satu nilai saja, {example}")


def read_line(most: int, *, empty: bool = False) -> Callable[[object], str]:
    """A reader of one line of prose of at most ``most`` characters; white space is joined."""

    def read(value: object) -> str:
        text = " ".join(_text(value, "teks").split())
        if not text and not empty:
            raise refuse("belum diisi; tulis teksnya")
        return _prose(text, most)

    return read


def read_paragraph(most: int) -> Callable[[object], str]:
    """A reader of prose that may have several lines."""

    def read(value: object) -> str:
        lines = [" ".join(line.split()) for line in _text(value, "teks").splitlines()]
        _prose("".join(lines), most)
        return "\n".join(lines)

    return read


def _prose(text: str, most: int) -> str:
    if len(text) > most:
        raise refuse(f"terlalu panjang ({len(text)} huruf); paling banyak {most}")
    if not text.isprintable():
        odd = next(character for character in text if not character.isprintable())
        raise refuse(f"ada karakter tak terlihat U+{ord(odd):04X}; ketik ulang teksnya")
    return text


def read_slug(value: object) -> str:
    """A short name for a label: lower-case letters, digits and hyphens."""
    text = _text(value, "kata pendek, misalnya dinkes")
    if _SLUG.fullmatch(text):
        return text
    proposal = re.sub(r"[^a-z0-9]+", "-", text[:200].lower()).strip("-")[:63].strip("-")
    hint = f", misalnya '{proposal}'" if proposal else ", misalnya 'dinkes'"
    raise refuse(f"hanya huruf kecil a-z, angka dan '-' (1-63 huruf, tidak diawali '-'){hint}")


def read_duration(least: str, most: str) -> Callable[[object], float]:
    """A reader of durations between two bounds (included), in seconds."""
    low, high = parse_duration(least), parse_duration(most)
    if low is None or high is None:
        raise ValueError(f"bad bounds {least}, {most}")

    def read(value: object) -> float:
        text = _text(value, "lama waktu, misalnya 60s, 15m, 10d")
        seconds = parse_duration(text)
        if seconds is None:
            if text.isascii() and text.isdigit():
                raise refuse(f"satuan belum ada; tulis misalnya {text[:9]}s (detik), {text[:9]}m (menit)")
            raise refuse("bukan lama waktu; tulis angka dan satuan s, m, h, d atau w, misalnya 60s, 15m, 1h30m, 10d")
        if not low <= seconds <= high:
            raise refuse(f"harus antara {least} dan {most}; tertulis {format_duration(seconds)}")
        return seconds

    return read


def read_choice(kind: type[E]) -> Callable[[object], E]:
    """A reader of one word of a closed set."""
    words = [str(member) for member in kind]

    def read(value: object) -> E:
        text = _text(value, f"salah satu dari: {', '.join(words)}")
        try:
            return kind(text)
        except ValueError:
            meant = nearest(text, words)
            hint = f"; maksudnya '{meant}'?" if meant else ""
            raise refuse(f"pilih salah satu dari: {', '.join(words)}{hint}") from None

    return read


def read_number(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers between two bounds (included)."""

    def read(value: object) -> int:
        text = _text(value, f"angka bulat, {least} sampai {most}")
        if not (text.isascii() and text.isdigit() and len(text) <= 12 and least <= int(text) <= most):
            raise refuse(f"isi dengan angka bulat tanpa satuan, {least} sampai {most}")
        return int(text)

    return read


def read_flag(value: object) -> bool:
    """Yes or no, in the spellings of YAML and in Indonesian."""
    text = _text(value, "true atau false").lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise refuse("isi dengan true atau false")


def read_zone(value: object) -> zoneinfo.ZoneInfo:
    """A time zone of the tz database."""
    text = _text(value, "zona waktu, misalnya Asia/Jakarta")
    try:
        if text and text in _zone_names():
            return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    meant = _ZONE_ABBREVIATIONS.get(text.upper()) or nearest(text, ())
    if meant is None:
        folded = {name.lower(): name for name in _zone_names()}
        found = nearest(text, folded)
        meant = folded[found] if found else "Asia/Jakarta"
    raise refuse(f"zona waktu tidak dikenal; tulis misalnya {meant} (WIB Asia/Jakarta, WITA Asia/Makassar)")


@functools.cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def read_date(value: object) -> date:
    """A calendar day, ``2026-12-01``."""
    text = _text(value, "tanggal, misalnya 2026-12-01")
    found = _DATE.fullmatch(text)
    if found is None:
        raise refuse("bukan tanggal; tulis TAHUN-BULAN-TANGGAL, misalnya 2026-12-01")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise refuse("tanggal ini tidak ada di kalender; periksa bulan dan harinya") from None
    if not 2000 <= day.year <= 2100:
        raise refuse("tahun harus antara 2000 dan 2100")
    return day


def read_time(value: object) -> datetime:
    """A moment, naive in the site's zone unless it carries an offset of its own."""
    text = _text(value, "waktu, misalnya 2026-12-01T20:00")
    try:
        moment = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        if _DATE.fullmatch(text):
            raise refuse(f"jamnya belum ada; tulis misalnya {text}T20:00")
        raise refuse("bukan waktu; tulis TAHUN-BULAN-TANGGALTJAM:MENIT, misalnya 2026-12-01T20:00")
    if not 2000 <= moment.year <= 2100:
        raise refuse("tahun harus antara 2000 dan 2100")
    return moment


def read_url(value: object) -> str:
    """The address of a page."""
    return _address(addresses.parse_url, _text(value, "alamat lengkap, misalnya https://dinkes.serangkab.go.id/"))


def read_page_url(value: object) -> str:
    """The address of a page for people, its fragment kept (``/admin#/login``)."""
    text = _text(value, "alamat lengkap, misalnya https://dinkes.serangkab.go.id/admin")
    return _address(functools.partial(addresses.parse_url, keep_fragment=True), text)


def read_proxy(value: object) -> str:
    """The address of a proxy."""
    return _address(addresses.parse_proxy, _text(value, "alamat proxy, misalnya http://proxy.serangkab.go.id:3128"))


def read_host(value: object) -> str:
    """A host name."""
    return _address(addresses.parse_host, _text(value, "nama host, misalnya ppid.serangkab.go.id"))


def read_nameserver(value: object) -> str:
    """The address of a DNS server."""
    return _address(addresses.parse_nameserver, _text(value, "alamat IP, misalnya 10.1.1.53"))


def _address(parse: Callable[[str], str], text: str) -> str:
    try:
        return parse(text)
    except addresses.AddressError as error:
        raise refuse(str(error)) from None


def read_email(value: object) -> str:
    """One mail address; empty where there is none."""
    text = _text(value, "alamat e-mail")
    if text and not _EMAIL.fullmatch(text):
        raise refuse("bukan alamat e-mail; tulis satu alamat saja, misalnya operator@serangkab.go.id")
    return text


def read_phone(value: object) -> str:
    """A telephone number; empty where there is none."""
    text = _text(value, "nomor telepon")
    if text and not _PHONE.fullmatch(text):
        raise refuse("bukan nomor telepon; tulis angka, misalnya 0812-3456-7890")
    return text


def read_selector(value: object) -> str:
    """A CSS selector."""
    text = _text(value, "selektor CSS, misalnya .berita .tanggal")
    if not 1 <= len(text) <= 300:
        raise refuse("selektor CSS harus 1 sampai 300 huruf, misalnya .berita .tanggal")
    import soupsieve  # noqa: PLC0415 - brings a whole parser along, for the few sites that have a selector

    try:
        soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, RecursionError) as error:
        where = getattr(error, "col", None)
        at = f" (mulai huruf ke-{where})" if where else ""
        raise refuse(f"bukan selektor CSS yang benar{at}; tulis misalnya .berita .tanggal") from None
    return text


def read_header(value: object) -> str:
    """The value of a request header: printable ASCII."""
    text = _text(value, "teks User-Agent")
    if not 1 <= len(text) <= 300 or not (text.isascii() and text.isprintable()):
        raise refuse("User-Agent hanya 1-300 huruf biasa (ASCII) dalam satu baris")
    return text


def read_file_name(value: object) -> str:
    """The name of a file, relative to the registry's folder or absolute."""
    text = _text(value, "nama berkas")
    if not 1 <= len(text) <= 1000 or not text.isprintable():
        raise refuse("nama berkas tidak sah")
    return text
