"""The report as a workbook: real dates, numbers and percentages, filters and a frozen header."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from opd_exporter import clock, wording
from opd_exporter.report import text
from opd_exporter.report.columns import COLUMNS, MOMENT
from opd_exporter.report.values import ACTIVE, NOT_ACTIVE, NOT_ASSESSABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from opd_exporter.models import Status
    from opd_exporter.report.columns import Value
    from opd_exporter.report.values import Report

_HEAD = PatternFill("solid", start_color="1F3A5F")
_BAND = PatternFill("solid", start_color="EEF2F7")
_TEXT = Alignment(vertical="top", wrap_text=True)
_NUMBER = Alignment(vertical="top", horizontal="right")
_LINE = Border(bottom=Side(style="thin", color="C9D2DE"))
_NO_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
CELL_CHARACTERS = 2000


def write_xlsx(report: Report) -> bytes:
    """Four sheets: Ringkasan, Evaluasi (the table), Gangguan (every outage), Catatan (formulas and gaps)."""
    book = Workbook()
    book.properties.title = f"{text.TITLE} {report.month}"
    book.properties.creator = "opd-exporter"
    made = clock.as_datetime(report.generated_at).replace(tzinfo=None)
    book.properties.created = book.properties.modified = made
    summary = book.active
    assert summary is not None  # noqa: S101 - a new workbook has a sheet
    _write_summary(summary, report)
    _write_table(book.create_sheet("Evaluasi"), report)
    _write_outages(book.create_sheet("Gangguan"), report)
    _write_notes(book.create_sheet("Catatan"), report)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: Worksheet, row: int, column: int, value: Value, number_format: str = "General") -> None:
    """Write one value with its real type; text stays text, whatever it begins with."""
    if value is None:
        return
    cell = cast("Cell", sheet.cell(row, column))
    if isinstance(value, str):
        # The type is set by hand and the cell quoted: "=HYPERLINK(...)" as a title must never become a formula, neither
        # now nor when somebody edits the cell.
        cell.value = _NO_CONTROLS.sub(" ", value)[:CELL_CHARACTERS]
        cell.data_type = "s"
        if value.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True
        cell.alignment = _TEXT
        return
    cell.value = value
    cell.number_format = number_format
    cell.alignment = _NUMBER


def _header(sheet: Worksheet, row: int, titles: Sequence[tuple[str, float]]) -> None:
    for column, (title, width) in enumerate(titles, start=1):
        cell = sheet.cell(row, column, title)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[row].height = 32


def _for_print(sheet: Worksheet, header_row: int | None = None) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"


def _write_summary(sheet: Worksheet, report: Report) -> None:
    sheet.title = "Ringkasan"
    sheet.cell(1, 1, text.TITLE).font = Font(bold=True, size=16)
    sheet.cell(2, 1, f"{wording.format_month(report.first)} - {text.judged(report)}")
    sheet.cell(3, 1, text.coverage(report))
    _header(sheet, 5, [("Keadaan", 34), ("Bulan ini", 12), ("Bulan sebelumnya", 18), ("Perubahan", 12)])
    lines: list[tuple[str, Sequence[Status], bool]] = [
        ("Jumlah situs", (*ACTIVE, *NOT_ACTIVE, *NOT_ASSESSABLE), True),
        ("Aktif", ACTIVE, True),
        ("Tidak aktif", NOT_ACTIVE, True),
        *((f"   {wording.status_label(status)}", (status,), False) for status in NOT_ACTIVE),
        ("Tidak dapat dinilai", NOT_ASSESSABLE, True),
        *((f"   {wording.status_label(status)}", (status,), False) for status in NOT_ASSESSABLE),
    ]
    for number, (label, statuses, bold) in enumerate(lines, start=6):
        now = sum(report.summary.by_status[status] for status in statuses)
        before = sum(report.before.by_status[status] for status in statuses) if report.before else None
        put(sheet, number, 1, label)
        put(sheet, number, 2, now, "0")
        put(sheet, number, 3, before, "0")
        put(sheet, number, 4, None if before is None else now - before, "+0;-0;0")
        for column in range(1, 5):
            cell = sheet.cell(number, column)
            cell.font = Font(bold=bold)
            cell.border = _LINE
            if bold:
                cell.fill = _BAND
    late = report.past_law
    start = 6 + len(lines) + 1
    sheet.cell(start, 1, "Lewat 180 hari (UU 14/2008)").font = Font(bold=True)
    put(sheet, start, 2, len(late), "0")
    for number, row in enumerate(late, start=start + 1):
        put(sheet, number, 1, row.site.opd)
        put(sheet, number, 2, row.last_post_days, '0 "hari"')
    _for_print(sheet)


def _write_table(sheet: Worksheet, report: Report) -> None:
    _header(sheet, 1, [(column.title, column.width) for column in COLUMNS])
    sheet.row_dimensions[1].height = 48
    for number, row in enumerate(report.rows, start=2):
        for place, column in enumerate(COLUMNS, start=1):
            put(sheet, number, place, column.value(report, row), column.number_format)
    last = get_column_letter(len(COLUMNS))
    sheet.auto_filter.ref = f"A1:{last}{max(2, len(report.rows) + 1)}"
    sheet.freeze_panes = "D2"
    _for_print(sheet, 1)


def _write_outages(sheet: Worksheet, report: Report) -> None:
    titles = [("OPD", 18), ("Mulai", 17), ("Selesai", 17), ("Lama", 12), ("Sebab", 34), ("Keterangan", 44)]
    _header(sheet, 1, titles)
    number = 1
    for row in report.rows:
        for outage in row.outages:
            number += 1
            remarks = ["mulai sebelum bulan ini"] if outage.began_before else []
            remarks += ["masih berlangsung"] if outage.goes_on else []
            put(sheet, number, 1, row.site.opd)
            put(sheet, number, 2, _local(report, outage.start), MOMENT)
            put(sheet, number, 3, None if outage.goes_on else _local(report, outage.end), MOMENT)
            put(sheet, number, 4, timedelta(seconds=round(outage.seconds)), "[h]:mm:ss")
            put(sheet, number, 5, wording.reason_label(outage.reason) if outage.reason else None)
            put(sheet, number, 6, ", ".join(remarks) or None)
    sheet.auto_filter.ref = f"A1:F{max(2, number)}"
    sheet.freeze_panes = "A2"
    _for_print(sheet, 1)


def _write_notes(sheet: Worksheet, report: Report) -> None:
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 100
    made = clock.as_datetime(report.generated_at, report.zone)
    lines = [
        ("Peringkat", text.FORMULA),
        ("Gangguan", text.OUTAGE),
        ("Frekuensi", text.CADENCE),
        ("UU 14/2008", text.LAW),
        ("Cakupan catatan", text.coverage(report)),
        *(("Tanpa catatan", text.span(report, gap)) for gap in report.gaps),
        ("Sel kosong", "Tidak diketahui atau tidak ada."),
        ("Dibuat", wording.format_datetime(made)),
    ]
    for number, (label, words) in enumerate(lines, start=1):
        sheet.cell(number, 1, label).font = Font(bold=True)
        sheet.cell(number, 1).alignment = Alignment(vertical="top")
        put(sheet, number, 2, words)
    _for_print(sheet)


def _local(report: Report, timestamp: float) -> datetime:
    return clock.as_datetime(timestamp, report.zone).replace(tzinfo=None, microsecond=0)
