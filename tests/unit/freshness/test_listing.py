"""Dates beside titles: one small page a form, with the day that it says."""

# ruff: noqa: E501 - markup is read more easily on one line

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from opd_exporter.freshness.credibility import judge
from opd_exporter.freshness.listing import read_listing
from opd_exporter.freshness.urls import OwnHosts
from opd_exporter.models import Exchange
from opd_exporter.page import parse_page
from opd_exporter.verdict import gambling

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
HOME = "http://x.example/"

FORMS = [
    line.split("\t")
    for line in (Path(__file__).parent / "data" / "forms.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def newest(body: str) -> str | None:
    """ISO day of the newest credible post on a page with ``body``."""
    html = f"<html><head><title>x</title></head><body>{body}</body></html>"
    page = parse_page(Exchange(url=HOME, final_url=HOME, started_at=0, seconds=0, status=200, body=html.encode()))
    own = OwnHosts([HOME])
    found = read_listing(page, own, NOW, JAKARTA).sightings
    posts = judge(found, NOW, own=own, gambling=gambling.is_gambling, first_days={}).posts
    return posts[0].published_at.date().isoformat() if posts else None


@pytest.mark.parametrize(("body", "expected"), [(form[2], form[1]) for form in FORMS], ids=[form[0] for form in FORMS])
def test_reads_form(body: str, expected: str) -> None:
    """Each form of list gives the day of its newest post, or none."""
    assert (newest(body) or "-") == expected


LIST = (
    '<div class="{area}"><h4>{heading}</h4><ul><li><a href="/b/1-a">Penyerahan bantuan kepada nelayan</a> 24 November 2026</li>'
    '<li><a href="/b/2-b">Pelatihan kelompok wanita tani</a> 23 November 2026</li></ul></div>'
)


@pytest.mark.parametrize(
    "area",
    [
        "agenda",
        "widget-event",
        "kalender-kegiatan",
        "statistik",
        "visitor-counter",
        "recent-comments",
        "komentar",
        "unduhan",
        "jadwal_sholat",
        "cuaca",
        "kurs",
        "polling",
        "sidebar download",
        "testimonial-slider",
        "upcoming-events",
    ],
)
def test_area_by_class_is_refused(area: str) -> None:
    """A list under a class that names another kind of area dates no post (F2)."""
    assert newest(LIST.format(area=area, heading="")) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Agenda",
        "Agenda Kegiatan",
        "AGENDA BUPATI",
        "Jadwal Kegiatan",
        "Kegiatan Mendatang",
        "Kalender",
        "Upcoming Events",
        "Event",
        "Komentar Terbaru",
        "Recent Comments",
        "Statistik Pengunjung",
        "Unduhan",
        "Dokumen Publik",
        "Produk Hukum",
        "Buku Tamu",
        "Hari Libur Nasional",
        "Jadwal Sholat",
    ],
)
def test_area_by_heading_is_refused(heading: str) -> None:
    """A list under a heading that names another kind of area dates no post (F2)."""
    assert newest(LIST.format(area="box", heading=heading)) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Berita Terkini",
        "Kabar Desa",
        "Pengumuman",
        "Berita dan Agenda",
        "Artikel",
        "Kegiatan",
        "Latest News",
        "Informasi Terbaru",
        "",
    ],
)
def test_news_heading_is_taken(heading: str) -> None:
    """The same list under a heading that names news dates its posts."""
    assert newest(LIST.format(area="box", heading=heading)) == "2026-11-24"


LABELLED = '<div class="p"><h3><a href="/b/1-a">Penyerahan bantuan kepada nelayan</a></h3><p>{label} 20 November 2026</p></div>'


@pytest.mark.parametrize(
    "label",
    [
        "Terakhir diperbarui:",
        "Terakhir diperbaharui pada",
        "Diperbarui",
        "Dimutakhirkan tanggal",
        "Update:",
        "Updated on",
        "Last updated",
        "Last modified:",
        "Login terakhir",
        "Diunggah",
        "Diunggah oleh admin pada",
        "Berlaku sampai",
        "Berlaku mulai",
        "Batas akhir",
        "Batas waktu pendaftaran:",
        "Deadline:",
        "Waktu:",
        "Waktu pelaksanaan:",
        "Tanggal pelaksanaan:",
        "Tanggal kegiatan :",
        "Ditetapkan tanggal",
        "Diundangkan",
        "Mulai",
        "Pendaftaran ditutup",
        "Hari/Tanggal :",
        "Periode",
        "Lahir",
        "Bergabung sejak",
        "Komentar terakhir",
        "Data per",
        "Perubahan terakhir:",
        "Edited",
    ],
)
def test_label_is_refused(label: str) -> None:
    """A date whose own label speaks of a change, a deadline or an event is none of publication (F3)."""
    assert newest(LABELLED.format(label=label)) is None


@pytest.mark.parametrize(
    "label",
    [
        "",
        "Diterbitkan:",
        "Dipublikasikan pada",
        "Diposting oleh admin pada",
        "Posted on",
        "Published",
        "Tanggal terbit:",
        "Tgl.",
        "Ditulis oleh Humas |",
        "Dikirim oleh admin pada Jumat,",
        "Admin -",
        "Berita |",
        "Oleh: Redaksi,",
        "Rilis:",
        "120 kali dibaca |",
    ],
)
def test_label_is_taken(label: str) -> None:
    """A date without a label, or with one of publication, counts."""
    assert newest(LABELLED.format(label=label)) == "2026-11-20"
