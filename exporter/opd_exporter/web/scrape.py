"""For Prometheus: ``/metrics``, ``/probe`` and ``/sd``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from opd_exporter import clock
from opd_exporter.metrics import render_probe
from opd_exporter.state import SiteState
from opd_exporter.web.keys import SERVICES
from opd_exporter.web.live import LiveProbe, judge_live
from opd_exporter.web.packing import text_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from opd_exporter.models import Exchange
    from opd_exporter.registry import Site

PAUSE_AFTER = 0.001
"""Seconds of rendering after which probes get their turn."""
SHARED_SECONDS = 10.0
SCRAPE_MARGIN = 0.5
"""Seconds left to the scraper to receive the page: an answer after its timeout is lost whole."""
SMALLEST_BUDGET = 0.1


class MetricsPage:
    """``/metrics``: one rendering at a time, in pieces, so that no probe's timing is moved."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a scrape."""
        services = request.app[SERVICES]
        async with self._lock:
            content_type, pieces = services.exposition.steps(
                services.snapshot(), request.headers.get("Accept", ""), now=services.now()
            )
            parts: list[bytes] = []
            started = clock.monotonic()
            for piece in pieces:
                parts.append(piece)
                if clock.monotonic() - started > PAUSE_AFTER:
                    await asyncio.sleep(0)
                    started = clock.monotonic()
        return await text_response(request, parts, content_type)


class ProbePage:
    """``/probe``: a live exchange with a registered site; those who ask within ten seconds share it."""

    def __init__(self) -> None:
        self._shared: dict[str, tuple[float, Site, asyncio.Task[Exchange]]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a scrape of one target."""
        services = request.app[SERVICES]
        if services.probe is None:
            raise web.HTTPServiceUnavailable(text="no live probes in this mode")
        state = find_target(request)
        started = clock.monotonic()
        budget = min(state.site.probe_timeout, _scrape_budget(request))
        task = self._join(request, state.site, budget)
        # Not cancelled at the timeout: another scraper may wait for the same exchange with more patience.
        done, _ = await asyncio.wait({task}, timeout=budget + SCRAPE_MARGIN / 2)
        seconds = clock.monotonic() - started
        if done:
            live = judge_live(state, task.result(), services.now())
        else:
            live = LiveProbe(
                SiteState(site=state.site), log=(f"no answer within the scrape timeout ({seconds:.3f} s)",)
            )
        page, content_type = render_probe(
            live.state,
            seconds=seconds,
            content_length=live.content_length,
            now=services.now(),
            accept=request.headers.get("Accept", ""),
        )
        if request.query.get("debug", "").lower() == "true":
            return web.Response(text=_debug_page(state.site, live, page))
        return await text_response(request, [page], content_type)

    def _join(self, request: web.Request, site: Site, budget: float) -> asyncio.Task[Exchange]:
        services = request.app[SERVICES]
        now = clock.monotonic()
        for site_id, (began, _, task) in list(self._shared.items()):
            if task.done() and now - began >= SHARED_SECONDS:
                del self._shared[site_id]
        known = self._shared.get(site.id)
        # A reload may have given the site another address: its old answer says nothing then.
        if known is not None and known[1] == site and (now - known[0] < SHARED_SECONDS):
            return known[2]
        assert services.probe is not None  # noqa: S101  asked by the caller
        task = asyncio.create_task(_run(services.probe, site.id, budget))
        self._shared[site.id] = (now, site, task)
        return task


async def _run(probe: Callable[[str, float], Awaitable[Exchange]], site_id: str, budget: float) -> Exchange:
    return await probe(site_id, budget)


def find_target(request: web.Request) -> SiteState:
    """The registered site that ``target`` names by id or URL; nothing else can be reached through this exporter."""
    target = request.query.get("target", "").strip()
    if not target:
        raise web.HTTPBadRequest(text="target is missing: a site id or a registered URL")
    sites = request.app[SERVICES].snapshot().sites
    state = sites.get(target) or next((s for s in sites.values() if s.site.url and _same(s.site.url, target)), None)
    if state is None:
        raise web.HTTPNotFound(text="target is not in the registry")
    if not state.site.url:
        raise web.HTTPBadRequest(text="the registry has no address for this site")
    return state


def _same(registered: str, target: str) -> bool:
    return registered.rstrip("/").lower() == target.rstrip("/").lower()


def _scrape_budget(request: web.Request) -> float:
    try:
        seconds = float(request.headers["X-Prometheus-Scrape-Timeout-Seconds"])
    except (KeyError, ValueError):
        return float("inf")
    # NaN compares false with everything: it must not become a budget.
    return max(SMALLEST_BUDGET, seconds - SCRAPE_MARGIN) if seconds > 0 else float("inf")


def _debug_page(site: Site, live: LiveProbe, page: bytes) -> str:
    lines = "\n".join(live.log) or "(nothing was logged)"
    settings = f"site: {site.id}\nurl: {site.url}\ntimeout: {site.probe_timeout:g}s\ntls_verify: {site.tls_verify}"
    return (
        f"Logs for the probe:\n{lines}\n\n\nMetrics that would have been returned:\n{page.decode()}\n\n\n"
        f"Module configuration:\n{settings}\n"
    )


async def service_discovery(request: web.Request) -> web.Response:
    """``/sd``: every site that has an address, for ``http_sd_configs``."""
    groups = [
        {
            "targets": [state.site.url],
            "labels": {
                "__meta_opd_site": state.site.id,
                "__meta_opd_opd": state.site.opd,
                "__meta_opd_name": state.site.name,
                "__meta_opd_category": state.site.category,
                "__meta_opd_duty": str(state.site.duty),
                "__meta_opd_connection": str(state.site.connection),
            },
        }
        for state in request.app[SERVICES].snapshot().sites.values()
        if state.site.url
    ]
    return web.json_response(groups)
