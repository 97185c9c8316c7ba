"""The sentences that the page and the workbook share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter import clock, wording

if TYPE_CHECKING:
    from opd_exporter.report.values import Gap, Report

TITLE = "Laporan Evaluasi Website OPD"
FORMULA = (
    "Nilai = 50 × ketersediaan + 50 × (hari dalam batas ÷ hari dinilai). Ketersediaan adalah bagian pemeriksaan yang "
    "berhasil dari seluruh pemeriksaan yang diketahui hasilnya. Hari dalam batas adalah hari yang pada akhirnya berita "
    "terbaru masih dalam batas kewajiban (harian 3 hari kerja, mingguan 10 hari, bulanan 40 hari, atau batas khusus di "
    "registri). Situs yang pada bulan ini pernah terindikasi disusupi bernilai 0. Situs yang tidak dapat dinilai tidak "
    "diberi peringkat; nilai yang sama berbagi peringkat."
)
OUTAGE = (
    "Gangguan adalah waktu ketika warga tidak dapat membaca situs. Jam tanpa pemeriksaan dan waktu yang tidak "
    "diketahui tidak ikut dihitung, baik pada lama gangguan maupun pada ketersediaan."
)
CADENCE = (
    "Frekuensi terukur adalah kewajiban terketat yang batasnya tidak dilampaui jeda terpanjang antarhari terbit dalam "
    "90 hari terakhir. Berita yang diunggah sekaligus pada satu hari dihitung satu hari terbit. Frekuensi dikosongkan "
    "selama riwayat 90 hari belum lengkap."
)
LAW = (
    "UU 14/2008 tentang Keterbukaan Informasi Publik mewajibkan informasi berkala paling lambat setiap enam bulan; "
    "laporan ini memakai 180 hari sejak berita terakhir."
)


def judged(report: Report) -> str:
    """When the month was judged."""
    moment = clock.as_datetime(report.judged_at, report.zone)
    if report.running:
        return f"keadaan sementara per {wording.format_datetime(moment)} (bulan berjalan)"
    return f"keadaan akhir bulan, {wording.format_date(moment)}"


def span(report: Report, gap: Gap) -> str:
    """A gap in the record, in words."""
    start = clock.as_datetime(gap.start, report.zone)
    end = clock.as_datetime(gap.end, report.zone)
    until = wording.format_time(end) if start.date() == end.date() else wording.format_datetime(end)
    return f"{wording.format_datetime(start)} s.d. {until} ({wording.format_number(gap.hours)} jam)"


def coverage(report: Report) -> str:
    """How much of the month the record covers."""
    if report.coverage is None:
        return "Belum ada catatan pemeriksaan untuk bulan ini."
    if not report.coverage:
        return "Tidak ada catatan pemeriksaan pada bulan ini; keadaan situs tidak dapat dinilai."
    percent = wording.format_percent(report.coverage)
    if report.coverage == 1:
        return f"Catatan pemeriksaan lengkap: {percent} dari {wording.format_number(report.hours)} jam."
    return (
        f"Catatan pemeriksaan tidak lengkap: rata-rata {percent} dari {wording.format_number(report.hours)} jam "
        "per situs. Angka di bawah hanya berlaku untuk waktu yang tercatat."
    )
