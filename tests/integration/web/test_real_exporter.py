"""The pages of a real ``opd-exporter serve`` on a demo site: what the parts were wired for."""

from __future__ import annotations

import asyncio
import re

import aiohttp
import yaml

from opd_exporter.demo import Fleet
from support.program import serve
from support.webserver import PASSWORD, USER, write_users


def cut_down(fleet, site_id, **facts):
    """The demo's registry with one site alone, which has a contact and an admin link."""
    document = yaml.safe_load(
        fleet.registry_text(confirm_after="1s", probe_interval="20s", content_interval="20s", probe_timeout="15s")
    )
    (site,) = [site for site in document["sites"] if site["id"] == site_id]
    site["contact"] = {"name": "Siti", "email": "siti@example.go.id", "phone": "0812", "notify": False}
    site["admin_url"] = "https://dinas.example.go.id/masuk-admin"
    return yaml.safe_dump(document | {"sites": [site | facts]})


async def test_pages_of_a_running_exporter(tmp_path):
    """Status and posts reach the page, a recheck finds a change, contacts need the login, a reload tells mistakes."""
    config = tmp_path / "sites.yml"
    web_config = write_users(tmp_path / "web.yml")
    login = {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}
    async with Fleet("2020") as fleet:
        site = next(site for site, (status, _) in fleet.expected().items() if status == "active")
        config.write_text(cut_down(fleet, site), encoding="utf-8")
        options = (f"--web.config.file={web_config}", "--web.public-read")
        async with serve(config, tmp_path / "opd.db", *options) as exporter:

            async def read(path, *, user=None, method="GET", expected=200):
                async with exporter.session.request(
                    method, exporter.url + path, headers=user, allow_redirects=False
                ) as answer:
                    text = await answer.text()
                    assert answer.status == expected, (path, answer.status, text[:300])
                    return text

            async def shown(words, path=f"/sites/{site}"):
                deadline = asyncio.get_running_loop().time() + 60
                while words not in (text := re.sub(r"\s+", " ", await read(path))):
                    assert asyncio.get_running_loop().time() < deadline, (words, text[-3_000:])
                    await asyncio.sleep(0.2)
                return text

            await shown("1 dari 1 website OPD aktif", "/")
            page = await shown("Berita yang ditemukan")
            assert "dalam batas 10 hari" in page
            assert "Diambil" in page
            assert "siti@example.go.id" not in page
            assert "siti@example.go.id" in await read(f"/sites/{site}", user=login)
            await read("/metrics", expected=401)
            assert 'opd_fleet_sites{status="active"} 1\n' in await read("/metrics", user=login)
            probe = await read(f"/probe?target={site}&debug=true", user=login)
            assert "verdict of this exchange: nothing wrong" in probe
            assert "probe_success 1\n" in probe

            await fleet.fail(site)
            await read(f"/sites/{site}/periksa", method="POST", expected=401)
            await read(f"/sites/{site}/periksa", user=login, method="POST", expected=303)
            await shown("Gangguan server (kode 5xx)")
            await shown('"status": "down"', "/api/v1/sites")
            await read(f"/sites/{site}/periksa", user=login, method="POST", expected=429)
            assert "Gangguan" in await read("/report")

            config.write_text(cut_down(fleet, site, url="bukan alamat", dutty="weekly"), encoding="utf-8")
            mistakes = await read("/-/reload", user=login, method="POST", expected=500)
            assert "dutty" in mistakes
            assert "sites.yml" in mistakes
            config.write_text(cut_down(fleet, site, opd="Dinas Baru"), encoding="utf-8")
            assert await read("/-/reload", user=login, method="POST") == "reloaded\n"
            await shown("Dinas Baru")
