"""The evaluation report over HTTP, in the formats that people take to the meeting."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from opd_exporter import wording
from opd_exporter.clock import as_datetime
from opd_exporter.report import ReportError, content_security_policy
from opd_exporter.store import StoreError
from opd_exporter.web.keys import SERVICES
from opd_exporter.web.packing import text_response
from opd_exporter.web.rendering import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.web.services import Reports

Made = TypeVar("Made")
MONTHS_OFFERED = 24
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportPages:
    """``/report`` and its downloads; one report is made at a time, since each reads a whole month."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def html(self, request: web.Request) -> web.Response:
        """The report as a page, under a bar to choose the month and to download."""
        month = chosen_month(request)
        page = await self._make(request, lambda reports: reports.html(month))
        today = as_datetime(request.app[SERVICES].now(), request.app[SERVICES].snapshot().registry.timezone).date()
        bar = render("report_bar.html", month=month, months=list(months_before(today)), label=month_label)
        body = page.replace("<body>", f"<body>\n{bar}", 1).encode("utf-8", "replace")
        answer = await text_response(request, [body], "text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = _policy()
        return answer

    async def csv(self, request: web.Request) -> web.Response:
        """One row per site."""
        month = chosen_month(request)
        body = await self._make(request, lambda reports: reports.csv(month))
        return web.Response(body=body, headers=_download("text/csv; charset=utf-8", f"evaluasi-opd-{month}.csv"))

    async def xlsx(self, request: web.Request) -> web.Response:
        """The workbook."""
        month = chosen_month(request)
        body = await self._make(request, lambda reports: reports.xlsx(month))
        return web.Response(body=body, headers=_download(_XLSX, f"evaluasi-opd-{month}.xlsx"))

    async def json(self, request: web.Request) -> web.Response:
        """The figures for programs."""
        month = chosen_month(request)
        body = await self._make(request, lambda reports: reports.json(month))
        return await text_response(request, [body], "application/json")

    async def _make(self, request: web.Request, write: Callable[[Reports], Made]) -> Made:
        reports = request.app[SERVICES].reports
        if reports is None:
            raise web.HTTPServiceUnavailable(text="Laporan memerlukan riwayat tersimpan (--storage.path).")
        try:
            async with self._lock:
                return await asyncio.to_thread(write, reports)
        except ReportError as error:
            raise web.HTTPNotFound(text=f"Laporan tidak dapat dibuat: {error}.") from error
        except StoreError as error:
            raise web.HTTPServiceUnavailable(
                text="Riwayat tersimpan tidak dapat dibaca; lihat catatan (log)."
            ) from error


def chosen_month(request: web.Request) -> str:
    """The month asked for as ``YYYY-MM``; the running one by default, in the registry's zone."""
    services = request.app[SERVICES]
    month = request.query.get("month")
    if month is None:
        return f"{as_datetime(services.now(), services.snapshot().registry.timezone):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise web.HTTPBadRequest(text="month: tulis bulan sebagai TTTT-BB, misalnya 2020-11")
    return month


def months_before(today: date) -> list[str]:
    """The running month and those before it, newest first, as ``YYYY-MM``."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_OFFERED:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return [f"{month:%Y-%m}" for month in months]


def month_label(month: str) -> str:
    """``November 2020`` of ``2020-11``."""
    return wording.format_month(date.fromisoformat(f"{month}-01"))


def _policy() -> str:
    # The report's own policy, opened for the bar above it: its style sheet and its form.
    policy = content_security_policy()
    return policy.replace("style-src ", "style-src 'self' ").replace("form-action 'none'", "form-action 'self'")


def _download(content_type: str, name: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
