"""The evaluation report over HTTP, in the formats that people take to the meeting."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from opd_exporter.clock import as_datetime
from opd_exporter.web.keys import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.web.services import Reports

Made = TypeVar("Made")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chosen_month(request: web.Request) -> str:
    """The month asked for as ``YYYY-MM``; the running one by default, in the registry's zone."""
    services = request.app[SERVICES]
    month = request.query.get("month")
    if month is None:
        return f"{as_datetime(services.now(), services.snapshot().registry.timezone):%Y-%m}"
    if not _MONTH.fullmatch(month):
        raise web.HTTPBadRequest(text="month: tulis bulan sebagai TTTT-BB, misalnya 2020-11")
    return month


async def html(request: web.Request) -> web.Response:
    """The report as a page."""
    month = chosen_month(request)
    page = await _make(request, lambda reports: reports.html(month))
    return web.Response(text=page, content_type="text/html")


async def csv(request: web.Request) -> web.Response:
    """One row per site."""
    month = chosen_month(request)
    body = await _make(request, lambda reports: reports.csv(month))
    return web.Response(body=body, headers=_download("text/csv; charset=utf-8", f"evaluasi-opd-{month}.csv"))


async def xlsx(request: web.Request) -> web.Response:
    """The workbook."""
    month = chosen_month(request)
    body = await _make(request, lambda reports: reports.xlsx(month))
    return web.Response(body=body, headers=_download(_XLSX, f"evaluasi-opd-{month}.xlsx"))


async def json(request: web.Request) -> web.Response:
    """The figures for programs."""
    month = chosen_month(request)
    body = await _make(request, lambda reports: reports.json(month))
    return web.Response(body=body, content_type="application/json")


async def _make(request: web.Request, write: Callable[[Reports], Made]) -> Made:
    reports = request.app[SERVICES].reports
    if reports is None:
        raise web.HTTPServiceUnavailable(text="Laporan memerlukan riwayat tersimpan (--storage.path).")
    return await asyncio.to_thread(write, reports)


def _download(content_type: str, name: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
