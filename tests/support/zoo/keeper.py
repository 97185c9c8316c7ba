"""Opens every cage on loopback, each on its own port, and one name server for all."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass

from support.names import NameServer
from support.pki import Pki
from support.zoo import content, dns, protocol, redirects, timing, tls
from support.zoo.cage import PAGE, Cage, Expect, page, request_of

CAGES: list[Cage] = [
    *timing.HERD.cages,
    *protocol.HERD.cages,
    *content.HERD.cages,
    *redirects.HERD.cages,
    *tls.HERD.cages,
    *dns.CAGES,
    Cage("port-closed", "nothing listens", Expect(reason="connect_refused"), kind="closed"),
    Cage(
        "dead-aaaa",
        "its IPv6 address swallows connections, IPv4 is good",
        Expect(status=200, size=len(PAGE)),
        kind="dead6",
    ),
    Cage("port-silent", "connections are swallowed", Expect(reason="connect_timeout"), kind="silent"),
]


@dataclass(frozen=True)
class Opened:
    """A zoo that is open."""

    urls: dict[str, str]
    nameserver: str
    ca_file: str


class Zoo:
    """An async context manager; serves until it is left."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._names = NameServer(dict(dns.ANSWERS))

    async def __aenter__(self) -> Opened:
        for kind in content.BOMBS:
            content.bomb(kind)  # made before anything is measured
        await self._names.__aenter__()
        self._link = b""
        issuer_port = await self._listen(self._serve_link)
        pki = Pki(f"http://issuer.zoo.test:{issuer_port}")
        self._link = pki.link_der
        good = await self._listen(_good)
        urls: dict[str, str] = {}
        for cage in CAGES:
            host = f"{cage.name}.zoo.test"
            scheme = "https" if cage.flavour or cage.kind == "tls" else "http"
            if cage.kind == "closed":
                port = _unused_port()
            elif cage.kind == "silent":
                port = self._swallow()
            elif cage.kind == "dead6":
                port = await self._answer_on_one_side()
            elif cage.kind == "dns":
                port = good
            else:
                context = pki.server(cage.flavour, host) if cage.flavour else None
                port = await self._listen(self._guard(cage), context)
            urls[cage.name] = f"{scheme}://{host}:{port}{cage.path}"
        urls["neighbour"] = f"http://neighbour.zoo.test:{await self._listen(_good, host='127.0.0.2')}/"
        return Opened(urls, self._names.address, str(pki.ca_file))

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self._sockets:
            connection.close()
        await self._names.__aexit__()
        await asyncio.sleep(0.05)

    async def _listen(self, handler, context=None, host="127.0.0.1", port=0) -> int:
        server = await asyncio.start_server(handler, host, port, ssl=context, limit=1_048_576)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    async def _answer_on_one_side(self) -> int:
        """A port that answers on 127.0.0.1 and is silent on ::1; what is free there may be taken here."""
        for _ in range(50):
            port = self._swallow(socket.AF_INET6, "::1")
            with suppress(OSError):
                return await self._listen(_good, port=port)
        raise OSError("no port is free on both 127.0.0.1 and ::1")

    def _guard(self, cage: Cage):
        async def run(reader, writer):
            task = asyncio.current_task()
            self._tasks.add(task)
            try:
                with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                    await cage.handler(reader, writer)
                    await writer.drain()
            finally:
                self._tasks.discard(task)
                writer.close()

        return run

    async def _serve_link(self, reader, writer):
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await request_of(reader)
            gone = request.startswith(b"GET /gone")
            writer.write(page(b"" if gone else self._link, status="404 Not Found" if gone else "200 OK"))
        writer.close()

    def _swallow(self, family: int = socket.AF_INET, host: str = "127.0.0.1") -> int:
        """A port whose backlog is full: new connections get no answer at all."""
        listener = socket.socket(family)
        listener.bind((host, 0))
        listener.listen(0)
        self._sockets.append(listener)
        for _ in range(8):
            filler = socket.socket(family)
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect(listener.getsockname())
            self._sockets.append(filler)
        return int(listener.getsockname()[1])


async def _good(reader, writer):
    with suppress(OSError, asyncio.IncompleteReadError):
        await request_of(reader)
        writer.write(page())
        await writer.drain()
    writer.close()


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
