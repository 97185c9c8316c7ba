"""``/api/v1``: the fleet, one site and the report as JSON."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from opd_exporter.clock import as_datetime
from opd_exporter.logs import get_logger
from opd_exporter.models import Status
from opd_exporter.store import StoreError
from opd_exporter.web.keys import SERVICES
from opd_exporter.web.openapi import document
from opd_exporter.web.packing import text_response
from opd_exporter.web.serialise import (
    details_as_json,
    history_as_json,
    iso,
    site_as_json,
    summary_as_json,
)

if TYPE_CHECKING:
    from opd_exporter.state import SiteState
    from opd_exporter.web.services import History

log = get_logger(__name__)

HISTORY_DAYS = 90
POSTS = 100
_STEP_SITES = 200


class SitesApi:
    """``/api/v1/sites``; each site's JSON is kept until its state is another one."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[SiteState, str]] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """The fleet, or the sites with one status."""
        snapshot = request.app[SERVICES].snapshot()
        wanted = _status(request)
        elements: list[str] = []
        for index, (site_id, state) in enumerate(snapshot.sites.items(), start=1):
            if wanted is None or state.status is wanted:
                elements.append(self._element(site_id, state))
            if index % _STEP_SITES == 0:
                await asyncio.sleep(0)
        if len(self._kept) > len(snapshot.sites):
            self._kept = {site_id: kept for site_id, kept in self._kept.items() if site_id in snapshot.sites}
        head = {
            "at": iso(snapshot.at, snapshot.registry.timezone),
            "network_up": snapshot.network_up,
            "shard": {
                "index": snapshot.registry.shard.index,
                "count": snapshot.registry.shard.count,
                "sites_elsewhere": len(snapshot.registry.elsewhere),
            },
            "summary": summary_as_json(snapshot),
        }
        text = f'{_dump(head)[:-1]}, "sites": [{", ".join(elements)}]}}'
        return await text_response(request, [text.encode()], "application/json; charset=utf-8")

    def _element(self, site_id: str, state: SiteState) -> str:
        kept = self._kept.get(site_id)
        if kept is None or kept[0] is not state:
            kept = self._kept[site_id] = (state, _dump(site_as_json(state)))
        return kept[1]


async def site(request: web.Request) -> web.Response:
    """One site with everything known of it that is not sensitive."""
    services = request.app[SERVICES]
    state = services.snapshot().sites.get(request.match_info["site"])
    if state is None:
        raise web.HTTPNotFound(text="no such site")
    answer = details_as_json(state)
    if services.history is not None:
        answer |= await _history(services.history, state, services.now())
    return await text_response(request, [_dump(answer).encode()], "application/json; charset=utf-8")


async def _history(history: History, state: SiteState, now: float) -> dict[str, Any]:
    """The stored history; absent while it cannot be read, since the present is still worth telling."""
    since = now - HISTORY_DAYS * 86_400
    zone = state.site.timezone
    first, last = (as_datetime(moment, zone).date() for moment in (since, now))
    try:
        changes, posts, days = await asyncio.gather(
            asyncio.to_thread(history.changes, state.site.id, since),
            asyncio.to_thread(history.posts, state.site.id, limit=POSTS),
            asyncio.to_thread(history.days, state.site.id, first, last),
        )
    except StoreError as error:
        log.warning("history could not be read", site=state.site.id, error=str(error))
        return {}
    return {"history": history_as_json(changes, posts, days, zone)}


async def openapi(_request: web.Request) -> web.Response:
    """The description of this API."""
    return web.json_response(document())


def _status(request: web.Request) -> Status | None:
    text = request.query.get("status")
    if text is None:
        return None
    try:
        return Status(text)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"status must be one of {', '.join(Status)}") from error


def _dump(value: Any) -> str:
    # Lone surrogates of hostile pages cannot be sent as UTF-8: ASCII escapes can.
    return json.dumps(value)
