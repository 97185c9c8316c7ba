"""The pages in a real browser: filter, sort, refresh, login, accessibility, phone width and print."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from opd_exporter.models import Reason, Status
from opd_exporter.store import Store
from support.fleet import make_snapshot, make_state, one_of_each
from support.webserver import PASSWORD, USER, fill_history, serving, write_users

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.xdist_group("browser")]
SERIOUS = {"serious", "critical"}
PATHS = (
    "/",
    "/sites/dinkes",
    "/sites/bpbd",
    "/sites/damkar",
    "/report?month=2020-11",
    "/runbooks",
    "/runbooks/OPDSiteDown",
    "/sites/tidak-ada",
)


@pytest_asyncio.fixture(loop_scope="package")
async def server():
    """The application over a fleet of every status, with forty days of history."""
    store = Store.open(None)
    states = one_of_each()
    for state in states[:-1]:
        fill_history(store, state.site)
    async with serving(states, store=store, enable_lifecycle=True) as running:
        yield running
    await asyncio.to_thread(store.close)


async def names(page):
    """The sites shown in the table, in order."""
    return await page.locator("table.fleet tbody tr:visible th a").all_inner_texts()


async def test_filter_narrows_while_typing(server, visit):
    """Words typed into the search box narrow the table at once, and the count follows."""
    page = await visit(f"{server.url}/")
    assert len(await names(page)) == 8
    await page.get_by_label("Cari OPD").fill("dis")
    assert await names(page) == ["Dishub", "Distan"]
    assert await page.locator("#jumlah").inner_text() == "2 dari 8 website"
    await page.get_by_label("Cari OPD").fill("")
    assert len(await names(page)) == 8


async def test_choosing_a_status_and_resetting(server, visit):
    """The status list and the figures of the summary lead to the filtered list, and back."""
    page = await visit(f"{server.url}/")
    async with page.expect_navigation():
        await page.locator("select[name=status]").select_option("tidak-dinilai")
    assert await names(page) == ["Setwan", "Dinsos", "Damkar"]
    await page.get_by_role("link", name="Hapus saringan").click()
    await page.get_by_role("link", name="Tidak dapat diakses 1").click()
    assert await names(page) == ["Dishub"]


async def test_sorting_by_a_column(server, visit):
    """A click sorts, another turns the order around; both without a new page."""
    page = await visit(f"{server.url}/")
    await page.evaluate("window.stays = true")
    await page.get_by_role("link", name="OPD", exact=True).click()
    ascending = await names(page)
    assert ascending == sorted(ascending)
    await page.get_by_role("link", name="OPD", exact=True).click()
    assert await names(page) == ascending[::-1]
    await page.get_by_role("link", name="Berita terakhir").click()
    assert (await names(page))[0] == "Dpkd"
    assert await page.locator("th[aria-sort=ascending]").inner_text() == "Berita terakhir"
    assert await page.evaluate("window.stays")


async def test_everything_works_without_script(server, visit):
    """With JavaScript off the form and the column links do the same."""
    page = await visit(f"{server.url}/", java_script_enabled=False)
    await page.get_by_label("Cari OPD").fill("dis")
    await page.get_by_role("button", name="Tampilkan").click()
    assert await names(page) == ["Dishub", "Distan"]
    await page.get_by_role("link", name="OPD", exact=True).click()
    assert await names(page) == ["Dishub", "Distan"]


async def test_live_refresh_keeps_what_the_visitor_does(server, visit):
    """A change shows without a new page; the words being typed and the order stay; a dead monitor says so."""
    page = await visit(f"{server.url}/")
    await page.get_by_label("Cari OPD").fill("dis")
    await page.get_by_role("link", name="OPD", exact=True).click()
    changed = [make_state("dinkes", Status.DOWN, reason=Reason.TIMEOUT), *one_of_each()[1:]]
    server.fleet["snapshot"] = make_snapshot(changed)
    await page.evaluate("document.dispatchEvent(new Event('opd-refresh'))")
    await page.get_by_text("0 dari 8 website OPD aktif").wait_for()
    assert await page.get_by_label("Cari OPD").input_value() == "dis"
    assert await names(page) == ["Dishub", "Distan"]
    await page.get_by_label("Cari OPD").fill("dinkes")
    assert await page.locator("tr:visible .badge").all_inner_texts() == ["Tidak dapat diakses"]
    await page.route("**/*", lambda route: route.fulfill(status=503, body="gone"))
    await page.evaluate("document.dispatchEvent(new Event('opd-refresh'))")
    await page.get_by_text("Monitor tidak menjawab").wait_for()
    visit.faults[:] = [fault for fault in visit.faults if "503" not in fault]


async def test_site_page_and_recheck(server, visit):
    """From the list to a site, and a check asked for by hand comes back to the page."""
    page = await visit(f"{server.url}/")
    await page.get_by_role("link", name="Dishub").click()
    assert await page.locator("h1").inner_text() == "Dinas Dishub"
    await page.get_by_text("Angka per hari").click()
    assert await page.get_by_role("cell", name="Jumat, 6 November 2020", exact=True).is_visible()
    await page.get_by_role("button", name="Periksa sekarang").click()
    await page.wait_for_url("**/sites/dishub")
    assert server.calls.rechecks == ["dishub"]


async def test_login_opens_the_contact(visit, tmp_path):
    """Contact and admin link appear after the browser's own login, and not before."""
    config = write_users(tmp_path / "web.yml")
    async with serving(config=config, public_read=True) as server:
        page = await visit(
            f"{server.url}/sites/dinkes",
            http_credentials={"username": USER, "password": PASSWORD, "send": "unauthorized"},
        )
        assert "siti@example.go.id" not in await page.content()
        await page.get_by_role("link", name="Masuk").click()
        await page.wait_for_url("**/sites/dinkes")
        assert "siti@example.go.id" in await page.locator("main").inner_text()
        assert await page.get_by_role("link", name="https://dinkes.example.go.id/masuk-admin").is_visible()


async def test_error_pages_are_pages(server, visit, tmp_path):
    """Not logged in, unknown, not understood, too often: styled, in Indonesian, with a way out; axe finds nothing."""

    async def look(page, code, said):
        assert await page.locator("h1").inner_text() == said
        assert f"Kode {code}." in await page.locator("main").inner_text()
        assert await page.get_by_role("link", name="Kembali ke daftar OPD").is_visible()
        assert await page.locator(".panel").evaluate("node => getComputedStyle(node).borderTopStyle") == "solid"
        found = (await Axe().run(page)).response["violations"]
        assert [finding["id"] for finding in found if finding["impact"] in SERIOUS] == []

    async with serving(config=write_users(tmp_path / "web.yml")) as closed:
        wrong = {"username": USER, "password": "salah"}
        page = await visit(f"{closed.url}/sites/dinkes", width=360, http_credentials=wrong)
        await look(page, 401, "Masuk dengan nama pengguna dan kata sandi untuk melihat halaman ini.")
        assert await page.get_by_role("link", name="Masuk", exact=True).get_attribute("href") == "/sites/dinkes"
    await look(await visit(f"{server.url}/tidak-ada"), 404, "Halaman tidak ditemukan.")
    await look(await visit(f"{server.url}/report?month=x"), 400, "Permintaan tidak dapat dipahami.")
    page = await visit(f"{server.url}/sites/dishub")
    for _ in range(2):
        await page.goto(f"{server.url}/sites/dishub")
        async with page.expect_navigation():
            await page.get_by_role("button", name="Periksa sekarang").click()
    await look(page, 429, "Terlalu sering. Mohon tunggu sebentar, lalu coba lagi.")
    visit.faults[:] = [fault for fault in visit.faults if "the server responded with a status of 4" not in fault]


@pytest.mark.parametrize("path", PATHS)
async def test_accessibility(server, visit, path):
    """Axe finds nothing serious on any page, on a desk and on a phone."""
    for width in (1280, 360):
        page = await visit(server.url + path, width=width)
        for details in await page.locator("details").all():
            await details.evaluate("node => node.open = true")
        found = (await Axe().run(page)).response["violations"]
        serious = [(finding["id"], finding["nodes"][0]["html"]) for finding in found if finding["impact"] in SERIOUS]
        assert serious == [], width
    visit.faults[:] = [fault for fault in visit.faults if "404" not in fault]


@pytest.mark.parametrize("path", PATHS)
async def test_no_sideways_scroll_on_a_phone(server, visit, path):
    """At 360 pixels the page is as wide as the screen, also with every detail open."""
    page = await visit(server.url + path, width=360, height=740)
    for details in await page.locator("details").all():
        await details.evaluate("node => node.open = true")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.faults[:] = [fault for fault in visit.faults if "404" not in fault]


async def test_long_words_of_a_page_do_not_widen_it(visit):
    """A hostile title without a space stays inside the phone's screen."""
    from dataclasses import replace

    from support.fleet import make_post

    state = make_state("dinkes")
    post = make_post(1, title="A" * 3_000, url="https://dinkes.example.go.id/" + "b" * 1_500)
    state = replace(state, publishing=replace(state.publishing, last_post=post))
    state = replace(
        state, site=replace(state.site, name="Dinas" + "x" * 200, url="https://" + "c" * 60 + ".example.go.id/")
    )
    async with serving([state]) as server:
        for path in ("/", "/sites/dinkes"):
            page = await visit(server.url + path, width=360)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_print_view(server, visit):
    """In print the list keeps its table, and buttons, filter and contact are left out."""
    page = await visit(f"{server.url}/")
    await page.emulate_media(media="print")
    assert await page.locator("table.fleet").is_visible()
    assert not await page.locator("form.filter").is_visible()
    await page.goto(f"{server.url}/sites/dinkes")
    assert not await page.locator(".private").is_visible()
    assert not await page.locator("form.recheck").is_visible()
    await page.goto(f"{server.url}/report?month=2020-11")
    assert not await page.locator(".opd-bar").is_visible()
    assert (await page.pdf(format="A4")).startswith(b"%PDF")


async def test_report_month_is_chosen_in_the_bar(server, visit):
    """The bar above the report leads to another month and names the downloads."""
    page = await visit(f"{server.url}/")
    await page.get_by_role("link", name="Laporan evaluasi").click()
    assert await page.locator("h1").inner_text() == "November 2020"
    await page.locator("select[name=month]").select_option("2020-10")
    await page.get_by_role("button", name="Tampilkan").click()
    assert await page.locator("h1").inner_text() == "Oktober 2020"
    async with page.expect_download() as download:
        await page.get_by_role("link", name="XLSX").click()
    assert (await download.value).suggested_filename == "evaluasi-opd-2020-10.xlsx"
