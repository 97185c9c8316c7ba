"""The report of November 2020 equals the figures worked out by hand, to the digit, in every format."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from opd_exporter import report
from opd_exporter.models import Cadence, ProbeResult, Reason, Status
from opd_exporter.registry import Registry, Site
from opd_exporter.report.values import Outage, Row, Turn
from opd_exporter.store import Change, Store
from support import november
from support.november import HOSTILE_NAME, HOSTILE_NOTE, NOW, REGISTRY, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opd_exporter.report import Report


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """The history of November 2020."""
    opened = Store.open(None)
    november.fill(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(store: Store) -> Report:
    """Its report, made in December."""
    return report.build_report(store, REGISTRY, "2020-11", NOW)


def row_of(made: Report, site_id: str) -> Row:
    """One row."""
    return next(row for row in made.rows if row.site.id == site_id)


def test_summary(made: Report):
    """Five sites: one active, two not active, two not assessable; the month before the same sums, of other kinds."""
    summary, before = made.summary, made.before
    assert before
    assert (summary.sites, summary.active, summary.not_active, summary.not_assessable) == (5, 1, 2, 2)
    assert {status: count for status, count in summary.by_status.items() if count} == {
        Status.ACTIVE: 1,
        Status.COMPROMISED: 1,
        Status.DORMANT: 1,
        Status.UNDATED: 1,
        Status.PENDING: 1,
    }
    assert {status: count for status, count in before.by_status.items() if count} == {
        Status.ACTIVE: 1,
        Status.DOWN: 1,
        Status.DORMANT: 1,
        Status.PENDING: 2,
    }
    assert [row.site.id for row in made.past_law] == ["dpmd"]
    assert [(row.site.id, row.rank) for row in made.ranked] == [("setda", 1), ("dpmd", 2), ("dinkes", 3)]


def test_coverage(made: Report):
    """720 hours; six without any probe; BPBD only the second half."""
    assert made.hours == 720
    assert [(gap.start, gap.end, gap.hours) for gap in made.gaps] == [(at(11, 9, 8), at(11, 9, 14), 6)]
    assert [row.coverage for row in made.rows] == [714 / 720, 714 / 720, 0.5, None, 714 / 720]
    assert made.coverage == pytest.approx((3 * 714 / 720 + 0.5) / 4)
    assert not made.running
    assert made.judged_at == at(12, 1) - 1


def test_setda(made: Report):
    """Weekly duty; an outage of four and a half hours; three days of November out of the limit."""
    row = row_of(made, "setda")
    assert (row.status, row.reason, row.since, row.status_before) == (Status.ACTIVE, None, at(11, 30, 9), Status.ACTIVE)
    # Down at 08, 09, 10, 11 and 12 o'clock: 5 of 714.
    assert row.uptime == 709 / 714
    assert row.outages == (Outage(at(11, 10, 8), at(11, 10, 12, 30), 4.5 * 3600, Reason.TIMEOUT),)
    # 708 answers of 0.5 s and one of 2 s.
    assert row.response_mean == pytest.approx(356 / 709)
    assert row.response_max == 2.0
    # Mondays 2, 9, 16 and 30 November.
    assert (row.posts, row.publishing_dates, row.longest_gap_days) == (4, 4, 14)
    assert (row.cadence, row.fulfils) == (Cadence.MONTHLY, False)
    # 16 November + 10 days = 26; 27, 28 and 29 are out, the 30th is in again.
    assert (row.days_within_limit, row.days_judged) == (27, 30)
    assert row.last_post
    assert (row.last_post.published_at.date(), row.last_post_days) == (date(2020, 11, 30), 0)
    assert row.certificate_not_after == at(12, 10)
    assert row.score
    assert row.score.total == pytest.approx(50 * 709 / 714 + 45)
    assert not row.past_law


def test_dinkes(made: Report):
    """Daily duty; three outages, one begun before, one over the exporter's absence, one with a spell of ignorance."""
    row = row_of(made, "dinkes")
    assert (row.status, row.reason, row.since) == (Status.COMPROMISED, Reason.GAMBLING_LINKS, at(11, 28, 12))
    assert row.status_before is Status.DOWN
    assert row.turn is Turn.OTHER
    # Of 714 probes 24 were blocked and 2 unknown: 688 known. Down: 30 + 2 (07.00 and 14.00) + 22 = 54.
    assert row.uptime == 634 / 688
    assert row.outages == (
        Outage(at(11, 1), at(11, 2, 6), 30 * 3600, Reason.CONNECT_REFUSED, began_before=True),
        # 06.30 to 15.00 without the six hours of absence.
        Outage(at(11, 9, 6, 30), at(11, 9, 15), 2.5 * 3600, Reason.HTTP_SERVER_ERROR),
        # 10 h of timeout, 2 h unknown, 12 h of certificate.
        Outage(at(11, 25), at(11, 26), 22 * 3600, Reason.TLS_EXPIRED),
    )
    assert row.outage_seconds == 54.5 * 3600
    # Weekdays 2-6, 9-13, 16-20.
    assert (row.posts, row.publishing_dates, row.longest_gap_days) == (15, 15, 10)
    assert (row.cadence, row.fulfils) == (Cadence.WEEKLY, False)
    # Friday the 20th + three working days = Wednesday the 25th.
    assert (row.days_within_limit, row.days_judged) == (25, 30)
    assert row.last_post_days == 10
    assert row.score
    assert row.score.compromised
    assert row.score.total == 0.0
    assert row.score.availability == pytest.approx(50 * 634 / 688)
    assert row.certificate_not_after is None


def test_bpbd(made: Report):
    """A site without dates: nothing of publishing is known, nothing is zero, and it is not ranked."""
    row = row_of(made, "bpbd")
    assert (row.status, row.status_before, row.turn) == (Status.UNDATED, None, None)
    assert row.uptime == 1.0
    assert (row.posts, row.publishing_dates, row.longest_gap_days, row.cadence) == (None, None, None, None)
    assert (row.days_within_limit, row.days_judged, row.last_post, row.score, row.rank) == (None, 0, None, None, None)


def test_dishub(made: Report):
    """A site without an address is counted and not assessed."""
    row = row_of(made, "dishub")
    assert row.status is Status.PENDING
    assert (row.uptime, row.coverage, row.outages, row.rank, row.response_mean) == (None, None, (), None, None)


def test_dpmd(made: Report):
    """Silent since 1 May: 213 days, past the 180 of the law."""
    row = row_of(made, "dpmd")
    # 30 (May) + 30 + 31 + 31 + 30 + 31 + 30.
    assert row.last_post_days == 213
    assert row.past_law
    assert (row.posts, row.publishing_dates, row.longest_gap_days) == (0, 0, 213)
    assert (row.cadence, row.fulfils) == (Cadence.NONE, False)
    assert row.score
    assert (row.score.total, row.uptime, row.days_within_limit) == (50.0, 1.0, 0)


def test_running_month(store: Store):
    """In the middle of the month everything is judged as of now, and nothing of later days is known."""
    now = at(11, 10, 10, 30)
    made = report.build_report(store, REGISTRY, "2020-11", now)
    assert made.running
    assert made.judged_at == now
    assert made.hours == 226  # 9 whole days and 10 hours
    row = row_of(made, "setda")
    assert (row.status, row.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert row.outages == (Outage(at(11, 10, 8), now, 2.5 * 3600, Reason.TIMEOUT, goes_on=True),)
    assert (row.posts, row.publishing_dates, row.days_judged, row.days_within_limit) == (2, 2, 10, 10)
    assert row.last_post
    assert row.last_post.published_at.date() == date(2020, 11, 9)
    assert row.turn is Turn.WORSE


def test_month_after(store: Store):
    """A month without a single probe assesses nobody, but the age of the last post goes on."""
    made = report.build_report(store, REGISTRY, "2020-12", at(1, 10, year=2021))
    assert made.summary.not_assessable == 5
    assert made.coverage == 0.0
    assert [(gap.start, gap.hours) for gap in made.gaps] == [(at(12, 1), 744)]
    assert made.before
    assert made.before.active == 1
    assert [row.rank for row in made.rows] == [None] * 5
    assert row_of(made, "setda").last_post_days == 31
    assert "Tidak ada catatan pemeriksaan pada bulan ini" in report.write_html(made)


def test_month_before(store: Store):
    """October has one probe a site: hardly covered, and said so."""
    made = report.build_report(store, REGISTRY, "2020-10", NOW)
    assert made.summary.active == 1
    assert made.before is None
    assert row_of(made, "dinkes").outages[0].goes_on
    # Down since 25 October, looked at in one hour only.
    assert row_of(made, "dinkes").outage_seconds == 3600
    page = report.write_html(made)
    assert "Catatan pemeriksaan tidak lengkap" in page
    assert "Tidak ada catatan pada akhir bulan sebelumnya" in page


@pytest.mark.parametrize("month", ["2020-13", "2020-1", "november", "", "2020-11-01", "1999-12", "２０２０-11"])
def test_malformed_month(store: Store, month: str):
    """What is no month is refused in Indonesian."""
    with pytest.raises(report.ReportError, match="tulis sebagai TTTT-BB"):
        report.build_report(store, REGISTRY, month, NOW)


def test_future_month(store: Store):
    """A month that has not begun is refused; one that begins this second is not."""
    with pytest.raises(report.ReportError, match="belum dimulai"):
        report.build_report(store, REGISTRY, "2020-12", at(12, 1) - 1)
    made = report.build_report(store, REGISTRY, "2020-12", at(12, 1))
    assert (made.hours, made.coverage, made.gaps) == (0, None, ())
    assert "Belum ada catatan pemeriksaan untuk bulan ini" in report.write_html(made)


def test_month_follows_the_zone_of_the_registry():
    """An hour before midnight in Jakarta belongs to the next month of a registry in Jayapura."""
    store = Store.open(None)
    site = replace(november.BPBD, timezone=ZoneInfo("Asia/Jayapura"))
    moment = at(10, 31, 23)  # 1 November 01.00 WIT
    store.record_change(Change("bpbd", moment, Status.ACTIVE, readable=True))
    store.record_probe(site, moment, ProbeResult.UP, 1.0)
    store.flush()
    jayapura = Registry({"bpbd": site}, timezone=ZoneInfo("Asia/Jayapura"))
    made = report.build_report(store, jayapura, "2020-11", NOW)
    assert made.summary.active == 1
    assert made.gaps[0].start == at(10, 31, 22)
    assert made.gaps[0].hours == 1
    store.close()


@pytest.mark.parametrize(
    ("before", "now", "turn"),
    [
        (Status.ACTIVE, Status.LATE, Turn.WORSE),
        (Status.ACTIVE, Status.BLOCKED, Turn.WORSE),
        (Status.DOWN, Status.ACTIVE, Turn.BETTER),
        (Status.UNDATED, Status.ACTIVE, Turn.BETTER),
        (Status.LATE, Status.DOWN, Turn.OTHER),
        (Status.PENDING, Status.DOWN, Turn.OTHER),
        (Status.ACTIVE, Status.ACTIVE, None),
        (None, Status.ACTIVE, None),
    ],
)
def test_turns(before: Status | None, now: Status, turn: Turn | None):
    """What counts as better and worse since the month before."""
    assert Row(november.SETDA, now, status_before=before).turn is turn


def test_equal_values_share_a_place():
    """Two sites with the same value share the better place, and the next one is third."""
    store = Store.open(None)
    sites = [replace(november.DPMD, id=f"site-{number}", opd=f"S{number}") for number in range(3)]
    for number, site in enumerate(sites):
        store.record_change(Change(site.id, at(11, 1), Status.ACTIVE, readable=True))
        november.probe_hourly(store, site, at(11, 1), [(at(11, 1), at(11, 3), ProbeResult.DOWN)] if number == 1 else [])
        november.publish(store, site, [date(2020, 10, 30)])
    store.flush()
    made = report.build_report(store, Registry({site.id: site for site in sites}), "2020-11", NOW)
    assert [row.rank for row in made.rows] == [1, 3, 1]
    store.close()


def read_csv(made: Report) -> list[dict[str, str]]:
    """The CSV as a spreadsheet program reads it."""
    body = report.write_csv(made)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_csv(made: Report):
    """One line per site; numbers with dots, ISO dates, lengths in hours, and empty cells for what is not known."""
    rows = read_csv(made)
    assert [row["Kode"] for row in rows] == list(REGISTRY.sites)
    setda, dinkes, bpbd, dishub, dpmd = rows
    assert setda["Status"] == "Aktif"
    assert setda["Ketersediaan"] == "0.992997"  # 709/714
    assert setda["Nilai"] == "94.65"  # 49.6499 + 45
    assert setda["Lama gangguan"] == "4:30:00"
    assert setda["Berita terakhir"] == "2020-11-30"
    assert setda["Status sejak"] == "2020-11-30 09:00:00"
    assert setda["Waktu respons rata-rata (detik)"] == "0.502"
    assert dinkes["Lama gangguan"] == "54:30:00"
    assert dinkes["Jumlah gangguan"] == "3"
    assert dinkes["Sebab"] == "Disusupi tautan judi"
    assert dinkes["Status bulan sebelumnya"] == "Tidak dapat diakses"
    assert dinkes["Ketersediaan"] == "0.921512"  # 634/688
    assert (dinkes["Kewajiban"], dinkes["Frekuensi terukur"], dinkes["Memenuhi kewajiban"]) == (
        "Harian",
        "Mingguan",
        "Tidak",
    )
    for title in ("Nilai", "Jumlah berita", "Hari terbit", "Berita terakhir", "Memenuhi kewajiban", "Peringkat"):
        assert bpbd[title] == ""
    assert (dishub["Ketersediaan"], dishub["Jumlah gangguan"], dishub["Alamat"]) == ("", "", "")
    assert (dpmd["Umur berita terakhir (hari)"], dpmd["Lewat 180 hari (UU 14/2008)"]) == ("213", "Ya")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dinas Kesehatan", "Dinas Kesehatan"),
        ("=1+1", "'=1+1"),
        ("+62 254", "'+62 254"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "' =1+1"),
        ("  =1+1", "'  =1+1"),
        ("\r\n=1", "'  =1"),
        ("a\nb\x00c", "a b c"),
        ("", ""),
    ],
)
def test_formula_injection_in_csv(text: str, expected: str):
    """What a spreadsheet would evaluate begins with an apostrophe."""
    from opd_exporter.report.csv_file import neutralise

    assert neutralise(text) == expected


def test_hostile_texts_in_csv(made: Report):
    """Names and notes of the registry come through as text."""
    setda = read_csv(made)[0]
    assert setda["Nama"] == f"'{HOSTILE_NAME}"
    assert setda["Tindak lanjut"] == f"'{HOSTILE_NOTE}"
    assert setda["Penanggung jawab"] == "'@Kepala Bagian Umum"


def test_xlsx(made: Report):
    """The workbook, read again: real types, filters, a frozen header, widths, and no formula anywhere."""
    book = load_workbook(io.BytesIO(report.write_xlsx(made)))
    assert book.sheetnames == ["Ringkasan", "Evaluasi", "Gangguan", "Catatan"]
    sheet = book["Evaluasi"]
    titles = [cell.value for cell in sheet[1]]
    rows = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    setda, dinkes, bpbd, dishub, dpmd = rows
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(titles)).column_letter}6"
    assert sheet.freeze_panes == "D2"
    assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1])
    assert setda["Ketersediaan"] == 0.992997
    assert setda["Peringkat"] == 1
    assert setda["Nilai"] == 94.65
    assert setda["Berita terakhir"] == datetime(2020, 11, 30)  # noqa: DTZ001 - spreadsheets know no zones
    assert setda["Status sejak"] == datetime(2020, 11, 30, 9)  # noqa: DTZ001
    assert setda["Lama gangguan"] == timedelta(hours=4, minutes=30)
    assert dinkes["Lama gangguan"] == timedelta(hours=54, minutes=30)
    assert (bpbd["Nilai"], bpbd["Jumlah berita"], dishub["Ketersediaan"]) == (None, None, None)
    assert dpmd["Umur berita terakhir (hari)"] == 213
    assert sheet.cell(2, titles.index("Ketersediaan") + 1).number_format == "0.0%"
    assert setda["Nama"] == HOSTILE_NAME
    for page in book.worksheets:
        for line in page.iter_rows():
            for cell in line:
                assert cell.data_type != "f", f"{page.title}!{cell.coordinate} is a formula"
    outages = list(book["Gangguan"].iter_rows(min_row=2, values_only=True))
    assert len(outages) == 4
    assert outages[1][1:4] == (datetime(2020, 11, 1), datetime(2020, 11, 2, 6), timedelta(hours=30))  # noqa: DTZ001
    assert outages[1][5] == "mulai sebelum bulan ini"
    summary = {row[0]: row[1:4] for row in book["Ringkasan"].iter_rows(min_row=6, max_row=16, values_only=True)}
    assert summary["Jumlah situs"] == (5, 5, 0)
    assert summary["Aktif"] == (1, 1, 0)
    assert summary["Tidak aktif"] == (2, 2, 0)
    assert summary["   Tidak dapat diakses"] == (0, 1, -1)
    assert summary["Tidak dapat dinilai"] == (2, 2, 0)


def test_json(made: Report):
    """The figures for programs: ISO times in the zone, ratios, and null for what is not known."""
    found = json.loads(report.write_json(made))
    assert found["month"] == "2020-11"
    assert found["timezone"] == "Asia/Jakarta"
    assert found["judged_at"] == "2020-11-30T23:59:59+07:00"
    assert found["summary"]["by_status"]["compromised"] == 1
    assert found["summary_before"]["by_status"]["down"] == 1
    assert found["gaps"] == [{"from": "2020-11-09T08:00:00+07:00", "to": "2020-11-09T14:00:00+07:00", "hours": 6}]
    assert found["ranking"] == ["setda", "dpmd", "dinkes"]
    assert found["past_180_days"] == ["dpmd"]
    setda, dinkes, bpbd, dishub, _ = found["sites"]
    assert setda["score"] == 94.65
    assert setda["last_post"]["published_at"] == "2020-11-30T10:00:00+07:00"
    assert dinkes["outage_seconds"] == 54.5 * 3600
    assert dinkes["outages"][0] == {
        "from": "2020-11-01T00:00:00+07:00",
        "to": "2020-11-02T06:00:00+07:00",
        "seconds": 108000.0,
        "reason": "connect_refused",
        "began_before": True,
        "goes_on": False,
    }
    assert dinkes["score"] == 0.0
    assert (bpbd["score"], bpbd["last_post"], dishub["outage_count"], dishub["uptime"]) == (None, None, None, None)


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_html(made: Report):
    """The page says it in the words of the meeting, is self-contained and escapes what others wrote."""
    page = report.write_html(made)
    words = plain(page)
    assert "5 website OPD 1 aktif 2 tidak aktif 2 tidak dapat dinilai" in words
    assert "Keadaan akhir bulan, Senin, 30 November 2020" in words
    assert "Catatan pemeriksaan tidak lengkap: rata-rata 86,9 % dari 720 jam per situs." in words
    assert "Senin, 9 November 2020 08.00 WIB s.d. 14.00 WIB (6 jam)" in words
    assert "94,65" in words
    assert "2 hari 6 jam" in words  # Dinkes: 54.5 h
    assert "99,3 %" in words
    assert "Jumat, 1 Mei 2020 213 hari" in words
    assert "25 dari 30" in words
    assert "Nilai = 50 × ketersediaan + 50 × (hari dalam batas ÷ hari dinilai)" in words
    assert "&lt;" not in page.split("</style>")[0]
    assert HOSTILE_NAME not in page
    assert "=HYPERLINK(&#34;http://evil.example/" in page
    assert not re.search(r"<script|<link|<img|\ssrc=|\sstyle=|@import|url\(|\son[a-z]+=", page)
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="id">' in page


def test_style_matches_its_policy(made: Report):
    """The digest in the policy is that of the style sheet in the page."""
    import base64
    import hashlib

    page = report.write_html(made)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in report.content_security_policy()


def test_contacts_and_admin_links_stay_out(store: Store):
    """Nothing that belongs behind a password is in any format."""
    from opd_exporter.registry import Contact

    secret = replace(
        november.SETDA,
        contact=Contact("Rahasia Nama", "rahasia@example.go.id", "0812-rahasia", notify=True),
        admin_url="https://setda.example.go.id/rahasia",
    )
    made = report.build_report(store, Registry({"setda": secret}), "2020-11", NOW)
    texts = [report.write_html(made).encode(), report.write_csv(made), report.write_json(made)]
    book = load_workbook(io.BytesIO(report.write_xlsx(made)))
    texts.append(repr([list(sheet.values) for sheet in book.worksheets]).encode())
    assert all(b"ahasia" not in text for text in texts)


def test_empty_registry(store: Store):
    """No sites, no division by zero."""
    made = report.build_report(store, Registry({}), "2020-11", NOW)
    assert made.summary.sites == 0
    assert "0 website OPD" in plain(report.write_html(made))
    assert load_workbook(io.BytesIO(report.write_xlsx(made)))
    assert len(report.write_csv(made).splitlines()) == 1
    json.loads(report.write_json(made))


def test_hostile_registry_and_posts():
    """Controls, lone surrogates and very long texts are written by every format."""
    store = Store.open(None)
    site = Site("x", "\x00\ud800=A" + "x" * 40_000, "\x0b\uffff" * 100, "https://x.example/")
    store.record_change(Change("x", at(11, 1), Status.DOWN, Reason.EMPTY, readable=False))
    store.record_probe(site, at(11, 1), ProbeResult.DOWN)
    november.publish(store, site, [date(2020, 11, 2)])
    store.flush()
    made = report.build_report(store, Registry({"x": site}), "2020-11", NOW)
    assert report.write_csv(made)
    assert load_workbook(io.BytesIO(report.write_xlsx(made)))
    assert report.write_json(made)
    assert report.write_html(made).encode()
    store.close()


def test_read_only_store_beside_a_running_exporter(tmp_path: Path):
    """The command line reports from the file that the exporter is writing."""
    writer = Store.open(tmp_path / "store.db")
    november.fill(writer)
    reader = Store.open(tmp_path / "store.db", read_only=True)
    made = report.build_report(reader, REGISTRY, "2020-11", NOW)
    assert made.summary.active == 1
    reader.close()
    writer.close()
