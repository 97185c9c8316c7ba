"""Health, reload and "periksa sekarang"."""

from __future__ import annotations

import asyncio
from collections import deque

from aiohttp import web

from opd_exporter import clock
from opd_exporter.web.keys import SERVICES
from opd_exporter.web.middleware import require_action

RECHECK_SITE_SECONDS = 30.0
"""A site is checked by hand at most this often: its server belongs to others."""
RECHECKS_PER_MINUTE = 20
RECHECK_WAIT_SECONDS = 45.0


async def healthy(_request: web.Request) -> web.Response:
    """Alive: the event loop answers."""
    return web.Response(text="healthy\n")


async def ready(request: web.Request) -> web.Response:
    """The first round is over: what the metrics say is of this run."""
    if not request.app[SERVICES].ready():
        raise web.HTTPServiceUnavailable(text="the first round is not over yet")
    return web.Response(text="ready\n")


async def reload(request: web.Request) -> web.Response:
    """Read the registry again; the mistakes of a bad file, which changes nothing."""
    require_action(request)
    services = request.app[SERVICES]
    if services.reload is None:
        raise web.HTTPServiceUnavailable(text="nothing to reload in this mode")
    error = await services.reload()
    if error is not None:
        return web.Response(status=500, text=f"registry refused, the last good one stays:\n{error}\n")
    return web.Response(text="reloaded\n")


class Recheck:
    """``POST /sites/{site}/periksa``: all checks of one site now."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._recent: deque[float] = deque()
        self._running: set[asyncio.Future[object]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        """Check, then show the site's page."""
        require_action(request)
        services = request.app[SERVICES]
        state = services.snapshot().sites.get(request.match_info["site"])
        if state is None:
            raise web.HTTPNotFound
        if services.recheck is None or not state.site.url:
            raise web.HTTPServiceUnavailable(text="Situs ini tidak dapat diperiksa sekarang.")
        self._take_turn(state.site.id)
        task = asyncio.ensure_future(services.recheck(state.site.id))
        self._running.add(task)
        task.add_done_callback(self._forget)
        # The check goes on when the visitor does not wait for it.
        await asyncio.wait({task}, timeout=RECHECK_WAIT_SECONDS)
        raise web.HTTPSeeOther(f"/sites/{state.site.id}")

    def _forget(self, task: asyncio.Future[object]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # retrieved here; the checks log their own failures

    def _take_turn(self, site_id: str) -> None:
        now = clock.monotonic()
        while self._recent and now - self._recent[0] > 60:
            self._recent.popleft()
        self._last = {site: at for site, at in self._last.items() if now - at < RECHECK_SITE_SECONDS}
        if site_id in self._last or len(self._recent) >= RECHECKS_PER_MINUTE:
            wait = RECHECK_SITE_SECONDS - (now - self._last.get(site_id, now))
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(max(1, round(wait)))})
        self._last[site_id] = now
        self._recent.append(now)
