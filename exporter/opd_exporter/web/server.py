"""Listens, with TLS when the web config asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from opd_exporter.web.config import WebConfigFile


def parse_listen_address(address: str) -> tuple[str | None, int]:
    """``:19715``, ``127.0.0.1:0`` or ``[::1]:19715`` as host (``None``: every interface) and port.

    ``ValueError`` when it is none of them.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise ValueError(f"{address!r} is not an address to listen on: write HOST:PORT or :PORT")
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        raise ValueError(f"{address!r} is not an address to listen on: an IPv6 host stands in brackets")
    return host.strip("[]") or None, int(port)


class WebServer:
    """One listener for ``app``. ``start`` raises ``OSError`` when the address is taken."""

    def __init__(self, app: web.Application, address: str, web_config: WebConfigFile | None = None) -> None:
        self._app = app
        self._host, self._port = parse_listen_address(address)
        self._config = web_config
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to listen."""
        runner = web.AppRunner(self._app, access_log=None, handle_signals=False, shutdown_timeout=3.0)
        await runner.setup()
        self._runner = runner
        context = self._config.make_listener_context() if self._config is not None else None
        try:
            await web.TCPSite(runner, self._host, self._port, ssl_context=context).start()
        except OSError:
            await self.stop()
            raise
        self._tls = context is not None

    @property
    def port(self) -> int:
        """The port listened on (chosen by the system when 0 was asked for)."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the server does not listen")
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        """An address to open on this machine."""
        host = self._host or "127.0.0.1"
        if host in {"0.0.0.0", "::"}:  # noqa: S104  compared, not bound
            host = "127.0.0.1"
        return f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def stop(self) -> None:
        """Stop listening and let running answers end."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
