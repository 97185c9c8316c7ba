"""End to end, the fleet and the monitor itself: one cause, one mail. Durations are scaled by 20."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opd_exporter.models import Reason, Status
from support.exporter_page import ExporterPage
from support.stack import OPERATIONS, Stack
from support.stories import story

if TYPE_CHECKING:
    from pathlib import Path

MAIL_SECONDS = 60.0
SHARED = "10.10.99.9"


def _fleet_on_one_server(shared: int, total: int) -> ExporterPage:
    """``total`` sites, the first ``shared`` of them on one address."""
    page = ExporterPage(sites=total)
    for site_id in list(page.states)[:shared]:
        page.add(site_id, address=SHARED)
    return page


@story(seconds=100)
def test_twenty_sites_of_one_server_are_one_mail(folder: Path) -> None:
    """Twenty sites that fall with their server give one mail with address and count, none per site, one at the end."""
    page = _fleet_on_one_server(20, 31)
    down = list(page.states)[:20]
    with Stack("gangguan-massal", folder, exporter=page) as stack:
        page.fail(*down, reason=Reason.CONNECT_TIMEOUT, http_status=None)
        mail = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the fleet's outage")
        assert mail.recipients == (OPERATIONS,)
        assert mail.subject == (f"[GANGGUAN MASSAL] 20 website OPD tidak dapat diakses, dugaan satu penyebab: {SHARED}")
        assert f"{SHARED} dipakai 20 dari website yang terganggu" in mail.text
        assert "Dinkes" in mail.text
        stack.pause("8m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()
        page.recover(*down)
        stack.mailbox.wait(
            lambda m: m.subject.startswith("[PULIH] Gangguan massal website OPD berakhir (berlangsung "),
            90,
            "the end",
        )
        stack.pause("8m")
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story
def test_a_few_sites_of_one_server_are_one_mail_that_names_it(folder: Path) -> None:
    """Three of twelve sites on one address are no outage of the fleet: one mail names all three and the address."""
    page = _fleet_on_one_server(3, 12)
    down = list(page.states)[:3]
    with Stack("satu-server", folder, exporter=page) as stack:
        page.fail(*down, reason=Reason.CONNECT_REFUSED, http_status=None)
        mail = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the outage")
        assert mail.subject == (
            f"[GANGGUAN] 3 website OPD tidak dapat diakses, satu alamat server {SHARED}:"
            " Dindikbud, Dinkes, Disnakertrans"
        )
        assert f"Server: {SHARED}, terganggu bersama: Dinkes, Disnakertrans" in mail.text
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()


@story(seconds=115)
def test_a_monitor_without_network_is_one_mail_and_none_per_site(folder: Path) -> None:
    """While the monitor is offline and all sites turn unknown, one mail tells of the monitor; nothing else goes out."""
    with Stack("monitor-terputus", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "an outage from before")
        stack.page.network_up = False
        mail = stack.mailbox.wait(lambda m: "[GANGGUAN MONITOR]" in m.subject, MAIL_SECONDS, "the monitor's mail")
        assert mail.subject == "[GANGGUAN MONITOR] Jaringan monitor terputus; keadaan website OPD tidak diketahui"
        stack.page.recover(*stack.page.states, status=Status.PENDING)
        stack.pause("15m")
        stack.page.network_up = True
        stack.page.recover(*stack.page.states)
        stack.page.fail("dinkes")
        mail = stack.mailbox.wait(
            lambda m: m.subject == "[PULIH] Jaringan monitor tersambung kembali", 90, "the monitor's return"
        )
        assert re.search(r"Berlangsung (kurang dari 1|\d+) menit, sejak \w+, \d+ \w+ 20\d\d \d\d\.\d\d WIB", mail.text)
        stack.pause("5m")
        assert len(stack.mailbox.mails) == 3, stack.mailbox.subjects()


@story
def test_a_hack_is_mailed_during_an_outage_of_the_fleet(folder: Path) -> None:
    """What suppresses outages never suppresses a compromise."""
    page = _fleet_on_one_server(8, 12)
    with Stack("disusupi-saat-massal", folder, exporter=page) as stack:
        page.fail(*list(page.states)[:8])
        stack.mailbox.wait(lambda m: "[GANGGUAN MASSAL]" in m.subject, MAIL_SECONDS, "the fleet's outage")
        page.hack(list(page.states)[-1])
        mail = stack.mailbox.wait(lambda m: "[DARURAT]" in m.subject, MAIL_SECONDS, "the compromise")
        assert "slot gacor maxwin hari ini" in mail.text
        assert len(stack.mailbox.mails) == 2, stack.mailbox.subjects()


@story(seconds=90)
def test_an_outage_after_a_suppressed_recovery_is_mailed(folder: Path) -> None:
    """A site recovers unseen during an outage of the fleet; when it falls again later, that is mailed (within 4 h)."""
    page = _fleet_on_one_server(6, 12)
    shared = list(page.states)[:6]
    lone = list(page.states)[-1]
    # The 4 h of repetition are shortened to 30 min so that a test can wait for them.
    with Stack("pulih-tertahan", folder, exporter=page, repeat_interval="30m") as stack:
        page.fail(lone)
        first = stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the first outage")
        page.fail(*shared)
        stack.mailbox.wait(lambda m: "[GANGGUAN MASSAL]" in m.subject, MAIL_SECONDS, "the fleet's outage")
        page.recover(lone)
        stack.until(lambda: not stack.firing("OPDSiteDown", site=lone), "it has recovered", real_seconds=60)
        page.recover(*shared)
        stack.until(lambda: not stack.firing("OPDFleetOutage"), "the fleet has recovered", real_seconds=90)
        page.fail(lone)
        again = stack.mailbox.wait(
            lambda m: m.at > first.at and "OPD" not in m.subject and m.subject.startswith(("[GANGGUAN]", "[MASIH")),
            150,
            "the second outage",
        )
        assert page.states[lone].site.opd in again.subject


@story(seconds=130)
def test_restarts_while_an_alert_fires_mail_nothing(folder: Path) -> None:
    """Prometheus, Alertmanager and the exporter are restarted during an outage, politely and by force: no mail.

    Scaled by 8 only: Prometheus takes some real seconds to start, of the four minutes after which alerts expire.
    """
    with Stack("mulai-ulang", folder, factor=8.0) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, 90, "the outage")
        stack.page.silent = True
        stack.pause("30s")
        stack.page.silent = False
        stack.pause("2m")
        stack.stop("alertmanager")
        stack.start_alertmanager()
        stack.pause("2m")
        for kill in (False, True):
            stack.stop("prometheus", kill=kill)
            stack.start_prometheus()
            stack.until(lambda: stack.firing("OPDSiteDown"), "the alert fires again", real_seconds=60)
            stack.pause("2m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()


@story
def test_a_new_alertmanager_waits_for_what_suppresses(folder: Path) -> None:
    """Started anew, Alertmanager is sent an old outage a minute before what suppresses it: it mails only the latter."""
    labels = {"job": "opd-exporter", "instance": "127.0.0.1:9", "severity": "critical"}
    with Stack("mulai-ulang-massal", folder) as stack:
        stack.stop("alertmanager")
        stack.start_alertmanager()
        stack.send({**labels, "alertname": "OPDSiteDown", "site": "dinkes"})
        stack.pause("75s")
        stack.send({"job": "opd-exporter", "severity": "critical", "alertname": "OPDFleetOutage"})
        stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "the fleet's outage")
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 1, stack.mailbox.subjects()
        assert "[GANGGUAN MASSAL]" in stack.mailbox.mails[0].subject


@story(seconds=100)
def test_lost_scrapes_neither_fire_nor_resolve(folder: Path) -> None:
    """A silent exporter is one mail about itself; a site that was down stays down, and nothing else is mailed."""
    with Stack("exporter-diam", folder) as stack:
        stack.page.fail("dinkes")
        stack.mailbox.wait(lambda m: "Dinkes" in m.subject, MAIL_SECONDS, "the outage")
        stack.page.silent = True
        mail = stack.mailbox.wait(lambda m: "[GANGGUAN MONITOR]" in m.subject, MAIL_SECONDS, "the exporter's mail")
        assert "Exporter OPD tidak menjawab" in mail.subject
        stack.pause("10m")
        assert stack.firing("OPDSiteDown", site="dinkes")
        stack.page.silent = False
        stack.mailbox.wait(lambda m: m.subject == "[PULIH] Exporter OPD menjawab kembali", 90, "the exporter's return")
        stack.pause("3m")
        assert len(stack.mailbox.mails) == 3, stack.mailbox.subjects()


@story
def test_the_programs_know_every_metric_of_the_rules_that_is_theirs(folder: Path) -> None:
    """Metrics of Prometheus and Alertmanager in the rules exist in the running programs."""
    from support.rules import foreign_metrics

    with Stack("metrik", folder) as stack:
        stack.page.hack("dinkes")
        stack.mailbox.wait(lambda _: True, MAIL_SECONDS, "a first mail, so that every counter has begun")
        missing = [name for name in sorted(foreign_metrics()) if not stack.query(f"count({name})")]
        assert missing == []


@story
def test_sites_that_fall_one_after_the_other_are_few_mails(folder: Path) -> None:
    """Two sites that fall within the grouping time are one mail; each is announced as new exactly once."""
    with Stack("beruntun", folder) as stack:
        stack.page.fail("dinkes")
        stack.pause("15s")
        stack.page.fail("distan")
        stack.mailbox.wait(lambda m: "Distan" in m.text, MAIL_SECONDS, "both outages")
        stack.pause("3m")
        assert len(stack.mailbox.mails) <= 2, stack.mailbox.subjects()
        assert re.search(r"Dinkes", stack.mailbox.mails[0].subject)
