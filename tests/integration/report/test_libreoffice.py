"""The workbook opened by LibreOffice itself: the same values, and nothing evaluated."""

from __future__ import annotations

import csv
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from opd_exporter import report
from opd_exporter.store import Store
from support import november

if TYPE_CHECKING:
    from pathlib import Path

# Comma, quotation mark, UTF-8, from line 1; the ninth token says whether cells are written as shown; the last one asks
# for every sheet in a file of its own.
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
AS_STORED = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def convert(workbook: Path, folder: Path, target: str) -> dict[str, list[list[str]]]:
    """The cells of every sheet, as LibreOffice writes them out."""
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: scripts/apt-install libreoffice-calc-nogui=soffice"
    folder.mkdir()
    # A profile of its own: neither the user's settings nor another running office.
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    done = subprocess.run(
        [office, "--headless", "--norestore", profile, "--convert-to", target, "--outdir", str(folder), str(workbook)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    sheets = {}
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            sheets[file.stem.removeprefix(f"{workbook.stem}-")] = list(csv.reader(lines))
    return sheets


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of November 2020."""
    store = Store.open(None)
    november.fill(store)
    made = report.build_report(store, november.REGISTRY, "2020-11", november.NOW)
    store.close()
    path = tmp_path_factory.mktemp("report") / "laporan.xlsx"
    path.write_bytes(report.write_xlsx(made))
    return path


def test_values_as_shown(workbook: Path, tmp_path: Path):
    """What an officer sees: percentages, dates and lengths in the formats of the report, texts as they were written."""
    sheets = convert(workbook, tmp_path / "shown", AS_SHOWN)
    assert sorted(sheets) == ["Catatan", "Evaluasi", "Gangguan", "Ringkasan"]
    titles, *rows = sheets["Evaluasi"]
    setda, dinkes, bpbd, dishub, dpmd = (dict(zip(titles, row, strict=True)) for row in rows)
    assert setda["Ketersediaan"] == "99.3%"
    assert setda["Nilai"] == "94.65"
    assert setda["Lama gangguan"] == "4:30:00"
    assert setda["Berita terakhir"] == "30/11/2020"
    assert setda["Status sejak"] == "30/11/2020 09:00"
    assert setda["Sertifikat berlaku s.d."] == "10/12/2020 00:00"
    assert (setda["Jumlah berita"], setda["Hari terbit"], setda["Jeda terpanjang (hari)"]) == ("4", "4", "14")
    assert (setda["Hari dalam batas"], setda["Hari dinilai"]) == ("27", "30")
    assert setda["Nama"] == november.HOSTILE_NAME
    assert setda["Tindak lanjut"] == november.HOSTILE_NOTE
    assert dinkes["Lama gangguan"] == "54:30:00"
    assert dinkes["Status"] == "Terindikasi disusupi"
    assert dinkes["Nilai"] == "0.00"
    assert (bpbd["Nilai"], bpbd["Jumlah berita"], bpbd["Cakupan catatan"]) == ("", "", "50.0%")
    assert (dishub["Ketersediaan"], dishub["Status"]) == ("", "Tidak diketahui")
    assert (dpmd["Umur berita terakhir (hari)"], dpmd["Frekuensi terukur"]) == ("213", "Lebih jarang dari bulanan")
    summary = {row[0].strip(): row[1:4] for row in sheets["Ringkasan"][5:16]}
    assert summary["Jumlah situs"] == ["5", "5", "0"]
    assert summary["Tidak dapat diakses"] == ["0", "1", "-1"]
    assert summary["Terindikasi disusupi"] == ["1", "0", "+1"]
    assert sheets["Gangguan"][2][:5] == [
        "Dinkes",
        "01/11/2020 00:00",
        "02/11/2020 06:00",
        "30:00:00",
        "Koneksi ditolak server",
    ]


def test_values_as_stored(workbook: Path, tmp_path: Path):
    """Behind the formats stand numbers: LibreOffice counts with them."""
    titles, *rows = convert(workbook, tmp_path / "stored", AS_STORED)["Evaluasi"]
    setda, dinkes, *_ = (dict(zip(titles, row, strict=True)) for row in rows)
    assert setda["Ketersediaan"] == "99.2997%"  # 709/714
    assert dinkes["Ketersediaan"] == "92.1512%"  # 634/688
    assert float(setda["Waktu respons rata-rata (detik)"]) == 0.502
