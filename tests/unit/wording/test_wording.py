"""The words, dates and numbers that people read."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from opd_exporter import wording
from opd_exporter.models import Cadence, Check, Connection, Duty, Kendala, PostSource, ProbeResult, Reason, Status
from opd_exporter.wording.evidence import UNNAMED

TABLES = [
    (Status, wording.status_label),
    (Reason, wording.reason_label),
    (Duty, wording.duty_label),
    (Cadence, wording.cadence_label),
    (Connection, wording.connection_label),
    (Kendala, wording.kendala_label),
    (PostSource, wording.source_label),
    (Check, wording.check_label),
    (ProbeResult, wording.probe_result_label),
]


@pytest.mark.parametrize(("members", "label"), TABLES, ids=[table[0].__name__ for table in TABLES])
def test_every_member_has_its_own_label(members, label):
    """No member of an enumeration is shown as its English identifier, and no two members read the same."""
    labels = [label(member) for member in members]
    assert len(set(labels)) == len(list(members))
    assert all(text and "_" not in text for text in labels)


def test_status_words_are_those_of_the_contract():
    """The eight statuses carry the words and colours that mails, boards and pages agree on."""
    assert wording.status_label(Status.LATE) == "Kurang aktif"
    assert wording.status_label(Status.COMPROMISED) == "Terindikasi disusupi"
    assert wording.status_colour(Status.ACTIVE) == "#009E73"
    assert all(re.fullmatch("#[0-9A-F]{6}", wording.status_colour(status)) for status in Status)


def test_every_kind_of_evidence_has_a_label():
    """Whatever a rule calls its evidence has Indonesian words; an unknown kind reads as its own words."""
    rules = (Path(wording.__file__).parents[1] / "verdict").glob("*.py")
    kinds = {kind for rule in rules for kind in re.findall(r'\bevidence\("([a-z0-9_]+)"', rule.read_text("utf-8"))}
    assert len(kinds) > 15
    assert kinds <= set(wording.EVIDENCE_LABELS)
    assert wording.evidence_label("new_kind") == "New kind"


def prober_words():
    """Every English line that the prober can give as the reason of a failure, with something in its gaps."""
    for file in (Path(wording.__file__).parents[1] / "probe").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or len(call.args) < 2:
                continue
            if call.func.id not in {"Failure", "Refused"}:
                continue
            said = call.args[1]
            if isinstance(said, ast.Constant):
                yield said.value
            elif isinstance(said, ast.JoinedStr) and isinstance(said.values[0], ast.Constant):
                yield "".join(part.value if isinstance(part, ast.Constant) else "7" for part in said.values)
    yield from ("no answer", "the headers did not end", "the body did not end, 812 bytes so far")
    yield "redirect refused: lain.example leads to the forbidden address 127.0.0.1"
    yield from ("connect: ECONNREFUSED", "connect: ENETUNREACH", "DNS A: Domain name not found", "connect_refused")


def test_what_the_prober_says_is_read_in_indonesian():
    """No line of the prober reaches a reader without a sentence of its own; its words stay as technical detail."""
    spoken = sorted(set(prober_words()))
    assert len(spoken) > 35
    for text in spoken:
        sentence = wording.evidence_text("transport", text)
        assert sentence != UNNAMED, text
        assert not re.search(r"\b(the|no|with|is|did)\b", sentence), sentence
        assert len(wording.evidence_in_short("transport", text, 80)) <= 80
    assert wording.evidence_text("transport", "connect: ECONNREFUSED") == "Server menolak koneksi"
    assert wording.evidence_text("transport", "no connection in 3.5 s") == "Server tidak tersambung dalam 3,5 detik"
    assert wording.evidence_text("transport", "words of tomorrow") == UNNAMED
    assert wording.technical_detail("transport", "words of tomorrow") == "words of tomorrow"


def test_evidence_in_short_drops_the_detail_first():
    """A label of a metric holds the sentence whole; the prober's words only where there is room."""
    short = wording.evidence_in_short("transport", "connect: ECONNREFUSED", 80)
    assert short == "Server menolak koneksi (connect: ECONNREFUSED)"
    assert wording.evidence_in_short("transport", "DNS A: " + "x" * 80, 80).endswith("dapat dipakai")
    assert wording.evidence_in_short("title", "Hacked by x", 80) == "Hacked by x"
    assert wording.evidence_text("tls", "CN=lain.example penerbit Uji CA") == "untuk lain.example, penerbit Uji CA"
    assert wording.evidence_in_short("tls", "CN=lain.example", 80) == "Sertifikat untuk lain.example"
    assert wording.evidence_text("tls", "tls_untrusted") == wording.reason_label(Reason.TLS_UNTRUSTED)


def test_dates_and_times_are_indonesian():
    """A moment reads as in a government letter, in the zone of the site."""
    moment = datetime(2020, 11, 18, 18, 57, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert wording.format_date(moment) == "Rabu, 18 November 2020"
    assert wording.format_date(date(2021, 8, 1)) == "Minggu, 1 Agustus 2021"
    assert wording.format_time(moment) == "18.57 WIB"
    assert wording.format_datetime(moment) == "Rabu, 18 November 2020 18.57 WIB"
    assert wording.format_short_day(date(2026, 8, 5)) == "5 Agu 2026"
    assert wording.format_month(date(2020, 5, 1)) == "Mei 2020"


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        (ZoneInfo("Asia/Jakarta"), "WIB"),
        (ZoneInfo("Asia/Makassar"), "WITA"),
        (ZoneInfo("Asia/Jayapura"), "WIT"),
        (UTC, "UTC"),
        (timezone(timedelta(hours=5, minutes=30)), "UTC+05:30"),
        (timezone(-timedelta(hours=3, minutes=30)), "UTC-03:30"),
    ],
)
def test_zone_names(zone, label):
    """The three Indonesian zones have their names; others show their distance to UTC."""
    assert wording.zone_label(datetime(2026, 1, 1, tzinfo=zone)) == label


def test_a_time_without_zone_is_refused():
    """A naive time is a mistake of the program: guessing a zone would show a wrong hour."""
    with pytest.raises(ValueError, match="zone"):
        wording.format_time(datetime(2026, 1, 1))  # noqa: DTZ001  the naive time is the point


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "kurang dari 1 detik"),
        (59.9, "59 detik"),
        (60, "1 menit"),
        (7_500, "2 jam 5 menit"),
        (7_200, "2 jam"),
        (86_400, "1 hari"),
        (100_800, "1 hari 4 jam"),
        (12 * 86_400 + 5, "12 hari"),
        (1_204 * 86_400, "1.204 hari"),
        (-5, "kurang dari 1 detik"),
    ],
)
def test_durations(seconds, text):
    """Durations show at most two units and are never rounded up."""
    assert wording.format_duration(seconds) == text


def test_ages_are_past():
    """An age says that it is one."""
    assert wording.format_age(12 * 86_400) == "12 hari lalu"
    assert wording.format_age(3) == "baru saja"
    ages = [wording.format_short_age(seconds) for seconds in (5, 61, 7_500, 86_399, 100_800, 1_204 * 86_400)]
    assert ages == ["baru saja", "1 menit lalu", "2 jam lalu", "23 jam lalu", "1 hari lalu", "1.204 hari lalu"]


def test_numbers():
    """Decimal comma, dot for thousands."""
    assert wording.format_number(1_234.56, 1) == "1.234,6"
    assert wording.format_number(31) == "31"
    assert wording.format_seconds(0.4204) == "420 ms"
    assert wording.format_seconds(2.349) == "2,35 detik"
    assert wording.format_seconds(0.9996) == "1,00 detik"
    assert wording.format_bytes(58_600) == "58,6 KB"
    assert wording.format_bytes(999_960) == "1,0 MB"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.0, "100 %"), (0.99999, "99,9 %"), (0.985, "98,5 %"), (0.0, "0 %"), (0.00001, "0,1 %"), (0.5, "50 %")],
)
def test_an_outage_is_not_rounded_away(ratio, text):
    """Uptime short of perfect never reads as 100 %."""
    assert wording.format_percent(ratio) == text


def test_every_way_of_hiding_is_translated():
    """No page shows an operator the program's own word for how a link was hidden."""
    folder = Path(wording.__file__).parents[1] / "page"
    source = "".join((folder / name).read_text() for name in ("hiding.py", "walker.py"))
    ways = set(re.findall(r'^    \("([a-z0-9_]+)", re\.compile', source, re.MULTILINE))
    ways |= set(re.findall(r'return "([a-z_]+)"', source)) | set(re.findall(r'hidden or \("([a-z_]+)"', source))
    assert {"off_screen", "tiny_box", "after_html", "hidden_attribute"} <= ways
    assert ways == set(wording.HIDING_LABELS)
    assert wording.evidence_place("https://a.example/ (off_screen)") == "https://a.example/ (di luar layar)"
    assert wording.evidence_place("judul halaman") == "judul halaman"
