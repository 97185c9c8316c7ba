"""`opd-exporter site add`, on the demo fleet's real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from opd_exporter.demo import Fleet
from support.program import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

REGISTRY = """\
# Daftar OPD
defaults:
  timezone: Asia/Jakarta  # WIB
  ca_file: {ca_file}
sites:
  - id: dinkes  # sudah dikenal
    opd: Dinkes
    name: Dinas Kesehatan
    url: {dinkes}

  # menunggu alamat
  - id: dinsos
    opd: Dinsos
    name: Dinas Sosial
    url: null  # isi alamat

  - id: dlh
    opd: DLH
    name: Dinas Lingkungan Hidup
    url: null  # isi alamat
"""


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    """The fleet of scenario 2020."""
    async with Fleet("2020") as running:
        yield running


@pytest.fixture
def registry(fleet: Fleet, tmp_path: Path) -> Path:
    """A registry with comments, one address and two gaps."""
    file = tmp_path / "sites.yml"
    file.write_text(REGISTRY.format(ca_file=fleet.ca_file, dinkes=fleet.address_of("dinkes")), encoding="utf-8")
    return file


async def test_a_new_site_is_looked_at_and_printed(fleet: Fleet, registry: Path) -> None:
    """Name, software, feed and newest post are found; the file is not touched."""
    before = registry.read_bytes()
    code, out, notes = await run("site", "add", fleet.address_of("setda") or "", "--config.file", registry)
    assert code == 0, notes
    (entry,) = yaml.safe_load(out)
    assert entry["name"] == "Sekretariat Daerah"
    assert entry["category"] == "sekretariat"
    assert entry["url"] == fleet.address_of("setda")
    assert "perangkat lunak: wordpress" in notes
    assert "berita terakhir" in notes
    assert "WordPress" in notes
    assert registry.read_bytes() == before


async def test_an_entry_without_address_gets_it_and_comments_stay(fleet: Fleet, registry: Path) -> None:
    """The gap of the same id is filled; every other line of the file is as it was."""
    before = registry.read_text(encoding="utf-8")
    url = fleet.address_of("dinsos") or ""
    options = ("--config.file", registry, "--id", "dinsos", "--append")
    code, out, error = await run("site", "add", url, *options)
    assert code == 0, error
    assert "alamat dinsos diisi" in out
    filled = before.replace("name: Dinas Sosial\n    url: null  # isi alamat", f"name: Dinas Sosial\n    url: {url}")
    assert registry.read_text(encoding="utf-8") == filled


async def test_a_new_entry_stands_at_the_end(fleet: Fleet, registry: Path) -> None:
    """An unknown id is appended with the chosen duty, after everything that was there."""
    before = registry.read_text(encoding="utf-8")
    url = fleet.address_of("dlh") or ""
    options = ("--config.file", registry, "--id", "dlh-baru", "--duty", "daily", "--append")
    code, _, error = await run("site", "add", url, *options)
    assert code == 0, error
    after = registry.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    added = yaml.safe_load(after)["sites"][-1]
    assert (added["id"], added["url"], added["duty"]) == ("dlh-baru", url, "daily")


async def test_refusals_say_why_and_change_nothing(fleet: Fleet, registry: Path) -> None:
    """A known address, a taken id, a bad id and a bad address are refused with a sentence."""
    before = registry.read_bytes()
    for url, options, words in (
        (fleet.address_of("dinkes"), (), "sudah terdaftar dengan id dinkes"),
        (fleet.address_of("dlh"), ("--id", "dinkes", "--append"), "id dinkes sudah dipakai"),
        (fleet.address_of("dlh"), ("--id", "Tidak Boleh", "--append"), "misalnya 'tidak-boleh'"),
        ("ftp://a.example/", (), "http"),
    ):
        code, _, error = await run("site", "add", url or "", "--config.file", registry, *options)
        assert code == 2, (url, options, error)
        assert words in error, error
        assert "Traceback" not in error
        assert registry.read_bytes() == before


async def test_a_dead_site_can_still_be_added(fleet: Fleet, registry: Path) -> None:
    """An address that does not answer is proposed with a warning, since it must be watched too."""
    code, out, notes = await run("site", "add", "http://127.0.0.1:9/", "--config.file", registry)
    assert code == 0
    assert "Koneksi ditolak server" in notes
    assert yaml.safe_load(out)[0]["url"] == "http://127.0.0.1:9/"
