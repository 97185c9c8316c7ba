"""Helpers for tests of the probe: sites, real servers, a real proxy."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opd_exporter.registry.site import Site

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from support.zoo.cage import Handler


def site(url: str | None, **options) -> Site:
    """A site with short deadlines."""
    options.setdefault("probe_timeout", 2.0)
    return Site("situs", "Situs", "Situs", url, **options)


@dataclass
class Server:
    """A server that runs."""

    host: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", scheme: str = "http", host: str | None = None) -> str:
        """Where it can be reached."""
        return f"{scheme}://{host or self.host}:{self.port}{path}"


@asynccontextmanager
async def serve(
    handler: Handler | bytes, *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Server]:
    """Run ``handler`` (or answer with these bytes) on loopback; requests are kept."""
    running: set[asyncio.Task] = set()
    writers: list[asyncio.StreamWriter] = []

    async def run(reader, writer):
        task = asyncio.current_task()
        running.add(task)
        writers.append(writer)
        server.connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                if isinstance(handler, bytes):
                    server.requests.append(await reader.readuntil(b"\r\n\r\n"))
                    writer.write(handler)
                    await writer.drain()
                else:
                    await handler(reader, writer)
        finally:
            running.discard(task)
            writer.close()

    listener = await asyncio.start_server(run, host, port, ssl=context, limit=1_048_576)
    server = Server(host, listener.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listener.close()
        await end(running, writers)


@dataclass
class ProxyLog:
    """What a proxy saw."""

    port: int = 0
    lines: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def run_proxy(
    names: dict[str, str] | None = None,
    *,
    user: str = "",
    context: ssl.SSLContext | None = None,
    refusal: bytes = b"",
) -> AsyncIterator[ProxyLog]:
    """A forwarding HTTP proxy: CONNECT and absolute-form, own names, optional Basic authentication.

    Args:
        names: Host to address; others go to where they say.
        user: ``name:password`` that it asks for.
        context: Speaks TLS to its clients.
        refusal: Answers every request with these bytes.
    """
    log = ProxyLog()
    running: set[asyncio.Task] = set()
    writers: list[asyncio.StreamWriter] = []

    async def handle(reader, writer):
        task = asyncio.current_task()
        running.add(task)
        writers.append(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await forward(reader, writer)
        finally:
            running.discard(task)
            writer.close()

    async def forward(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        log.heads.append(head)
        line = head.split(b"\r\n")[0].decode()
        log.lines.append(line)
        if user and base64.b64encode(user.encode()) not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if refusal:
            writer.write(refusal)
            return
        method, target, _ = line.split(" ")
        authority = target if method == "CONNECT" else target.split("/")[2]
        host, _, port = authority.rpartition(":") if ":" in authority else (authority, "", "80")
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\nVia: uji\r\n\r\n")
            first = b""
        else:
            path = "/" + target.split("/", 3)[3]
            first = f"{method} {path} HTTP/1.1\r\n".encode() + head.split(b"\r\n", 1)[1]
        await join(reader, writer, (names or {}).get(host, host), int(port), first)

    listener = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    log.port = listener.sockets[0].getsockname()[1]
    try:
        yield log
    finally:
        listener.close()
        await end(running, writers)


async def end(running: set[asyncio.Task], writers: list[asyncio.StreamWriter]) -> None:
    """Stop the handlers of a server and drop its connections: TLS ones would wait for a goodbye."""
    await asyncio.sleep(0)
    for task in tuple(running):
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for writer in writers:
        # Before 3.11.4 asyncio's TLS transport raises when it has been closed already.
        with suppress(AttributeError):
            writer.transport.abort()
    await asyncio.sleep(0.01)


async def join(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, first: bytes = b""
) -> None:
    """Carry bytes both ways between a client and ``host``, beginning with ``first``, until one side ends."""
    upstream_reader, upstream = await asyncio.open_connection(host, port)
    upstream.write(first)
    pumps = [asyncio.create_task(pump(reader, upstream)), asyncio.create_task(pump(upstream_reader, writer))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        upstream.close()  # before anything is awaited: this may be cancelled again
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy one direction until it ends."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
