"""The pages that people read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from aiohttp import web

from opd_exporter.clock import as_datetime
from opd_exporter.logs import get_logger
from opd_exporter.registry import Shard, shard_of
from opd_exporter.store import StoreError
from opd_exporter.web import plots
from opd_exporter.web.explanations import RUNBOOKS
from opd_exporter.web.fleet_rows import FleetRows
from opd_exporter.web.fleet_view import GROUPS, ORDERS, PAGE_ROWS, Query, choose
from opd_exporter.web.keys import AUTHENTICATED, AUTHENTICATOR, SERVICES, may_act
from opd_exporter.web.middleware import CHALLENGE
from opd_exporter.web.packing import text_response
from opd_exporter.web.rendering import STATIC, render, static_file
from opd_exporter.web.site_view import (
    PLOT_DAYS,
    POSTS,
    TIMELINE_DAYS,
    SiteHistory,
    links_allowed,
    safe_link,
    shown,
    view_site,
)
from opd_exporter.web.summary import INACTIVE, NOT_ASSESSABLE, summarise

if TYPE_CHECKING:
    from opd_exporter.registry import Registry
    from opd_exporter.state import SiteState
    from opd_exporter.web.services import History

STALE_SECONDS = 600.0
"""With no probe for so long the page says that the monitor stands still."""

log = get_logger(__name__)


class FleetPage:
    """``/``: every site, trouble first; rows are kept between requests."""

    def __init__(self) -> None:
        self._rows = FleetRows()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer with the page that the query string asks for."""
        services = request.app[SERVICES]
        snapshot, now = services.snapshot(), services.now()
        query = Query.of(request.query)
        states, found = choose(snapshot, query)
        self._rows.forget_others(snapshot.sites)
        summary = summarise(snapshot)
        newest = summary.newest_probe_at
        zone = snapshot.registry.timezone

        def address(**changes: object) -> str:
            values = {"status": query.chosen, "cari": query.words, "urut": query.order, "halaman": query.page} | changes
            plain = {"status": "", "cari": "", "urut": "status", "halaman": 1}
            text = urlencode({name: value for name, value in values.items() if value != plain[name]})
            return f"/?{text}" if text else "/"

        page = render(
            "fleet.html",
            rows=await self._rows.render(states, now),
            found=found,
            summary=summary,
            inactive=INACTIVE,
            not_assessable=NOT_ASSESSABLE,
            bar=plots.fleet_bar(summary),
            query=query,
            groups=GROUPS,
            orders=ORDERS,
            pages=max(1, -(-found // PAGE_ROWS)),
            address=address,
            loaded_at=as_datetime(now, zone),
            newest=as_datetime(newest, zone) if newest is not None else None,
            newest_age=max(0.0, now - newest) if newest is not None else None,
            stale=newest is not None and now - newest > STALE_SECONDS,
            network_up=snapshot.network_up,
            shard=snapshot.registry.shard,
            elsewhere=len(snapshot.registry.elsewhere),
        )
        return await html_response(request, page)


async def html_response(request: web.Request, page: str) -> web.Response:
    """A page, compressed when the browser takes it."""
    # A lone surrogate (an odd escape in the registry) must not cost the whole page.
    return await text_response(request, [page.encode("utf-8", "replace")], "text/html; charset=utf-8")


async def site(request: web.Request) -> web.Response:
    """One site: its status and why, and its history."""
    services = request.app[SERVICES]
    state = services.snapshot().sites.get(request.match_info["site"])
    if state is None:
        raise web.HTTPNotFound(text=_absence(services.snapshot().registry, request.match_info["site"]))
    now = services.now()
    history = await _read_history(services.history, state, now) if services.history is not None else SiteHistory()
    known = request[AUTHENTICATED]
    page = render(
        "site.html",
        view=view_site(state, history, now),
        state=state,
        site=state.site,
        linked=links_allowed(state),
        runbook=RUNBOOKS.get(state.status),
        safe_link=safe_link,
        shown=shown,
        authenticated=known,
        can_log_in=request.app[AUTHENTICATOR].configured,
        login=f"/masuk?kembali={quote(request.path)}",
        can_recheck=may_act(request) and services.recheck is not None and state.site.url is not None,
        loaded_at=as_datetime(now, state.site.timezone),
        plot_days=PLOT_DAYS,
        timeline_days=TIMELINE_DAYS,
    )
    return await html_response(request, page)


def _absence(registry: Registry, site_id: str) -> str:
    """Why there is no page of a site."""
    if site_id not in registry.elsewhere:
        return "Website ini tidak ada di registri."
    other = Shard(shard_of(site_id, registry.shard.count), registry.shard.count)
    return f"Website ini diperiksa exporter bagian {other}; halaman ini milik bagian {registry.shard}."


async def _read_history(history: History, state: SiteState, now: float) -> SiteHistory:
    since = now - TIMELINE_DAYS * 86_400
    today = as_datetime(now, state.site.timezone).date()
    first = today - timedelta(days=PLOT_DAYS - 1)
    try:
        changes, posts, days = await asyncio.gather(
            asyncio.to_thread(history.changes, state.site.id, since),
            asyncio.to_thread(history.posts, state.site.id, limit=POSTS),
            asyncio.to_thread(history.days, state.site.id, first, today),
        )
    except StoreError as error:
        log.warning("history could not be read", site=state.site.id, error=str(error))
        return SiteHistory()
    return SiteHistory(changes, posts, days, available=True)


async def login(request: web.Request) -> web.Response:
    """Make the browser ask for name and password, then go back to the page that sent the visitor here."""
    if not request.app[AUTHENTICATOR].configured:
        raise web.HTTPNotFound(text="Autentikasi tidak diaktifkan (--web.config.file).")
    if not request[AUTHENTICATED]:
        raise web.HTTPUnauthorized(headers=CHALLENGE)
    back = request.query.get("kembali", "/")
    # Only a path of this server: "//host" and "/\host" would lead to another one.
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    raise web.HTTPSeeOther(back if local else "/")


async def static(request: web.Request) -> web.Response:
    """The style sheet and the script."""
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"} if "v" in request.query else {}
    return web.Response(body=static_file(name), content_type=STATIC[name], charset="utf-8", headers=headers)
