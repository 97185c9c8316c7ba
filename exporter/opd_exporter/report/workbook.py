"""Writes the report as a workbook, whose library is loaded when somebody asks for one: it takes 20 MiB."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opd_exporter.report.values import Report


def write_xlsx(report: Report) -> bytes:
    """The report as a workbook of four sheets."""
    from opd_exporter.report import xlsx  # noqa: PLC0415

    return xlsx.write_xlsx(report)
