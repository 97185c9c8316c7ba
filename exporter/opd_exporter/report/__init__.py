"""The evaluation report of a month, from the stored history and the registry alone.

::

    report = build_report(store, registry, "2026-11", now)   # blocks on the disk; ReportError, StoreError
    write_html(report)   # str, one self-contained page; content_security_policy() allows its style sheet
    write_csv(report)    # bytes
    write_xlsx(report)   # bytes
    write_json(report)   # bytes
"""

from __future__ import annotations

from opd_exporter.report.build import build_report
from opd_exporter.report.csv_file import write_csv
from opd_exporter.report.html import content_security_policy, write_html
from opd_exporter.report.json_file import write_json
from opd_exporter.report.kept import KeptReports
from opd_exporter.report.values import Report, ReportError
from opd_exporter.report.workbook import write_xlsx

__all__ = [
    "KeptReports",
    "Report",
    "ReportError",
    "build_report",
    "content_security_policy",
    "write_csv",
    "write_html",
    "write_json",
    "write_xlsx",
]
