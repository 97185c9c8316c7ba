"""Connections: direct, through a proxy, through a proxy's tunnel; each for one request only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from opd_exporter.clock import monotonic
from opd_exporter.probe.answer import Answer
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.proxies import Tunnel
from opd_exporter.probe.sockets import open_socket
from opd_exporter.probe.trust import handshake_failure

if TYPE_CHECKING:
    import socket
    import ssl

    from opd_exporter.probe.calls import Call
    from opd_exporter.probe.proxies import Proxy

_GOODBYE_SECONDS: Final = 0.5
"""How long a silent server may keep a connection that was given up; the default is half a minute."""
_MIN_PATIENCE: Final = 0.001
"""asyncio refuses a handshake timeout of zero."""


class Dialer:
    """Opens connections and knows which are open."""

    def __init__(self) -> None:
        self._open: set[Answer] = set()

    async def plain(self, call: Call, proxy_context: ssl.SSLContext) -> Answer:
        """Connect without TLS, to the target or to its proxy, and send the request.

        Raises:
            Failure: No connection.
            MonitorFault: No socket, or no proxy.
        """
        proxy = call.target.proxy
        before = monotonic()
        answer = self._new_answer(call, call.request)
        try:
            if proxy is not None:
                await _reach_proxy(call, proxy, proxy_context, answer)
            else:
                connection = await self._socket(call)
                await _attach(connection, answer)
        except BaseException:
            self._open.discard(answer)
            raise
        finally:
            call.watch.add_connect((answer.made_at or monotonic()) - before)
        return answer

    async def secure(
        self, call: Call, context: ssl.SSLContext, proxy_context: ssl.SSLContext, *, hold: bool = False
    ) -> Answer:
        """Connect, shake hands, and send the request unless ``hold``.

        Raises:
            OSError: The handshake failed (``ssl.SSLError`` and its kin among them).
            Failure: No connection.
            MonitorFault: No socket, or no proxy.
        """
        proxy = call.target.proxy
        before = monotonic()
        connection: socket.socket | None = None
        tunnel: Tunnel | None = None
        try:
            if proxy is not None:
                tunnel = await _open_tunnel(call, proxy, proxy_context)
            else:
                connection = await self._socket(call)
        finally:
            connected = monotonic()
            call.watch.add_connect(connected - before)
        answer = self._new_answer(call, b"" if hold else call.request)
        try:
            if tunnel is not None:
                await _upgrade(call, tunnel, context, answer)
            elif connection is not None:
                await _attach(connection, answer, context, call.target.host, call.budget.phase())
        except BaseException:
            self._open.discard(answer)
            raise
        finally:
            call.watch.add_tls((answer.made_at or monotonic()) - connected)
        return answer

    async def close(self) -> None:
        """Drop every connection and wait until they are gone."""
        for answer in tuple(self._open):
            answer.close()
        for _ in range(100):
            if not self._open:
                break
            await asyncio.sleep(0.01)
        # One more turn: transports close their sockets after they have told their protocols.
        await asyncio.sleep(0)

    def _new_answer(self, call: Call, request: bytes) -> Answer:
        answer = Answer(request, call.cap, self._open.discard)
        self._open.add(answer)
        return answer

    async def _socket(self, call: Call) -> socket.socket:
        connection, call.address = await open_socket(call.addresses, call.target.port, call.budget.phase())
        return connection


async def _attach(
    connection: socket.socket,
    protocol: asyncio.Protocol,
    context: ssl.SSLContext | None = None,
    host: str | None = None,
    seconds: float = 0.0,
) -> None:
    """Hand a connected socket to ``protocol``, with TLS when there is a context; it is closed when that fails."""
    taken = False

    def take() -> asyncio.Protocol:
        nonlocal taken
        taken = True
        return protocol

    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(
            take,
            sock=connection,
            ssl=context,
            server_hostname=host if context is not None else None,
            ssl_handshake_timeout=max(seconds, _MIN_PATIENCE) if context is not None else None,
            ssl_shutdown_timeout=_GOODBYE_SECONDS if context is not None else None,
        )
    finally:
        # Once a transport has it, the transport closes it. uvloop closes the descriptor itself, and the socket does not
        # always learn of it: whenever that was collected it would close whoever had the same descriptor by then.
        # asyncio's own transports close through the socket, which must keep it.
        if not taken:
            connection.close()
        elif not isinstance(loop, asyncio.BaseEventLoop):
            connection.detach()


async def _reach_proxy(call: Call, proxy: Proxy, context: ssl.SSLContext, protocol: asyncio.Protocol) -> None:
    """Connect to the proxy. That this fails says nothing about the site."""
    try:
        connection, _ = await open_socket(call.addresses, proxy.port, call.budget.phase())
        await _attach(connection, protocol, context if proxy.secure else None, proxy.host, call.budget.phase())
    except Failure as failure:
        raise MonitorFault(f"the proxy cannot be reached: {failure.detail}") from None
    except OSError as error:
        raise MonitorFault(f"the proxy cannot be reached: {handshake_failure(error).detail}") from None


async def _open_tunnel(call: Call, proxy: Proxy, context: ssl.SSLContext) -> Tunnel:
    tunnel = Tunnel(proxy, call.target.host, call.target.port)
    await _reach_proxy(call, proxy, context, tunnel)
    try:
        await tunnel.established(call.budget.phase())
    except BaseException:
        tunnel.close()
        raise
    return tunnel


async def _upgrade(call: Call, tunnel: Tunnel, context: ssl.SSLContext, answer: Answer) -> None:
    """Shake hands with the site inside the tunnel."""
    if tunnel.transport is None or tunnel.transport.is_closing():
        raise ConnectionResetError
    try:
        transport = await asyncio.get_running_loop().start_tls(
            tunnel.transport,
            answer,
            context,
            server_hostname=call.target.host,
            ssl_handshake_timeout=max(call.budget.phase(), _MIN_PATIENCE),
        )
    except BaseException:
        tunnel.close()
        raise
    if transport is None:
        raise ConnectionResetError
    answer.connection_made(transport)
