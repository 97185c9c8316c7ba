"""Posts among the objects of JSON data: a title, a date of publication, and something that only a post has."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from opd_exporter.freshness.areas import area_of_words
from opd_exporter.freshness.credibility import Refusal, Sighting
from opd_exporter.freshness.dates import parse_date
from opd_exporter.freshness.hits import DateHit
from opd_exporter.freshness.machine import parse_machine
from opd_exporter.freshness.titles import letter_count
from opd_exporter.freshness.words import split_words
from opd_exporter.models import PostSource

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

MAX_NODES: Final = 60_000
MAX_SIGHTINGS: Final = 60
_PUBLISHED: Final = split_words(
    """
    publishedat published_at publishdate publish_date published_date publisheddate date_published
    datepublished datepublish published publishtime publish_at publishat tanggal_publish tanggalpublish
    tgl_publish tanggal_terbit tanggalterbit tgl_terbit tanggal_publikasi tgl_publikasi tglpublikasi
    tanggal_posting tgl_posting tglposting tanggalposting tanggal_berita tgl_berita tanggalberita
    tglberita posted_at postedat post_date postdate release_date pubdate
    """
)
_PLAIN: Final = split_words(
    """
    tanggal tgl date waktu tanggal_indo tgl_indo
    """
)
_CREATED: Final = split_words(
    """
    created_at createdat created date_created datecreated tanggal_dibuat tgl_input tanggal_input
    firstpublishedat _createdat createdtime
    """
)
_TITLES: Final = split_words(
    """
    title judul headline name nama judul_berita juduberita post_title nama_berita judul_artikel subject
    """
)
_BODIES: Final = split_words(
    """
    slug content isi isi_berita body excerpt ringkasan summary konten thumbnail image gambar cover foto
    category kategori author penulis views dibaca description deskripsi url link permalink href path
    seo_title judul_seo featured_image hits
    """
)
_EVENT_KEYS: Final = frozenset(
    split_words(
        """
    start_date startdate end_date enddate tanggal_mulai tgl_mulai tanggal_selesai tgl_selesai jam_mulai
    jam_selesai tempat lokasi location venue startsat endsat waktu_mulai waktu_selesai start end
    tanggal_kegiatan deadline expired_at batas_waktu
    """
    )
)
_PLACE_KEYS: Final = frozenset(split_words("lat lng lon latitude longitude latlng koordinat coordinates geometry"))
_DATE_PARTS: Final = ("rendered", "iso", "$date", "date", "seconds", "_seconds")
"""Where the date stands in an object that wraps it."""
_FILE_KEYS: Final = frozenset(
    split_words(
        """
    file_url file berkas nama_file filename nomor tahun jenis_peraturan nomor_peraturan download_url
    filesize ukuran
    """
    )
)
PUBLISHED_KEYS: Final = (*_PUBLISHED, *_CREATED)
_DATE_KEY = re.compile(
    r"[{,(\s\"'](?:tgl|tanggal|date|publish|post|pubdate|release|creat|_creat|firstpublish|waktu)\w{0,20}[\"'\\]{0,3}\s?:"
)
_DATE_STEMS: Final = ("date", "tanggal", "publi", "post", "creat", "tgl", "releas", "waktu")
MAX_INNER: Final = 30
"""Strings that hold JSON themselves, of which at most so many are read."""


def read_data(value: Any, found_at: str, base: str, now: datetime, zone: tzinfo, *, name: str = "") -> list[Sighting]:
    """Objects of one JSON value that are posts; those of agendas and downloads are refused.

    Args:
        value: As ``json.loads`` gives it.
        found_at: URL of the document that holds it.
        base: URL to which relative addresses join.
        now: Aware.
        zone: Zone of dates without an offset.
        name: What the page calls the value (a variable, an attribute), which may say that it is an agenda.
    """
    sightings: list[Sighting] = []
    left = MAX_NODES
    flat = (
        value
        if isinstance(value, list) and len(value) > 3 and not all(isinstance(one, dict) for one in value)
        else None
    )
    inner = MAX_INNER
    stack: list[tuple[Any, str, bool]] = [(value, _split(name), False)]
    while stack and left > 0 and len(sightings) < MAX_SIGHTINGS:
        left -= 1
        node, path, within = stack.pop()
        if isinstance(node, list):
            stack.extend((child, path, False) for child in reversed(node[:3_000]) if isinstance(child, (dict, list)))
        elif isinstance(node, dict):
            sighting = _sight(_resolved(node, flat), path, found_at, base, now, zone, within=within)
            if sighting is not None:
                sightings.append(sighting)
            # A post may keep its text beside an object of its title and date (Gatsby's front matter).
            bodied = any(body in node for body in _BODIES)
            for key, child in list(node.items())[:300]:
                if isinstance(child, str) and inner and (told := _inner(child)) is not None:
                    inner -= 1
                    child = told  # noqa: PLW2901 - a framework's answer kept as text
                if isinstance(child, (dict, list)):
                    stack.append((child, f"{path} {_split(str(key))}"[-120:], bodied))
    return sightings


def date_keys(text: str) -> list[int]:
    """Offsets of what looks like the key of a date, quoted or not: a cheap look before anything is read."""
    lowered = text.lower()
    if not any(stem in lowered for stem in _DATE_STEMS):
        return []
    return [found.start() for found in _DATE_KEY.finditer(lowered if len(lowered) == len(text) else text)]


def _split(name: str) -> str:
    """``latestEvents`` -> ``latest Events``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[^a-zA-Z0-9]+", " ", name)


def _inner(text: str) -> Any:
    """The value of a string that holds JSON with dates itself, else ``None``."""
    if len(text) < 40 or text[0] not in "[{" or not date_keys(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _untagged(value: Any) -> Any:
    """Astro writes ``[0, value]``, with the kind of the value as a number before it."""
    tagged = isinstance(value, list) and len(value) == 2 and isinstance(value[0], int)
    return value[1] if tagged and isinstance(value[1], (str, int, float)) else value


def _resolved(node: dict[str, Any], flat: list[Any] | None) -> dict[str, Any]:
    """Nuxt 3 writes one flat list in which objects hold indices of their values."""
    if flat is None:
        return node
    size = len(flat)
    resolved = {}
    for name, value in list(node.items())[:80]:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < size:
            target = flat[value]
            resolved[name] = target if isinstance(target, (str, int, float)) else value
        else:
            resolved[name] = value
    return resolved


def _sight(
    node: dict[str, Any], path: str, found_at: str, base: str, now: datetime, zone: tzinfo, *, within: bool
) -> Sighting | None:
    lowered = {str(name).lower(): _untagged(value) for name, value in list(node.items())[:80]}
    title = next((text for name in _TITLES if (text := _text(lowered.get(name)))), "")
    if letter_count(title) < 6 or len(title) > 400:
        return None
    name, raw = _date_of(lowered)
    if not raw:
        return None
    if not within and not any(key in lowered for key in _BODIES):
        return None
    parsed = parse_machine(raw, now, zone)
    if parsed is None:
        hit = parse_date(raw, now, zone)
        moment = hit.moment(zone, now) if hit else None
        parsed = (moment, hit.time is None) if hit and moment else None
    if parsed is None:
        return None
    moment, date_only = parsed
    if date_only:
        moment = DateHit(0, 0, moment.date()).moment(zone, now) or moment
    refusal = _object_refusal(lowered, path)
    address = _address(lowered, base)
    return Sighting(PostSource.PAGE, found_at, f"{name}: {raw}"[:80], title[:300], address, moment, date_only, refusal)


def _object_refusal(lowered: dict[str, Any], path: str) -> Refusal | None:
    """What the keys of an object, or the names above it, say that it is: an event, a place on a map, a file."""
    if lowered.keys() & _EVENT_KEYS:
        return Refusal.AGENDA
    if lowered.keys() & _PLACE_KEYS:
        return Refusal.WIDGET
    if lowered.keys() & _FILE_KEYS and not lowered.keys() & {"slug", "content", "isi", "body"}:
        return Refusal.DOWNLOAD
    if str(lowered.get("status", "")).lower() in {"draft", "pending", "scheduled", "private"}:
        return Refusal.NOT_A_POST
    # Words of clocks (server, today) name a state or a list here, never a clock.
    area = area_of_words(path.lower())
    return None if area is Refusal.CLOCK else area


def _date_of(lowered: dict[str, Any]) -> tuple[str, str]:
    for name in (*_PUBLISHED, *_PLAIN, *_CREATED):
        value = lowered.get(name)
        if isinstance(value, dict):
            value = next((value[key] for key in _DATE_PARTS if value.get(key)), None)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, (int, float)) and not 1_000_000_000 <= value <= 4_000_000_000_000:
            continue
        text = str(int(value)) if isinstance(value, float) else str(value)
        if 6 <= len(text) <= 60:
            return name, text
    return "", ""


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("rendered") or value.get("id") or ""
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""


def _address(lowered: dict[str, Any], base: str) -> str:
    """The post's address when the object holds one; a bare slug is kept as a name under the page."""
    for name in ("url", "link", "permalink", "href", "path"):
        value = lowered.get(name)
        if isinstance(value, str) and value.startswith(("/", "http://", "https://")):
            return urljoin(base, value)
    slug = next((lowered[name] for name in ("slug", "judul_seo", "seo_title", "seo") if lowered.get(name)), None)
    if isinstance(slug, dict):
        slug = slug.get("current")
    return urljoin(base, f"/{slug.strip('/')}") if isinstance(slug, str) and slug and " " not in slug else ""
