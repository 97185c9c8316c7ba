"""The presenter's remote control: a small HTTP port of the running fleet, and the client for it.

``GET /`` lists the sites as JSON. ``POST /sites/<id>/<action>`` does one of ``fail`` (``?mode=``), ``recover``,
``hack`` (``?mode=``), ``publish`` (``?title=``), ``slow`` (``?seconds=``) and answers with a line of Indonesian text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from opd_exporter.demo.fleet import Fleet

ACTIONS = ("fail", "recover", "hack", "publish", "slow")
_PARAMETER = {"fail": "mode", "hack": "mode", "publish": "title", "slow": "seconds"}
_TIMEOUT_SECONDS = 15.0


class ControlPort:
    """Serves the remote control of ``fleet`` on 127.0.0.1; ``port`` 0 takes a free one."""

    def __init__(self, fleet: Fleet, port: int) -> None:
        """Remember what to control."""
        self._fleet = fleet
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Open the port; a fixed one that is taken is replaced by a free one."""
        app = web.Application()
        app.router.add_get("/", self._list)
        app.router.add_post("/sites/{site}/{action}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            if self._port == 0:
                raise
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "site": site_id,
                    "opd": site.spec.department.opd,
                    "url": site.url,
                    "trouble": site.trouble,
                    "slow_seconds": site.slow_seconds,
                    "hits": site.hits,
                }
                for site_id, site in self._fleet.sites.items()
            ]
        )

    async def _act(self, request: web.Request) -> web.Response:
        site, action = request.match_info["site"], request.match_info["action"]
        # A page in a browser must not drive the demo: forms and scripts of other origins send an Origin.
        if "Origin" in request.headers:
            return web.Response(status=403, text="Permintaan dari peramban ditolak.")
        try:
            return web.Response(text=await self._do(site, action, request.query.get(_PARAMETER.get(action, ""), "")))
        except KeyError:
            return web.Response(status=404, text=f"Situs tidak dikenal: {site}")
        except ValueError as error:
            return web.Response(status=400, text=f"Perintah tidak dapat dijalankan: {error}")

    async def _do(self, site: str, action: str, value: str) -> str:
        fleet = self._fleet
        if action == "fail":
            await fleet.fail(site, value or "http_server_error")
            return f"{site} sekarang rusak: {value or 'http_server_error'}"
        if action == "recover":
            await fleet.recover(site)
            return f"{site} pulih"
        if action == "hack":
            await fleet.hack(site, value or "gambling_links")
            return f"{site} disusupi: {value or 'gambling_links'}"
        if action == "publish":
            return f"{site} menerbitkan: {await fleet.publish(site, value[:200] or None)}"
        if action == "slow":
            await fleet.slow(site, float(value or 6.0))
            return f"{site} diperlambat {float(value or 6.0):g} detik"
        raise ValueError(f"unknown action {action!r}: use one of {', '.join(ACTIONS)}")


async def send_control(address: str, site: str, action: str) -> str:
    """Send one command to the control port at ``address`` (``http://127.0.0.1:PORT``) and return its answer.

    ``action`` may carry a value: ``fail=timeout``, ``hack=defaced``, ``slow=6``, ``publish=Judul kabar``. With an empty
    ``site`` the answer is the JSON list of sites.

    Raises:
        ConnectionError: no fleet answers at ``address``. ValueError: the fleet refused the command.
    """
    verb, _, value = action.partition("=")
    url = f"{address.rstrip('/')}/"
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            if site:
                parameter = {_PARAMETER[verb]: value} if value and verb in _PARAMETER else {}
                url += f"sites/{quote(site, safe='')}/{quote(verb, safe='')}"
                request = session.post(url, params=parameter)
            else:
                request = session.get(url)
            async with request as response:
                text = await response.text()
                if response.status >= 400:
                    raise ValueError(text)
                return text
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ConnectionError(f"no demo fleet answers at {address}: {error}") from error
