"""The pages: what they say, in which order, and that nothing of a department's page can act on them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from opd_exporter.models import Candidate, Evidence, Hop, PostSource, ProbeResult, Reason, Status
from opd_exporter.registry import Note
from opd_exporter.store import Store
from opd_exporter.web.explanations import EXPLANATIONS
from opd_exporter.wording import status_label
from support.fleet import AT, DAY, make_post, make_site, make_snapshot, make_state, many, one_of_each
from support.webserver import fill_history, serving


async def soup_of(client, url, expected=200):
    """The parsed page of one GET."""
    async with client.get(url) as response:
        assert response.status == expected
        assert response.content_type == "text/html"
        return BeautifulSoup(await response.text(), "lxml")


def words(node):
    """The visible text of a node on one line."""
    return " ".join(node.get_text(" ").split())


async def test_fleet_page_counts_and_lists(client):
    """Active, not active split by kind, not assessable; then a row per site, trouble first."""
    async with serving() as server:
        page = await soup_of(client, f"{server.url}/")
    assert words(page.h1) == "1 dari 8 website OPD aktif"
    cards = [words(card) for card in page.select(".card")]
    assert cards[0].startswith("1 Aktif")
    assert cards[1] == "4 Tidak aktif Terindikasi disusupi 1 Tidak dapat diakses 1 Tidak update 1 Kurang aktif 1"
    assert cards[2] == "3 Tidak dapat dinilai Akses monitor ditolak 1 Tanggal tidak terbaca 1 Tidak diketahui 1"
    rows = page.select("table.fleet tbody tr")
    assert [row.th.a["href"].rpartition("/")[2] for row in rows] == [
        "bpbd",
        "dishub",
        "dpkd",
        "distan",
        "setwan",
        "dinsos",
        "damkar",
        "dinkes",
    ]
    cells = [words(cell) for cell in rows[1].select("th, td")]
    assert cells == [
        "Dishub Dinas Dishub",
        "Tidak dapat diakses Sertifikat SSL kedaluwarsa",
        "2 jam lalu 18 Nov 2020, 16.52 WIB",
        "420 ms",
        "2 hari lalu 16 Nov 2020",
        "baru saja 18.56 WIB",
    ]
    assert words(rows[6]).count("tidak diketahui") == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=down", ["dishub"]),
        ("status=tidak-dinilai", ["setwan", "dinsos", "damkar"]),
        ("cari=KESEHATAN", ["dinkes"]),
        ("cari=dinas+dis", ["dishub", "distan"]),
        ("cari=tidak+ada", []),
        ("status=active&cari=dinkes", ["dinkes"]),
        ("urut=opd&status=tidak-aktif", ["bpbd", "dishub", "distan", "dpkd"]),
        ("urut=berita&status=tidak-aktif", ["dpkd", "distan", "bpbd", "dishub"]),
    ],
)
async def test_filter_search_and_order_work_without_script(client, query, expected):
    """The query string alone chooses and orders the rows."""
    async with serving() as server:
        page = await soup_of(client, f"{server.url}/?{query}")
    assert [row.th.a["href"].rpartition("/")[2] for row in page.select("table.fleet tbody tr")] == expected
    assert words(page.select_one("#jumlah")).startswith(f"{len(expected)} dari 8")


async def test_odd_queries_fall_back(client):
    """Nonsense in the query string shows the plain page and is never echoed as markup."""
    async with serving() as server:
        for query in (
            "status=%3Cscript%3E",
            "halaman=-1",
            "halaman=9999999999999999999999",
            "urut=zz",
            "halaman=%D9%A1",
        ):
            await soup_of(client, f"{server.url}/?{query}")
        page = await soup_of(client, f"{server.url}/?cari=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.select_one("input[name=cari]")["value"] == '"><script>alert(1)</script>'
    assert len(page.select("script")) == 1


async def test_large_fleet_comes_in_pages(client):
    """A thousand rows to a page; the counts are of all sites."""
    async with serving(many(1_500)) as server:
        first = await soup_of(client, f"{server.url}/")
        second = await soup_of(client, f"{server.url}/?halaman=2")
    assert [len(page.select("table.fleet tbody tr")) for page in (first, second)] == [1_000, 500]
    assert "dari 1.500 website OPD aktif" in words(first.h1)
    assert "Halaman 1 dari 2" in words(first.select_one(".pager"))


async def test_empty_fleet(client):
    """A registry without sites is a page, not an error."""
    async with serving([]) as server:
        page = await soup_of(client, f"{server.url}/")
    assert words(page.h1) == "0 dari 0 website OPD aktif"


async def test_a_blind_monitor_says_so(client):
    """A dead network and a standing monitor never look like a healthy page."""
    async with serving() as server:
        assert (await soup_of(client, f"{server.url}/")).select(".banner") == []
        server.fleet["snapshot"] = make_snapshot(one_of_each(), network_up=False)
        assert "Jaringan monitor terputus" in words((await soup_of(client, f"{server.url}/")).select_one(".banner"))
        old = [replace(state, last_probe_at=AT - 3_600) for state in one_of_each()[:-1]]
        server.fleet["snapshot"] = make_snapshot(old)
        banner = words((await soup_of(client, f"{server.url}/")).select_one(".banner"))
        assert "Pemeriksaan berhenti. Hasil terbaru berumur 1 jam" in banner


@pytest.fixture
async def store():
    """A store in memory."""
    opened = Store.open(None)
    yield opened
    await asyncio.to_thread(opened.close)


async def test_site_page_explains(client, store):
    """Status and why in plain words, evidence, history, posts with their source, certificate, redirects, follow-up."""
    states = one_of_each()
    for state in states:
        fill_history(store, state.site)
    async with serving(states, store=store) as server:
        dishub = await soup_of(client, f"{server.url}/sites/dishub")
        dpkd = await soup_of(client, f"{server.url}/sites/dpkd")
    text = words(dishub.main)
    assert words(dishub.h1) == "Dinas Dishub"
    assert "Tidak dapat diakses Sertifikat SSL kedaluwarsa" in text
    assert "Langkah yang disarankan: Mohon perbarui sertifikat SSL. Panduan lengkap" in text
    assert "Sertifikat berakhir 1 November 2020" in text
    assert "Kedaluwarsa 17 hari lalu" in text
    assert "Kamis, 5 November 2020, 18.57 WIB" in text
    assert "301 http://dishub.example.go.id/" in text
    assert "Ditolak Tanggal di masa depan, bukan tanggal terbit." in text
    assert "Umpan (RSS/Atom)" in text
    assert len(dishub.select("svg.plot")) == 3
    assert "Hari ini 240,0 KB Rata-rata per hari 240,0 KB dalam 30 hari" in text
    follow_up = words(dpkd.main)
    assert "Operator diganti" in follow_up
    assert "Pendampingan" in follow_up
    assert "Bidang Aptika" in follow_up
    assert "melewati 90 hari" in follow_up


async def test_technical_words_stand_beside_a_sentence(client):
    """What the prober said reads as a sentence, with its own words as technical detail."""
    seen = Evidence("transport", "connect: ECONNREFUSED", "http://dishub.example.go.id/")
    state = make_state("dishub", Status.DOWN, reason=Reason.CONNECT_REFUSED, evidence=(seen,))
    async with serving([state]) as server:
        page = await soup_of(client, f"{server.url}/sites/dishub")
        answer = await client.get(f"{server.url}/api/v1/sites/dishub")
        told = (await answer.json())["evidence"]
    assert "Koneksi Server menolak koneksi Rincian teknis: connect: ECONNREFUSED" in words(page.main)
    line = "transport: Server menolak koneksi [rincian teknis: connect: ECONNREFUSED] (http://dishub.example.go.id/)"
    assert told == [line]


def test_nobody_is_told_to_destroy_evidence():
    """What to do about an intrusion begins with a copy, as in the mails and the runbook."""
    for reason in (reason for reason in Reason if reason.status is Status.COMPROMISED):
        advice = EXPLANATIONS[reason][1]
        assert "simpan salinan" in advice, reason
        assert "hapus tulisan" not in advice


async def test_every_guide_that_a_site_page_links_is_there(client):
    """The page of a site in trouble leads to the runbook of its alert."""
    async with serving() as server:
        linked = set()
        for state in one_of_each():
            page = await soup_of(client, f"{server.url}/sites/{state.site.id}")
            linked |= {a["href"] for a in page.select("a[href^='/runbooks/']")}
        assert len(linked) == 6
        for address in linked:
            await soup_of(client, server.url + address)


async def test_uptime_plot_tells_the_days(client, store):
    """Each bar names its day and share; days without a record say so."""
    state = make_state("dinkes")
    fill_history(store, state.site, days=20)
    for _ in range(9):  # what is not known of that day counts neither way
        store.record_probe(state.site, AT - 12 * DAY, ProbeResult.BLOCKED, seconds=0.1, size=0)
    store.flush()
    async with serving([state], store=store) as server:
        page = await soup_of(client, f"{server.url}/sites/dinkes")
    titles = [words(title) for title in page.select("svg title")]
    assert "6 November 2020: 50 %" in titles
    assert "18 November 2020: 100 %" in titles
    assert sum("tidak ada data" in title for title in titles) == 10


async def test_every_status_and_reason_has_a_page(client):
    """No combination of status and reason breaks the page, also without any fact but the status."""
    states = [make_state(f"s-{status}", status) for status in Status]
    states += [make_state(f"r-{reason.replace('_', '-')}", reason.status, reason=reason) for reason in Reason]
    states += [
        replace(make_state(), site=make_site(f"n-{status}"), status=status, probe=None, tls=None) for status in Status
    ]
    async with serving(states) as server:
        for state in states:
            page = await soup_of(client, f"{server.url}/sites/{state.site.id}")
            assert status_label(state.status) in words(page.select_one(".state"))
            if state.reason:
                assert EXPLANATIONS[state.reason][0] in words(page.main)


NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00' + "A" * 5_000


async def test_nothing_of_a_page_becomes_markup(client, store):
    """Titles, evidence, addresses and dates of a hostile site stay text, and bounded; its links lead nowhere else."""
    note = Note(None, tindak_lanjut="\ud800" + NASTY, penanggung_jawab=NASTY)
    site = make_site("bpbd", name=NASTY[:60], opd="<i>x</i>", note=note, category=NASTY)
    probe = make_state("bpbd").probe
    state = make_state(
        "bpbd",
        Status.LATE,
        site=site,
        evidence=(Evidence(NASTY, NASTY, NASTY),),
        probe=replace(probe, hops=(Hop(NASTY, NASTY, 200),)),
        candidates=(Candidate(PostSource.PAGE, NASTY, NASTY, title=NASTY, refusal="x", note=NASTY),) * 500,
    )
    posts = [
        make_post(1, url="javascript:alert(1)", title=NASTY),
        make_post(1, url="javascript://bpbd.example.go.id/%0aalert(1)", title="x"),
        make_post(2, url='https://bpbd.example.go.id/"onmouseover=alert(1)', title="\ud800 x"),
        make_post(3, url="data:text/html,<script>alert(1)</script>", title=""),
    ]
    store.save_posts("bpbd", posts, AT)
    store.flush()
    async with serving([state], store=store) as server:
        page = await soup_of(client, f"{server.url}/sites/bpbd")
        fleet = await soup_of(client, f"{server.url}/")
    for soup in (page, fleet):
        assert len(soup.select("script")) == 1
        assert soup.select("img, i, iframe, object") == []
        for tag in soup.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
            for name in ("href", "src", "action"):
                assert not re.match(r"\s*(javascript|data):", tag.get(name, ""), re.IGNORECASE)
    assert len(str(page)) < 400_000


async def test_a_compromised_site_is_not_linked(client, store):
    """Nobody is led from here to a site that may have been taken over."""
    states = one_of_each()
    fill_history(store, states[5].site)
    async with serving(states, store=store) as server:
        page = await soup_of(client, f"{server.url}/sites/bpbd")
        healthy = await soup_of(client, f"{server.url}/sites/dinkes")
    assert not [a["href"] for a in page.main.select("a[href^=http]")]
    outside = healthy.main.select("a[href^=http]")
    assert outside
    assert all({"noopener", "noreferrer", "nofollow"} <= set(a["rel"]) for a in outside)


async def test_undated_site_shows_its_last_known_date_apart(client):
    """A date that is no longer credible is marked as history."""
    state = make_state("dinkes", Status.UNDATED)
    state = replace(state, publishing=replace(state.publishing, dated=False))
    async with serving([state]) as server:
        assert "(terakhir diketahui)" in words((await soup_of(client, f"{server.url}/")).main)
        assert "(terakhir diketahui)" in words((await soup_of(client, f"{server.url}/sites/dinkes")).main)


async def test_a_broken_store_does_not_take_the_page(client, store):
    """When the history cannot be read the present is still shown."""
    await asyncio.to_thread(store.close)
    async with serving(store=store) as server:
        page = await soup_of(client, f"{server.url}/sites/dinkes")
    assert "Riwayat tidak tersedia" in words(page.main)


async def test_maintenance_is_marked(client):
    """A site inside a maintenance window says so on both pages, and no longer afterwards."""
    clock = [AT]
    async with serving(services={"now": lambda: clock[0]}) as server:
        for path in ("/", "/sites/dinkes"):
            assert words((await soup_of(client, server.url + path)).main).count("Pemeliharaan terjadwal") == 1
        clock[0] = AT + 7_200
        for path in ("/", "/sites/dinkes"):
            assert "Pemeliharaan terjadwal" not in words((await soup_of(client, server.url + path)).main)


async def test_zone_of_the_site(client):
    """A site in eastern Indonesia shows its own time."""
    from zoneinfo import ZoneInfo

    state = make_state("dinkes", site=make_site(timezone=ZoneInfo("Asia/Jayapura")), since=AT - DAY)
    async with serving([state]) as server:
        page = await soup_of(client, f"{server.url}/sites/dinkes")
    assert "17 Nov 2020, 20.57 WIT" in words(page.main)


async def test_unknown_pages(client):
    """An unknown site or address is a readable page; static files are the known ones alone."""
    async with serving() as server:
        page = await soup_of(client, f"{server.url}/sites/nope", 404)
        assert words(page.h1) == "Halaman tidak ditemukan."
        assert "Website ini tidak ada di registri." in words(page.main)
        for path in ("/nope", "/static/app.py", "/static/..%2fapp.py", "/sites/", "/sites/a/b"):
            await soup_of(client, f"{server.url}{path}", 404)


async def test_report_page_and_downloads(client, store):
    """The month of the report can be chosen, and taken away as XLSX, CSV and JSON."""
    states = one_of_each()
    for state in states[:-1]:
        fill_history(store, state.site)
    async with serving(states, store=store) as server:
        page = await soup_of(client, f"{server.url}/report?month=2020-10")
        assert page.select_one(".opd-bar option[selected]")["value"] == "2020-10"
        assert "Oktober 2020" in words(page.h1)
        for path, kind, start in (
            ("/report.csv?month=2020-10", "text/csv", b"\xef\xbb\xbf"),
            ("/report.xlsx?month=2020-10", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
            ("/api/v1/report?month=2020-10", "application/json", b"{"),
        ):
            async with client.get(server.url + path) as response:
                assert (response.status, response.content_type) == (200, kind)
                body = await response.read()
                assert body.startswith(start)
                assert "attachment" in response.headers.get("Content-Disposition", "") or kind == "application/json"
        await soup_of(client, f"{server.url}/report", 200)
        await soup_of(client, f"{server.url}/report?month=2039-01", 404)
        await soup_of(client, f"{server.url}/report?month=kemarin", 400)


async def test_report_without_history(client):
    """Without a store the report says what it needs."""
    async with serving() as server:
        page = await soup_of(client, f"{server.url}/report", 503)
    assert "riwayat tersimpan" in words(page.main)
