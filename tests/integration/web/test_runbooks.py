"""The runbooks as pages: where the links in alerts lead."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from support.rules import alerts
from support.webserver import serving


async def test_every_alert_leads_to_its_runbook(client):
    """The path of each alert's runbook_url answers with a page about it, and each of its links to another one."""
    paths = {f"/runbooks/{alert.name}" for alert in alerts()} | {"/runbooks"}
    async with serving() as server:
        for path in sorted(paths):
            async with client.get(server.url + path) as response:
                assert response.status == 200, path
                page = BeautifulSoup(await response.text(), "lxml")
            headings = [heading.get_text() for heading in page.select("article h2")]
            assert path == "/runbooks" or headings == ["Arti", "Dampak", "Diagnosis", "Perbaikan"], path
            assert page.h1.get_text().startswith(path.split("/")[2] if path != "/runbooks" else "Panduan")
            for link in page.select("article a[href]"):
                assert link["href"].split("#")[0] in paths, f"{path}: {link['href']}"


async def test_the_table_of_runbooks_is_a_table(client):
    """Markdown tables are tables on the page, and code is code."""
    async with serving() as server, client.get(f"{server.url}/runbooks") as response:
        page = BeautifulSoup(await response.text(), "lxml")
    rows = page.select("article table")[0].select("tbody tr")
    assert len(rows) == len(alerts())
    assert "opd-exporter check" in page.select("article table code")[0].get_text() + page.article.get_text()


async def test_nothing_else_is_served(client):
    """A name that is no alert is not found, whatever path it tries to be."""
    async with serving() as server:
        for name in ("Nothing", "README.md", "..%2f..%2fsites.yml", "OPDSiteDown.md", ""):
            async with client.get(f"{server.url}/runbooks/{name}") as response:
                assert response.status == 404, name
                assert not re.search("Arti|kendala", await response.text())
