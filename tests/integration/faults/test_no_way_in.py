"""A site of bad will attacks whoever looks at the monitor: nothing arrives unescaped, and no secret leaks."""

from __future__ import annotations

import csv
import io
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import bcrypt
import openpyxl
import pytest
import yaml
from lxml import etree, html

from support.probing import run_proxy
from support.program import run, serve

if TYPE_CHECKING:
    from support.program import Running
    from support.town import Town

EVIL = (
    "=cmd|' /C calc'!A0<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    "\u202egpj.exe\u2066 {{7*7}} \x1b[31m\x07 \r\nSet-Cookie: x=1 ${jndi:ldap://x} \u2028"
)
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", '=HYPERLINK("http://x.example/","klik")')
SECRETS = {
    "proxy": "rahasia-proksi",
    "admin": "rahasia-admin",
    "contact": "rahasia-kontak",
    "login": "rahasia-masuk",
}
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
MAX_LABEL = 300


def attack(town: Town, title: str = EVIL) -> None:
    """Let the active department show the attack wherever a page can show words, hacked at the same time."""
    department = town.departments["aktif"]
    department.title = f"Dinas {title}"
    department.first_title = f"Kegiatan warga {title}"
    department.hack()
    department.extra = department.extra.replace("slot gacor maxwin", f"slot gacor maxwin {title}")
    town.departments["lama"].title = f"{title} {'x' * 30_000}"
    town.departments["lama"].first_title = "=cmd kegiatan warga desa " + "y" * 50_000


async def look(exporter: Running) -> dict[str, tuple[str, bytes]]:
    """Every page that shows something of a site: path -> (content type, body)."""
    month = f"{datetime.now(UTC):%Y-%m}"
    paths = (
        *("/", "/sites/aktif", "/sites/lama", "/sites/rusak", "/metrics", "/sd", f"/report?month={month}"),
        *(f"/report.csv?month={month}", f"/report.xlsx?month={month}", "/api/v1/sites", "/api/v1/sites/aktif"),
        *(
            "/api/v1/sites/lama",
            f"/api/v1/report?month={month}",
            "/probe?target=aktif",
            "/probe?target=aktif&debug=true",
        ),
        *("/probe?target=%3Cscript%3Ealert(9)", "/sites/%3Cscript%3Ealert(9)", "/report?month=%3Cscript%3E"),
    )
    seen = {}
    for path in paths:
        async with exporter.session.get(exporter.url + path) as answer:
            assert answer.status < 500, path
            seen[path] = (answer.content_type, await answer.read())
            assert "x" not in answer.cookies, path
    return seen


def check_html(path: str, body: bytes) -> None:
    """No element or attribute of the attack has come to life."""
    text = body.decode()
    assert "<script>alert" not in text, path
    assert "<img src=x" not in text, path
    tree = html.fromstring(body)
    for element in tree.iter(etree.Element):
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (path, element.tag, name)
            assert not value.lower().strip().startswith("javascript:"), (path, value)
    for script in tree.iter("script"):
        assert "alert" not in (script.text or ""), path
    assert not FORBIDDEN.search(text), (path, FORBIDDEN.search(text))
    assert len(text) < 400_000, path


def check_metrics(text: str) -> None:
    """Each line is one well-formed sample with bounded, printable labels."""
    from prometheus_client.parser import text_string_to_metric_families

    names = set()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            names.add(sample.name)
            for label, value in sample.labels.items():
                assert len(value) <= MAX_LABEL, (sample.name, label, len(value))
                assert value.isprintable(), (sample.name, label, value)
                assert not FORBIDDEN.search(value)
    assert {name for name in names if not name.startswith(("opd_", "process_", "python_", "probe_"))} == set()


def strings(value: Any) -> list[str]:
    """Every text inside a JSON document."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *strings(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def check_table(cells: list[str]) -> None:
    """No cell that a spreadsheet would run."""
    for cell in cells:
        assert not re.match(r"\s*[=+@\t\r]|\s*-\D", cell), cell
        assert not FORBIDDEN.search(cell), cell


@pytest.mark.parametrize("title", [EVIL, *FORMULAS])
async def test_nothing_of_a_page_arrives_unescaped(town: Town, title: str) -> None:
    """HTML, metrics, API, CSV, workbook and log show the words of a hostile page as words."""
    attack(town, title)
    async with serve(town.config_file, town.storage) as exporter:
        samples = await exporter.until(
            lambda now: (
                now.statuses()["aktif"] == "compromised"
                and now.value("opd_site_last_post_timestamp_seconds", site="aktif") is not None
                and now.statuses()["lama"] != "pending"
            )
        )
        assert samples.by_name["opd_site_evidence_info"]
        seen = await look(exporter)
    shown = b"".join(body for _, body in seen.values())
    assert b"slot gacor maxwin" in shown, "the attack was not shown at all: this test would prove nothing"
    for path, (kind, body) in seen.items():
        if kind == "text/html":
            check_html(path, body)
        elif path.startswith(("/api", "/sd")):
            texts = strings(json.loads(body))
            assert not [text for text in texts if FORBIDDEN.search(text)], path
            assert max(map(len, texts)) < 10_000, path
        elif ".csv" in path:
            check_table([cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row])
        elif ".xlsx" in path:
            book = openpyxl.load_workbook(io.BytesIO(body))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert not [cell.coordinate for cell in cells if cell.data_type == "f" and "!" in str(cell.value)]
            check_table([str(cell.value) for cell in cells if cell.data_type == "s"])
    check_metrics(seen["/metrics"][1].decode())
    for entry in exporter.log:
        line = json.dumps(entry, ensure_ascii=False)
        assert "<script>alert" not in line
        assert len(line) < 3_000


async def test_the_command_line_prints_no_control_characters(town: Town) -> None:
    """A terminal is no target either: escape sequences of a page are not printed."""
    attack(town)
    town.write("aktif", "lama")
    for kind in ("table", "json", "nagios"):
        _, out, error = await run("check", "--config.file", town.config_file, "--format", kind, "--explain")
        for text in (out, error):
            assert not FORBIDDEN.search(text), (kind, FORBIDDEN.search(text))


async def test_no_secret_leaks(town: Town) -> None:
    """Credentials of proxy and site, the forgotten link and contacts stand on no public page, in no log, no error."""
    async with run_proxy(user=f"petugas:{SECRETS['proxy']}") as proxy, run_proxy(user="lain:lain") as strict:
        secret_proxy = f"http://petugas:{SECRETS['proxy']}@127.0.0.1:"
        sites = []
        for name, port in (("aktif", proxy.port), ("lama", strict.port), ("rusak", proxy.port)):
            url = town.departments[name].url
            sites.append(
                {
                    "id": name,
                    "opd": name,
                    "name": f"Dinas {name}",
                    "url": url,
                    "proxy_url": f"{secret_proxy}{port}",
                    "admin_url": f"http://127.0.0.1/{SECRETS['admin']}",
                    "contact": {"name": SECRETS["contact"], "email": "a@rahasia-kontak.example", "phone": "0812-77"},
                }
            )
        town.facts = {"sites": sites}
        town.write()
        web = town.folder / "web.yml"
        hashed = bcrypt.hashpw(SECRETS["login"].encode(), bcrypt.gensalt(4)).decode()
        web.write_text(yaml.safe_dump({"basic_auth_users": {"petugas": hashed}}), "utf-8")
        options = ("--log.level=debug", f"--web.config.file={web}", "--web.public-read")
        async with serve(town.config_file, town.storage, *options) as exporter:
            login = {"Authorization": "Basic " + b64encode(f"petugas:{SECRETS['login']}".encode()).decode()}
            async with exporter.session.get(exporter.url + "/metrics", headers=login) as answer:
                metrics = await answer.text()
            await town.departments["aktif"].hit()
            await town.departments["rusak"].hit()
            seen = {path: body for path, (_, body) in (await look(exporter)).items()}
            async with exporter.session.get(exporter.url + "/probe?target=aktif&debug=true", headers=login) as answer:
                seen["/probe with login"] = await answer.read()
            town.config_file.write_text(
                town.config_file.read_text("utf-8").replace("proxy_url: http", "proxy_url: hxxp")
            )
            async with exporter.session.post(exporter.url + "/-/reload", headers=login) as answer:
                assert answer.status == 500
                seen["reload error"] = await answer.read()
        log = json.dumps(exporter.log)
    code, out, error = await run("config-check", town.config_file)
    assert code == 2
    for name, secret in SECRETS.items():
        for place, text in {**{path: body.decode("latin-1") for path, body in seen.items()}, "log": log}.items():
            assert secret not in text, (name, place)
        assert secret not in metrics, name
        assert secret not in out + error, name
