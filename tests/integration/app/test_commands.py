"""The commands as people type them."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import subprocess
import sys
import termios
import time
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from support.program import COMMAND, Samples, run

if TYPE_CHECKING:
    from support.town import Town

TESTDATA = Path(__file__).parents[2] / "unit" / "registry" / "testdata"
DEMO_2020 = {
    "dpupr": "timeout",
    "bapenda": "http_server_error",
    "dpmptsp": "tls_expired",
    "distan": "suspended",
    "disporapar": "gambling_links",
}


async def test_check_json_obeys_the_contract(town: Town) -> None:
    """One array with the promised keys and types; exit status 1 while something is not active."""
    code, out, error = await run("check", "--config.file", town.config_file, "--format", "json")
    rows = {row["site"]: row for row in json.loads(out)}
    assert (code, error) == (1, "")
    assert {site: row["status"] for site, row in rows.items()} == {
        "aktif": "active",
        "lama": "dormant",
        "rusak": "down",
    }
    active, broken = rows["aktif"], rows["rusak"]
    assert active["url"] == town.departments["aktif"].url
    assert (active["reason"], active["up"], active["http_status"]) == (None, True, 200)
    assert 0 < active["response_seconds"] < 2
    assert active["tls_not_after"] is None
    assert set(active["last_post"]) == {"published_at", "source", "url", "title"}
    published = datetime.fromisoformat(active["last_post"]["published_at"])
    assert published.utcoffset() == timedelta(hours=7)
    assert timedelta(0) <= datetime.now(UTC) - published < timedelta(days=2)
    assert active["last_post"]["source"] == "page"
    assert (broken["reason"], broken["up"], broken["last_post"]) == ("http_server_error", False, None)
    assert broken["evidence"]
    assert all(isinstance(line, str) and len(line) < 700 for line in broken["evidence"])


async def test_check_of_one_active_site_succeeds(town: Town) -> None:
    """A named site is checked alone, and exit status 0 means active."""
    code, out, _ = await run("check", "aktif", "--config.file", town.config_file, "--format", "json")
    assert code == 0
    assert [row["site"] for row in json.loads(out)] == ["aktif"]


async def test_as_of_moves_the_judgement_not_the_dates(town: Town) -> None:
    """As of half a year later the same post makes the site dormant."""
    later = (datetime.now(UTC) + timedelta(days=180)).isoformat()
    _, today, _ = await run("check", "aktif", "--config.file", town.config_file, "--format", "json")
    code, out, _ = await run("check", "aktif", "--config.file", town.config_file, "--format", "json", "--as-of", later)
    assert code == 1
    assert json.loads(out)[0]["status"] == "dormant"
    assert (
        json.loads(out)[0]["last_post"]["published_at"][:10] == json.loads(today)[0]["last_post"]["published_at"][:10]
    )


async def test_check_table_and_explanation_are_indonesian(town: Town) -> None:
    """The table names status and cause; --explain lists the dates taken and refused with a sentence each."""
    code, out, _ = await run("check", "--config.file", town.config_file, "--explain")
    assert code == 1
    for words in ("Tidak dapat diakses", "Tidak update", "Aktif", "1 dari 3 situs aktif", "Diterima (3)"):
        assert words in out, out
    assert re.search(r"^    \+ .*Kegiatan dinas nomor 0", out, re.MULTILINE), out
    assert "Situs dapat dibaca; berita terakhir" in out


async def test_nagios_line_and_exit_status(town: Town) -> None:
    """Plugin conventions: one line with performance data, and the worst site's code."""
    code, out, _ = await run("check", "--config.file", town.config_file, "--format", "nagios")
    first = out.splitlines()[0]
    assert code == 2
    assert first.startswith("OPD CRITICAL: 1 dari 3 situs aktif")
    assert re.search(r"\| active=1;;;0;3 'aktif_response'=0\.\d+s;5;;0", first)
    code, out, _ = await run("check", "aktif", "--config.file", town.config_file, "--format", "nagios")
    assert code == 0
    assert out.startswith("OPD OK: 1 dari 1 situs aktif |")


async def test_config_check_names_all_six_mistakes_with_lines() -> None:
    """Every mistake at once, each with its line; exit status 2."""
    file = TESTDATA / "six_mistakes.yml"
    code, _, error = await run("config-check", file)
    assert code == 2
    lines = re.findall(rf"^{re.escape(str(file))}:(\d+): ", error, re.MULTILINE)
    assert len(lines) == 6, error
    assert lines == sorted(lines, key=int)


async def test_shipped_registry_is_sound() -> None:
    """The file that the repository ships loads."""
    code, out, error = await run("config-check", Path(__file__).parents[3] / "sites.yml")
    assert (code, error) == (0, "")
    assert "30 situs" in out


async def test_usage_errors_say_what_to_do(town: Town) -> None:
    """An unknown site, a bad time and a missing file end with status 2 and a sentence, never a traceback."""
    for arguments, words in (
        (["check", "tidakada", "--config.file", str(town.config_file)], "no such site"),
        (["check", "--config.file", str(town.config_file), "--as-of", "kemarin"], "2026-11-25T10:00:00+07:00"),
        (["check", "--config.file", str(town.folder / "hilang.yml")], "hilang.yml"),
        (["serve", "--config.file", str(town.folder / "hilang.yml")], "hilang.yml"),
        (["report", "--month", "2026-13", "--config.file", str(town.config_file)], "store"),
        (["demo", "--scenario", "2099"], "there are 2020"),
    ):
        code, _, error = await run(*arguments)
        assert code == 2, (arguments, error)
        assert words in error, (arguments, error)
        assert "Traceback" not in error


async def test_help_names_every_command() -> None:
    """--help shows each command with a line about it."""
    code, out, _ = await run("--help")
    assert code == 0
    for command in ("serve", "check", "report", "config-check", "demo", "demo-control"):
        assert re.search(rf"^  {command}  +\S", out, re.MULTILINE), out


async def test_demo_shows_the_evaluation_of_2020() -> None:
    """`demo` alone: 31 sites, 23 active, and the 8 with their statuses and reasons, within two minutes."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "demo", "--web.listen-address=127.0.0.1:0", stdout=asyncio.subprocess.PIPE, stderr=sys.stderr
    )
    try:
        assert process.stdout is not None
        url = ""
        while not url:
            line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
            found = re.search(r"Fleet page +(http://\S+)/", line)
            url = found[1] if found else ""
        async with aiohttp.ClientSession() as session, asyncio.timeout(120):
            while True:
                async with session.get(url + "/metrics") as answer:
                    samples = Samples(await answer.text())
                if samples.value("opd_fleet_sites", status="pending") == 0 and len(samples.reasons()) == 5:
                    break
                await asyncio.sleep(0.5)
            async with session.get(url + "/") as answer:
                page = await answer.text()
        assert samples.value("opd_fleet_sites", status="active") == 23
        assert samples.value("opd_fleet_sites", status="dormant") == 3
        assert samples.reasons() == DEMO_2020
        assert len(samples.statuses()) == 31
        assert page.count('href="/sites/') >= 31
        assert "Terindikasi disusupi" in page
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("blocking", [True, False], ids=["blocking", "non-blocking"])
def test_long_output_waits_for_a_slow_reader(tmp_path: Path, blocking: bool, unbuffered: str) -> None:
    """What does not fit into the pipe at once is not thrown away, whoever made the pipe and however Python buffers."""
    registry = tmp_path / "sites.yml"
    sites = "".join(f"  - {{id: situs-{n}, opd: opd-{n}, name: Dinas Nomor {n}, url: null}}\n" for n in range(400))
    registry.write_text(f"canaries: []\nsites:\n{sites}", "utf-8")
    reading, writing = os.pipe()
    os.set_blocking(writing, blocking)
    command = [*COMMAND, "check", "--config.file", str(registry), "--format", "json"]
    process = subprocess.Popen(command, stdout=writing, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    os.close(writing)
    deadline = time.monotonic() + 30
    while _waiting(reading) < 65536 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    with os.fdopen(reading, "rb") as pipe:
        out = pipe.read()
    assert process.wait(30) in {0, 1}
    assert len(json.loads(out)) == 400


def _waiting(descriptor: int) -> int:
    """Bytes in a pipe that nobody has read yet."""
    waiting = array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
    return waiting[0]
