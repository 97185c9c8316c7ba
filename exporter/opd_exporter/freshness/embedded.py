"""Posts in the JSON that script-built pages carry: Next, Nuxt, Inertia, Gatsby, SvelteKit, Livewire and the like."""

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
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from opd_exporter.page import Page

MAX_NODES: Final = 60_000
MAX_SCRIPT_CHARS: Final = 800_000
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
_FILE_KEYS: Final = frozenset(
    split_words(
        """
    file_url file berkas nama_file filename nomor tahun jenis_peraturan nomor_peraturan download_url
    filesize ukuran
    """
    )
)
_ASSIGNMENT = re.compile(
    r"(?:window|self|globalThis)\s*(?:\.\s*|\[\s*[\"'])(?:__[\w$]+__|\w*(?:STATE|DATA|PROPS|data|state|props)\w*)(?:[\"']\s*\])?\s*=\s*"
)
_FLIGHT = re.compile(r"self\.__next_f\.push\(\s*\[\s*\d+\s*,\s*(\"(?:[^\"\\]|\\.)*\")\s*\]\s*\)")
_OBJECT_HINT = re.compile(r"[\"'](?:" + "|".join((*_PUBLISHED, *_CREATED)) + r")\\?[\"']\s*:", re.IGNORECASE)


def read_embedded(page: Page, now: datetime, zone: tzinfo) -> list[Sighting]:
    """Objects with a title and a date of publication in the page's data, those of agendas and downloads refused."""
    sightings: list[Sighting] = []
    for value in _values(page):
        sightings += read_data(value, page.url, page.url, now, zone)
        if len(sightings) >= MAX_SIGHTINGS:
            break
    return sightings[:MAX_SIGHTINGS]


def read_data(value: Any, found_at: str, base: str, now: datetime, zone: tzinfo) -> list[Sighting]:
    """The same for one JSON value.

    Args:
        value: As ``json.loads`` gives it.
        found_at: URL of the document that holds it.
        base: URL to which relative addresses join.
        now: Aware.
        zone: Zone of dates without an offset.
    """
    sightings: list[Sighting] = []
    left = MAX_NODES
    flat = (
        value
        if isinstance(value, list) and len(value) > 3 and not all(isinstance(one, dict) for one in value)
        else None
    )
    stack: list[tuple[Any, str]] = [(value, "")]
    while stack and left > 0 and len(sightings) < MAX_SIGHTINGS:
        left -= 1
        node, path = stack.pop()
        if isinstance(node, list):
            stack.extend((child, path) for child in reversed(node[:3_000]) if isinstance(child, (dict, list)))
        elif isinstance(node, dict):
            sighting = _sight(_resolved(node, flat), path, found_at, base, now, zone)
            if sighting is not None:
                sightings.append(sighting)
            stack.extend(
                (child, f"{path} {_split(str(name))}"[-120:])
                for name, child in list(node.items())[:300]
                if isinstance(child, (dict, list))
            )
    return sightings


def _split(name: str) -> str:
    """``latestEvents`` -> ``latest Events``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


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


def _sight(node: dict[str, Any], path: str, found_at: str, base: str, now: datetime, zone: tzinfo) -> Sighting | None:
    lowered = {str(name).lower(): value for name, value in list(node.items())[:80]}
    title = next((text for name in _TITLES if (text := _text(lowered.get(name)))), "")
    if letter_count(title) < 6 or len(title) > 400:
        return None
    name, raw = _date_of(lowered)
    if not raw:
        return None
    if not any(key in lowered for key in _BODIES):
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
    refusal = area_of_words(path.lower())
    if lowered.keys() & _EVENT_KEYS:
        refusal = Refusal.AGENDA
    elif lowered.keys() & _FILE_KEYS and not lowered.keys() & {"slug", "content", "isi", "body"}:
        refusal = Refusal.DOWNLOAD
    elif str(lowered.get("status", "")).lower() in {"draft", "pending", "scheduled", "private"}:
        refusal = Refusal.NOT_A_POST
    address = _address(lowered, base)
    return Sighting(PostSource.PAGE, found_at, f"{name}: {raw}"[:80], title[:300], address, moment, date_only, refusal)


def _date_of(lowered: dict[str, Any]) -> tuple[str, str]:
    for name in (*_PUBLISHED, *_PLAIN, *_CREATED):
        value = lowered.get(name)
        if isinstance(value, dict):
            value = value.get("rendered") or value.get("iso") or value.get("$date") or value.get("date")
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
    slug = lowered.get("slug") or lowered.get("judul_seo") or lowered.get("seo_title")
    if isinstance(slug, dict):
        slug = slug.get("current")
    return urljoin(base, f"/{slug.strip('/')}") if isinstance(slug, str) and slug and " " not in slug else ""


def _values(page: Page) -> Iterator[Any]:
    """JSON values in scripts and in Inertia's and Livewire's attributes."""
    budget = MAX_SCRIPT_CHARS
    for attributes, text in page.scripts:
        kind = attributes.get("type", "").lower()
        if "ld+json" in kind or not text or budget <= 0:
            continue
        script = text[:budget]
        budget -= len(script)
        if "json" in kind:
            yield from _load(script.strip())
        elif _OBJECT_HINT.search(script) or "__next_f" in script:
            yield from _from_script(script)
    if page.tree is not None:
        for block in page.outline.blocks[:400]:
            for name in ("data-page", "data-props", "wire:initial-data", "data-state", ":posts", ":news", ":berita"):
                value = block.element.get(name)
                if value and value.lstrip()[:1] in {"{", "["} and len(value) < MAX_SCRIPT_CHARS:
                    yield from _load(value)


def _load(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        yield from _objects(text)


def _from_script(text: str) -> Iterator[Any]:
    """Values assigned to a global name, Next's streamed strings, and else whatever objects hold a date."""
    flights = _FLIGHT.findall(text)
    if flights:
        joined = []
        for piece in flights[:500]:
            try:
                joined.append(str(json.loads(piece)))
            except ValueError:
                continue
        yield from _objects("".join(joined))
        return
    decoder = json.JSONDecoder()
    found = False
    for assignment in _ASSIGNMENT.finditer(text):
        start = assignment.end()
        if text[start : start + 11] == "JSON.parse(":
            yield from _parse_call(text, start + 11)
            found = True
            continue
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        found = True
        yield value
    if not found:
        yield from _objects(text)


def _parse_call(text: str, start: int) -> Iterator[Any]:
    """The value of ``JSON.parse("...")``."""
    try:
        inner, _ = json.JSONDecoder().raw_decode(text, start)
        yield json.loads(inner)
    except (ValueError, TypeError, RecursionError):
        return


def _objects(text: str) -> Iterator[Any]:
    """Every small object around a date key that is valid JSON by itself."""
    decoder = json.JSONDecoder()
    done = -1
    for number, hint in enumerate(_OBJECT_HINT.finditer(text)):
        if number > 200:
            return
        if hint.start() < done:
            continue
        opening = hint.start()
        for _ in range(6):
            opening = text.rfind("{", max(0, hint.start() - 6_000), opening)
            if opening < 0:
                break
            try:
                value, end = decoder.raw_decode(text, opening)
            except (ValueError, RecursionError):
                continue
            if end > hint.start():
                done = end
                yield value
                break
