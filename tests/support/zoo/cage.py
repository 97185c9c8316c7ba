"""What a cage of the zoo is: a misbehaving server and what a truthful probe says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

Handler = Callable[["asyncio.StreamReader", "asyncio.StreamWriter"], Awaitable[None]]

PAGE = b"<html><title>Dinas</title><body>" + b"Selamat datang di situs dinas. " * 20 + b"</body></html>"
CAP = 1_048_576


@dataclass(frozen=True)
class Expect:
    """What the exchange must say. ``None`` in ``status``, ``size`` and ``truncated`` means "not looked at"."""

    reason: str | None = None
    tls: str | None = None
    status: int | None = None
    size: int | None = None
    """Exact length of the body."""
    min_size: int | None = None
    truncated: bool | None = None
    legacy: bool = False
    chain_complete: bool | None = None
    detail: str = ""
    """A word that the detail must hold."""

    def words(self) -> str:
        """The expectation in one word for a table."""
        if self.reason or self.tls:
            return self.reason or f"tls: {self.tls}"
        return "read, cut at the cap" if self.truncated and self.size == CAP else "read"


@dataclass(frozen=True)
class Cage:
    """One server of the zoo."""

    name: str
    what: str
    """One English line for the table."""
    expect: Expect
    handler: Handler | None = None
    flavour: str = ""
    """Which certificate it shows; empty for plain HTTP."""
    path: str = "/"
    kind: str = "http"
    """``http``, ``tls`` (raw bytes instead of TLS), ``dns``, ``none``."""


@dataclass
class Herd:
    """A list of cages that grows by decoration."""

    cages: list[Cage] = field(default_factory=list)

    def add(
        self, what: str, expect: Expect | None = None, *, flavour: str = "", path: str = "/", kind: str = "http"
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler under its own name."""

        def keep(handler: Handler) -> Handler:
            name = handler.__name__.replace("_", "-")
            self.cages.append(Cage(name, what, expect or Expect(), handler, flavour, path, kind))
            return handler

        return keep

    def bytes(self, name: str, what: str, data: bytes, expect: Expect | None = None, *, flavour: str = "") -> None:
        """Register a server that reads the request, writes ``data`` and closes."""

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request_of(reader)
            writer.write(data)
            await writer.drain()

        self.cages.append(Cage(name, what, expect or Expect(), handler, flavour))


async def request_of(reader: asyncio.StreamReader) -> bytes:
    """The request's head."""
    return await reader.readuntil(b"\r\n\r\n")


def page(body: bytes = PAGE, *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def reset(writer: asyncio.StreamWriter) -> None:
    """Make closing the connection send a reset."""
    import socket
    import struct

    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
