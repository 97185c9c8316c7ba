"""End to end, one site at a time: what happens to a site, and the mail that people get. Durations are scaled by 20."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opd_exporter.models import Reason, Status
from support.stack import EXPORTER_URL, GRAFANA_URL, OPERATIONS, Stack
from support.stories import story

if TYPE_CHECKING:
    from pathlib import Path

OPERATOR = "operator@rsud.example.go.id"
MAIL_SECONDS = 60.0
"""How long a mail may take on a busy machine; scaled, about 11 s are due."""


@story
def test_a_site_down_is_one_mail_that_says_what_where_since_and_what_next(folder: Path) -> None:
    """One site down gives one mail with subject, evidence, links; its recovery one with the duration."""
    with Stack("satu-gangguan", folder) as stack:
        stack.page.fail("dinkes", ago=4_000)
        mail = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the outage")
        assert mail.recipients == (OPERATIONS,)
        assert re.fullmatch(r"\[GANGGUAN\] Website Dinkes tidak dapat diakses sejak \d\d\.\d\d WIB", mail.subject)
        for body in (mail.text, mail.html):
            assert "Yth. Tim Pengelola Website OPD," in body
            assert "Tidak dapat diakses" in body
            assert "Gangguan server (kode 5xx)" in body
            assert "kode 500, waktu respons 0,31 detik" in body
            assert re.search(r"(Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu), \d+ \w+ 20\d\d \d\d\.\d\d WIB", body)
            assert "(2 hari lalu)" in body
            assert "Langkah yang disarankan" in body
            assert "Mohon isi kendala dan tindak lanjut" in body
            assert f"{GRAFANA_URL}/d/opd-site?var-site=dinkes" in body
            assert f"{EXPORTER_URL}/sites/dinkes" in body
            assert f"{EXPORTER_URL}/runbooks/OPDSiteDown" in body
        stack.page.recover("dinkes")
        mail = stack.mailbox.wait(lambda m: m.subject.startswith("[PULIH]"), MAIL_SECONDS, "the recovery")
        assert re.fullmatch(r"\[PULIH\] Website Dinkes kembali normal \(gangguan 1 jam \d+ menit\)", mail.subject)
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()
        assert stack.heartbeat.beats > 2, "the watchdog is silent"


@story
def test_the_operator_of_the_site_gets_a_copy(folder: Path) -> None:
    """A site whose contact asks for it mails its own operator too, with the operator's name; the others do not."""
    with Stack("operator", folder) as stack:
        stack.page.add("rsud", notify=OPERATOR)
        stack.pause("1m")
        stack.page.fail("rsud", "dinkes")
        copy = stack.mailbox.wait(lambda m: m.recipients == (OPERATOR,), MAIL_SECONDS, "the operator's copy")
        assert re.fullmatch(r"\[GANGGUAN\] Website Rsud tidak dapat diakses sejak \d\d\.\d\d WIB", copy.subject)
        assert "Yth. Operator Rsud," in copy.text
        assert "Dinkes" not in copy.text
        ours = stack.mailbox.wait(lambda m: m.recipients == (OPERATIONS,), MAIL_SECONDS, "the operations team's mail")
        assert "Rsud" in ours.subject
        assert "Dinkes" in ours.subject
        stack.page.recover("rsud", "dinkes")
        stack.mailbox.wait(
            lambda m: m.recipients == (OPERATOR,) and m.subject.startswith("[PULIH] Website Rsud kembali normal"),
            MAIL_SECONDS,
            "the operator's good news",
        )
        assert {mail.recipients for mail in stack.mailbox.mails} == {(OPERATIONS,), (OPERATOR,)}


@story
def test_a_new_outage_stands_in_front_of_old_ones(folder: Path) -> None:
    """Where sites are dead for months, a mail names the new outage in its subject and the old ones below."""
    with Stack("lama-dan-baru", folder) as stack:
        stack.page.fail("distan", "dishub", reason=Reason.CONNECT_TIMEOUT, http_status=None, ago=90 * 86_400)
        first = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the old outages")
        assert first.subject == "[GANGGUAN] 2 website OPD tidak dapat diakses: Dishub, Distan"
        stack.pause("3m")
        stack.page.fail("dinkes")
        mail = stack.mailbox.wait(lambda m: m.at > first.at, MAIL_SECONDS, "the new outage")
        assert re.fullmatch(r"\[GANGGUAN\] Website Dinkes tidak dapat diakses sejak \d\d\.\d\d WIB", mail.subject)
        new, old = mail.text.split("Masih terganggu:")
        assert "Dinkes" in new
        assert "Distan" not in new
        assert "Distan: Server tidak menjawab (90 hari" in old


@story(seconds=85)
def test_a_recovery_is_told_once(folder: Path) -> None:
    """A site that fails a few minutes after another one recovered is one mail, which does not repeat the recovery."""
    with Stack("pulih-sekali", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the first outage")
        stack.page.recover("dinkes")
        stack.mailbox.wait(lambda m: m.subject.startswith("[PULIH]"), MAIL_SECONDS, "the recovery")
        stack.until(lambda: stack.firing("OPDSiteRecovered"), "the recovery is settled", real_seconds=60)
        stack.page.fail("distan")
        mail = stack.mailbox.wait(lambda m: "Distan" in m.subject, MAIL_SECONDS, "the second outage")
        assert "Dinkes" not in mail.subject + mail.text
        stack.pause("4m")
        assert len(stack.mailbox.mails) == 3, stack.mailbox.subjects()
        stack.page.fail("dinkes")
        stack.mailbox.wait(
            lambda m: m.at > mail.at and "[GANGGUAN] Website Dinkes" in m.subject, MAIL_SECONDS, "it fails again"
        )


@story
def test_an_outage_that_goes_on_is_mailed_again_after_four_hours(folder: Path) -> None:
    """The reminder says that it is one; an outage that is days old is dated by its day."""
    with Stack("pengingat", folder, repeat_interval="5m") as stack:
        stack.page.fail("dishub", reason=Reason.CONNECT_TIMEOUT, http_status=None, ago=90 * 86_400)
        first = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the outage")
        assert re.fullmatch(r"\[GANGGUAN\] Website Dishub tidak dapat diakses sejak \d+ \w+ 20\d\d", first.subject)
        again = stack.mailbox.wait(lambda m: m.at > first.at, MAIL_SECONDS, "the reminder")
        assert again.subject == "[MASIH GANGGUAN] Website Dishub belum dapat diakses (90 hari)"


@story
def test_a_hacked_site_is_mailed_with_its_evidence(folder: Path) -> None:
    """A compromise is mailed with the matched phrase; its end promises nothing."""
    with Stack("disusupi", folder) as stack:
        stack.page.hack("bapenda", "slot gacor <b>maxwin</b> & bonus")
        mail = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the compromise")
        assert mail.subject == "[DARURAT] Website Bapenda terindikasi disusupi konten judi"
        assert "slot gacor <b>maxwin</b> & bonus" in mail.text
        assert "slot gacor &lt;b&gt;maxwin&lt;/b&gt; &amp; bonus" in mail.html
        assert "<b>maxwin" not in mail.html
        assert "baru indikasi" in mail.text
        stack.page.recover("bapenda")
        end = stack.mailbox.wait(lambda m: "tanda tidak lagi terlihat" in m.subject, MAIL_SECONDS, "the end")
        assert "tidak lagi terlihat" in end.text
        for mail in stack.mailbox.mails:
            assert "kembali normal" not in mail.subject + mail.text + mail.html
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story
def test_what_a_page_says_stays_text_on_its_way_into_a_mail(folder: Path) -> None:
    """Markup, template actions, header lines and invisible marks of a page arrive as words or not at all."""
    evil = "slot gacor {{ .Alerts }} <img src=x>\r\nBcc: korban@example.org\r\n\r\n\u202egpj\u2066\x1b[31m\x07\u2028"
    with Stack("isi-jahat", folder) as stack:
        stack.page.add("jahat", opd='Dinas <b>"Uji"</b> {{ .Status }} & Cs', name="Dinas Uji")
        stack.pause("1m")
        stack.page.hack("jahat", evil + "x" * 20_000)
        mail = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the compromise")
        assert mail.recipients == (OPERATIONS,)
        assert (
            mail.subject == '[DARURAT] Website Dinas <b>"Uji"</b> {{ .Status }} & Cs terindikasi disusupi konten judi'
        )
        assert "slot gacor {{ .Alerts }} <img src=x>" in mail.text
        assert "slot gacor {{ .Alerts }} &lt;img src=x&gt;" in mail.html
        assert not re.search(r"<(img|b)\b", mail.html)
        everything = mail.text + mail.html + mail.subject
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", everything)
        assert len(mail.text) < 10_000
        (saved,) = stack.mailbox.folder.glob("*.eml")
        assert b"\nBcc:" not in saved.read_bytes()


@story(seconds=115)
def test_a_certificate_that_ends_in_ten_days_is_one_warning(folder: Path) -> None:
    """A certificate with ten days left gives one mail with host, days and date, and one when it is renewed."""
    with Stack("sertifikat", folder) as stack:
        tls = stack.page.states["dinsos"].tls
        stack.page.expire_certificate("dinsos", days=10.5)
        mail = stack.mailbox.wait(lambda _: True, 90, "the warning")
        pattern = r"\[PERHATIAN\] Sertifikat SSL dinsos\.example\.go\.id berakhir dalam 10 hari \(\d+ \w+ 20\d\d\)"
        assert re.fullmatch(pattern, mail.subject)
        assert "Berlaku s.d.:" in mail.text
        stack.page.change("dinsos", tls=tls)
        stack.mailbox.wait(lambda m: m.subject.startswith("[SELESAI]"), 90, "the renewal")
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story
def test_a_slow_site_is_one_warning(folder: Path) -> None:
    """A site that answers slowly for most of half an hour gives one warning with the usual time and the limit."""
    with Stack("lambat", folder) as stack:
        stack.page.slow_down("bpbd", 7.5)
        mail = stack.mailbox.wait(lambda _: True, 150, "the warning")
        assert mail.subject == "[PERHATIAN] Website BPBD lambat: waktu respons 7,5 detik"
        assert "batas 5 detik" in mail.text


@story
def test_a_missed_duty_is_a_line_in_the_digest_and_not_an_alarm(folder: Path) -> None:
    """Late and dormant sites come in one weekly mail, a line each; the operator gets a mail of their own."""
    with Stack("belum-update", folder) as stack:
        stack.page.add("rsud", notify=OPERATOR)
        stack.page.publish("rsud", 20)
        stack.page.publish("distan", 12)
        stack.page.publish("dishub", 140)
        digest = stack.mailbox.wait(lambda m: m.recipients == (OPERATIONS,), 120, "the digest")
        assert digest.subject == "[BELUM UPDATE] 3 website OPD: 2 kurang aktif, 1 tidak update"
        assert re.search(r"- Distan: kurang aktif, pembaruan terakhir \w+, \d+ \w+ \d+ \(12 hari lalu\)", digest.text)
        assert re.search(r"- Dishub: tidak update, pembaruan terakhir .*\(140 hari lalu\)", digest.text)
        own = stack.mailbox.wait(lambda m: m.recipients == (OPERATOR,), 120, "the operator's reminder")
        assert own.subject.startswith("[BELUM UPDATE] Rsud: pembaruan terakhir ")
        assert own.subject.endswith("(20 hari lalu)")
        assert "batas 10 hari" in own.text
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story(seconds=85)
def test_warnings_and_digests_wait_for_office_hours_and_outages_do_not(folder: Path) -> None:
    """Outside working hours only critical alerts are mailed."""
    with Stack("malam-hari", folder, office_open=False) as stack:
        stack.page.expire_certificate("dinsos", days=10.5)
        stack.page.publish("distan", 20)
        stack.until(lambda: stack.firing("OPDCertificateExpiring"), "the certificate's alert", real_seconds=90)
        stack.until(lambda: stack.firing("OPDSiteLate"), "the late site's alert", real_seconds=90)
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the outage")
        stack.pause("5m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()


@story
def test_the_weekly_recap_counts_every_kind(folder: Path) -> None:
    """The Monday mail gives the counts of the fleet, split by kind, and is sent once."""
    with Stack("rekap", folder, recap_now=True) as stack:
        mail = stack.mailbox.wait(lambda m: m.subject.startswith("Rekap"), MAIL_SECONDS, "the recap")
        pattern = (
            r"Rekap mingguan website OPD, \d+ \w+ 20\d\d s\.d\. \d+ \w+ 20\d\d: 12 aktif, 0 kurang aktif, 0 tidak aktif"
        )
        assert re.fullmatch(pattern, mail.subject)
        assert "Keadaan 12 website OPD" in mail.text
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()


@story
def test_maintenance_mutes_what_begins_in_it_and_announces_no_recovery(folder: Path) -> None:
    """An outage inside a window is not mailed; one that was mailed before stays until the site is back."""
    with Stack("pemeliharaan", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the outage before the window")
        stack.page.maintain("dinkes")
        stack.page.maintain("dishub")
        stack.page.fail("dishub")
        stack.pause("10m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()
        stack.page.recover("dinkes")
        stack.mailbox.wait(lambda m: "[PULIH] Website Dinkes" in m.subject, MAIL_SECONDS, "the recovery")
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story(seconds=90)
def test_unknown_is_no_recovery(folder: Path) -> None:
    """A site that was down and is then blocked or unknown has not recovered, and is not announced twice."""
    with Stack("tidak-diketahui", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the outage")
        for status in (Status.PENDING, Status.BLOCKED):
            stack.page.recover("dinkes", status=status)
            stack.pause("7m")
        stack.page.fail("dinkes")
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()
        stack.page.recover("dinkes", status=Status.LATE)
        stack.mailbox.wait(lambda m: m.subject.startswith("[PULIH]"), MAIL_SECONDS, "the recovery")


@story(seconds=130)
def test_a_removed_site_does_not_recover(folder: Path) -> None:
    """A site that is taken out of the registry while it is down ends without good news."""
    with Stack("dikeluarkan", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the outage")
        stack.page.remove("dinkes")
        stack.until(lambda: not stack.firing("OPDSiteDown"), "the alert ends", real_seconds=150)
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()
