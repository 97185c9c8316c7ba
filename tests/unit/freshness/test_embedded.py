"""Data in scripts and attributes: JSON, JavaScript literals, and the tagged forms of frameworks."""

# ruff: noqa: E501 - scripts are read more easily on one line

from __future__ import annotations

import json
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.freshness.embedded import read_embedded
from opd_exporter.freshness.literals import read_arguments, read_literal
from opd_exporter.models import Exchange
from opd_exporter.page import Page, parse_page

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
HOME = "http://x.example/"
TITLE = "Pelayanan keliling di tiga desa"


def page_of(body: str) -> Page:
    """A page with ``body``."""
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": "text/html; charset=utf-8"}))
    return parse_page(
        Exchange(url=HOME, final_url=HOME, started_at=0, seconds=0, status=200, headers=headers, body=body.encode())
    )


def days_of(body: str) -> list[date]:
    """Days of the sightings of a page that nothing speaks against."""
    found = read_embedded(page_of(f"<html><body>{body}</body></html>"), NOW, JAKARTA)
    return [item.moment.date() for item in found if item.refusal is None and item.moment]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{a:1,\'b\':"x","c":[1,2,],}', {"a": 1, "b": "x", "c": [1, 2]}),
        ("[!0, !1, null, void 0, true, -2.5]", [True, False, None, None, True, -2.5]),
        ("{d:new Date(1793588400000),e:new Date('2026-11-02')}", {"d": 1793588400000, "e": "2026-11-02"}),
        ("{a: f(1,{b:2}), c: x ? 'y' : 'z', d: 3}", {"a": None, "c": None, "d": 3}),
        ('{ /* c */ a: `t`, // end\n b: "\\u002Fp" }', {"a": "t", "b": "/p"}),
        ("{...rest, a: 1, go() { return 1 }, b: 2}", {"a": 1, "b": 2}),
    ],
)
def test_reads_literals(text: str, value: object) -> None:
    """What people and frameworks write as data is read as data; what is no literal is passed over."""
    read = read_literal(text, 0)
    assert read is not None
    assert read[0] == value
    assert read[1] == len(text)


def test_names_are_filled_in() -> None:
    """Parameters of the function around a literal give their values."""
    assert read_literal("{a:x,b:y}", 0, {"x": "2026-11-02"}) == ({"a": "2026-11-02", "b": None}, 9)
    assert read_arguments('"a",null,{b:1},[2])', 0) == ["a", None, {"b": 1}, [2]]


@pytest.mark.parametrize("text", ["{", "[1,", "{a:'", "[[[[", "function(){}", "{;}", "", "{if (x) {y}; z}"])
def test_what_is_no_literal_is_none(text: str) -> None:
    """Cut and foreign text gives nothing."""
    assert read_literal(text, 0) is None or read_literal(text, 0)[0] is None


@given(st.text(alphabet="{}[](),:;'\"`\\\\/*ab1 \n.$!-", max_size=300))
@settings(max_examples=400, deadline=None)
def test_no_text_raises(text: str) -> None:
    """Whatever stands there, nothing is raised."""
    read_literal(text, 0)
    read_arguments(text, 0)


@pytest.mark.parametrize("unit", ["[", "{a:", "(", "'", "{a:1},", "//", "/*", "`${", "a(", "\\\\"])
def test_hostile_literals_cost_bounded_time(unit: str) -> None:
    """Half a megabyte of nonsense after an assignment is given up soon."""
    started = time.process_time()
    days_of(f'<script>var data = [{{"tanggal": {unit * (400_000 // len(unit))}</script>')
    assert time.process_time() - started < 1.0


def test_many_starts_of_literals_cost_bounded_time() -> None:
    """Thousands of assignments are looked at up to a limit."""
    started = time.process_time()
    days_of("<script>" + "a={date:[{" * 30_000 + "</script>")
    assert time.process_time() - started < 1.0


ITEM = {"judul": TITLE, "slug": "pelayanan", "tanggal": "2026-11-12"}


@pytest.mark.parametrize(
    "body",
    [
        f"<script>var dataBerita = {json.dumps([ITEM])};</script>",
        f"<script>const d = [{{judul: '{TITLE}', url: '/a', tanggal: '12/11/2026'}},];</script>",
        f"<script>tampilkan({json.dumps([ITEM])});</script>",
        f"<script>window.x = JSON.parse('{json.dumps([ITEM])}');</script>",
        f'<script>window.__NUXT__=(function(a,b){{return {{data:[{{judul:a,slug:"x",tanggal:b}}]}}}}("{TITLE}","2026-11-12"));</script>',
        f"<berita-terkini :items='{json.dumps([ITEM])}'></berita-terkini>",
        "<div wire:snapshot='" + json.dumps({"data": {"posts": [[[ITEM, {"s": "arr"}]], {"s": "arr"}]}}) + "'></div>",
        "<div x-data=\"{ list: [{judul: '" + TITLE + "', slug: 'x', tanggal: '2026-11-12'}] }\"></div>",
        '<script type="application/json">' + json.dumps({"status": 200, "body": json.dumps([ITEM])}) + "</script>",
        '<script type="application/json" id="serverApp-state">'
        + json.dumps({"k": [ITEM]}).replace('"', "&q;")
        + "</script>",
        "<astro-island props='"
        + json.dumps({"p": [1, [[0, {name: [0, value] for name, value in ITEM.items()}]]]})
        + "'></astro-island>",
        "<script>var x = "
        + json.dumps([{"excerpt": "isi", "frontmatter": {"title": TITLE, "date": "2026-11-12"}}])
        + "</script>",
        "<script>var x = " + json.dumps([{**ITEM, "tanggal": {"seconds": 1794450000, "nanoseconds": 0}}]) + "</script>",
    ],
)
def test_posts_are_found_in_every_form(body: str) -> None:
    """One post in each of the ways in which data is put on a page."""
    assert days_of(body) == [date(2026, 11, 12)]


@pytest.mark.parametrize(
    "body",
    [
        f"<script>var dataAgenda = {json.dumps([ITEM])};</script>",
        f"<agenda-kegiatan :items='{json.dumps([ITEM])}'></agenda-kegiatan>",
        '<script>var events = [{"title":"Rapat koordinasi wilayah","start":"2026-11-24","date":"2026-11-24","url":"/1"}];</script>',
        f"<script>var berkas = [{{judul: '{TITLE}', file: 'a.pdf', tanggal: '2026-11-12', image: 'x'}}];</script>",
        "<script>var titik = " + json.dumps([{**ITEM, "lat": -6.1, "lng": 106.2}]) + "</script>",
        "<script>var jadwal = {tanggal: '12 November 2026', subuh: '04:12'};</script>",
    ],
)
def test_agendas_and_files_are_no_posts(body: str) -> None:
    """The name of the data and the keys beside the date tell an agenda, a download and a prayer table."""
    assert days_of(body) == []
