"""The ports of the imitation sites: one real listener per site, that can change its behaviour while it runs."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from opd_exporter.demo.troubles import Port
from opd_exporter.demo.views import Answer, Request

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from opd_exporter.demo.troubles import Talk

    Respond = Callable[[Request], Awaitable[Answer]]

_REBIND_SECONDS = 3.0
_SERVER_NAME = "Apache"
EVERY_ADDRESS = "0.0.0.0"
"""As a listener's host: every loopback address at once."""


@dataclass(slots=True)
class Listener:
    """One address and port; ``open`` gives it a behaviour and may be called again to change it.

    The port is kept for the life of the listener, whatever stands behind it.
    """

    host: str
    port: int = 0
    """0 until the first ``open``: then the port that the system gave."""
    _opened: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _web: web.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open_http(self, respond: Respond, context: ssl.SSLContext | None) -> None:
        """Serve HTTP, or HTTPS when ``context`` is given."""
        await self.close()
        self._web = web.Server(
            _handler(respond), handler_cancellation=True, keepalive_timeout=10.0, access_log=None, tcp_keepalive=False
        )
        self._server = await asyncio.get_running_loop().create_server(
            self._web,
            sock=await self._bind(),
            ssl=context,
            backlog=256,
            ssl_handshake_timeout=10.0 if context else None,
            ssl_shutdown_timeout=0.5 if context else None,
        )

    async def open_raw(self, talk: Talk) -> None:
        """Accept connections and let ``talk`` have them."""
        await self.close()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._talks.add(task)
                task.add_done_callback(self._talks.discard)
            try:
                # Cancelled by ``close``: the end of this conversation, and nothing for the loop to report.
                with suppress(OSError, asyncio.CancelledError):
                    await talk(reader, writer)
            finally:
                writer.close()

        self._server = await asyncio.start_server(serve, sock=await self._bind())

    async def open_closed(self) -> None:
        """Hold the port without listening: connections are refused, and nobody else gets the port."""
        await self.close()
        self._sockets.append(await self._bind())

    async def open_full(self) -> None:
        """Listen with a full queue: the kernel answers no further connection."""
        await self.close()
        listening = await self._bind()
        listening.listen(0)
        self._sockets.append(listening)
        for _ in range(4):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex((self.host, self.port))
            self._sockets.append(filler)

    async def close(self) -> None:
        """Stop serving and drop every connection; the port number is remembered."""
        server, handler = self._server, self._web
        self._server = self._web = None
        if server is not None:
            server.close()
        if handler is not None:
            await handler.shutdown(0.2)
        for task in list(self._talks):
            task.cancel()
        if self._talks:
            await asyncio.wait(self._talks, timeout=1.0)
        for held in self._sockets:
            held.close()
        self._sockets.clear()
        if server is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), 1.0)

    async def _bind(self) -> socket.socket:
        deadline = asyncio.get_running_loop().time() + _REBIND_SECONDS
        while True:
            bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound.setblocking(False)
                if self.host == EVERY_ADDRESS:
                    _keep_to_loopback(bound)
                bound.bind((self.host, self.port))
            except OSError:
                bound.close()
                # The loop may let go of the old listener one turn later.
                if not self._opened or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.02)
            else:
                self._opened = True
                self.port = bound.getsockname()[1]
                return bound


def _keep_to_loopback(bound: socket.socket) -> None:
    """Let only this machine reach ``bound``.

    Raises:
        OSError: the system cannot bind a socket to the loopback interface (only Linux can).
    """
    option = getattr(socket, "SO_BINDTODEVICE", None)
    if option is None:
        raise OSError("one port on every loopback address needs Linux")
    bound.setsockopt(socket.SOL_SOCKET, option, b"lo")


def _handler(respond: Respond) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        asked = Request(
            path=request.path,
            query=dict(request.query),
            user_agent=request.headers.get("User-Agent", ""),
            referer=request.headers.get("Referer", ""),
            address=_local_address(request),
        )
        answer = await respond(asked)
        headers = {"Server": _SERVER_NAME, **answer.headers}
        if answer.status == 200 and answer.cacheable:
            etag = f'"{hashlib.sha256(answer.payload).hexdigest()[:20]}"'
            headers["ETag"] = etag
            if request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers=headers)
        headers["Content-Type"] = answer.content_type
        return web.Response(status=answer.status, body=answer.payload, headers=headers)

    return handle


def _local_address(request: web.BaseRequest) -> str:
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return str(name[0]) if name else ""


async def open_port(
    listener: Listener, port: Port, respond: Respond, *, context: ssl.SSLContext | None, talk: Talk | None
) -> None:
    """Give ``listener`` the behaviour that ``port`` names."""
    if port is Port.HTTP:
        await listener.open_http(respond, context)
    elif port is Port.RAW and talk is not None:
        await listener.open_raw(talk)
    elif port is Port.FULL:
        await listener.open_full()
    else:
        await listener.open_closed()
