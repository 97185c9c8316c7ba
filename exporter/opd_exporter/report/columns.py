"""The table of the report, once: what CSV and XLSX write, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from opd_exporter import clock, wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.report.values import Report, Row

Value = str | int | float | date | datetime | timedelta | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    title: str
    width: float
    """Characters."""
    value: Callable[[Report, Row], Value]
    number_format: str = "General"
    """Of a spreadsheet."""


def _local(report: Report, timestamp: float | None) -> datetime | None:
    """A local time without its zone, as spreadsheets keep it."""
    return None if timestamp is None else clock.as_datetime(timestamp, report.zone).replace(tzinfo=None, microsecond=0)


def _word(flag: bool | None) -> str | None:
    return None if flag is None else "Ya" if flag else "Tidak"


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


DATE = "dd/mm/yyyy"
MOMENT = "dd/mm/yyyy hh:mm"
PERCENT = "0.0%"

COLUMNS: tuple[Column, ...] = (
    Column("Peringkat", 10, lambda _, row: row.rank, "0"),
    Column("Kode", 18, lambda _, row: row.site.id),
    Column("OPD", 16, lambda _, row: row.site.opd),
    Column("Nama", 42, lambda _, row: row.site.name),
    Column("Alamat", 38, lambda _, row: row.site.url),
    Column("Kategori", 12, lambda _, row: row.site.category),
    Column("Status", 22, lambda _, row: wording.status_label(row.status)),
    Column("Sebab", 32, lambda _, row: wording.reason_label(row.reason) if row.reason else None),
    Column("Status sejak", 17, lambda report, row: _local(report, row.since), MOMENT),
    Column(
        "Status bulan sebelumnya",
        22,
        lambda _, row: wording.status_label(row.status_before) if row.status_before else None,
    ),
    Column("Nilai", 8, lambda _, row: _rounded(row.score.total, 2) if row.score else None, "0.00"),
    Column("Ketersediaan", 13, lambda _, row: _rounded(row.uptime, 6), PERCENT),
    Column("Cakupan catatan", 13, lambda _, row: _rounded(row.coverage, 6), PERCENT),
    Column("Jumlah gangguan", 11, lambda _, row: len(row.outages) if row.coverage else None, "0"),
    Column(
        "Lama gangguan",
        12,
        lambda _, row: timedelta(seconds=round(row.outage_seconds)) if row.coverage else None,
        "[h]:mm:ss",
    ),
    Column("Waktu respons rata-rata (detik)", 15, lambda _, row: _rounded(row.response_mean, 3), "0.000"),
    Column("Waktu respons terlama (detik)", 15, lambda _, row: _rounded(row.response_max, 3), "0.000"),
    Column("Sertifikat berlaku s.d.", 15, lambda report, row: _local(report, row.certificate_not_after), MOMENT),
    Column("Kewajiban", 11, lambda _, row: wording.duty_label(row.site.duty)),
    Column("Frekuensi terukur", 16, lambda _, row: wording.cadence_label(row.cadence) if row.cadence else None),
    Column("Memenuhi kewajiban", 12, lambda _, row: _word(row.fulfils)),
    Column("Jumlah berita", 9, lambda _, row: row.posts, "0"),
    Column("Hari terbit", 9, lambda _, row: row.publishing_dates, "0"),
    Column("Jeda terpanjang (hari)", 11, lambda _, row: row.longest_gap_days, "0"),
    Column("Hari dalam batas", 10, lambda _, row: row.days_within_limit, "0"),
    Column("Hari dinilai", 9, lambda _, row: row.days_judged or None, "0"),
    Column(
        "Berita terakhir",
        13,
        lambda _, row: row.last_post.published_at.astimezone(row.site.timezone).date() if row.last_post else None,
        DATE,
    ),
    Column("Umur berita terakhir (hari)", 11, lambda _, row: row.last_post_days, "0"),
    Column("Lewat 180 hari (UU 14/2008)", 12, lambda _, row: _word(row.past_law if row.last_post else None)),
    Column("Internet", 22, lambda _, row: wording.connection_label(row.site.connection)),
    Column(
        "Kendala", 26, lambda _, row: wording.kendala_label(row.site.note.kendala) if row.site.note.kendala else None
    ),
    Column("Tindak lanjut", 36, lambda _, row: row.site.note.tindak_lanjut or None),
    Column("Penanggung jawab", 24, lambda _, row: row.site.note.penanggung_jawab or None),
)
