"""A server that knows how long it let every caller wait: sites that are slow on purpose, each on its own address.

    python -m bench.delays PORT

``/d/400/NAME`` answers 0.4 s after the connection came; ``/delays`` tells what the last wait of each path really was,
by this process's own clock, from the connection's arrival to the answer handed to the kernel.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time

BODY = b"<!DOCTYPE html><html lang=id><title>Dinas Contoh</title><p>" + b"Berita kegiatan dinas hari ini. " * 60
waits: dict[str, float] = {}


class Slow(asyncio.Protocol):
    """One connection, one request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock."""
        self.transport = transport
        self.since = time.monotonic()
        self.head = b""

    def data_received(self, data: bytes) -> None:
        """Wait from the connection's arrival on, whenever the request came."""
        self.head += data
        if b"\r\n\r\n" not in self.head:
            return
        path = self.head.split(b" ", 2)[1].decode()
        if path == "/delays":
            self.answer(json.dumps(waits).encode(), None)
            return
        wait = int(path.split("/")[2]) / 1_000 if path.startswith("/d/") else 0.0
        left = max(0.0, self.since + wait - time.monotonic())
        asyncio.get_running_loop().call_later(left, self.answer, BODY, path)

    def answer(self, body: bytes, path: str | None) -> None:
        """Send, and keep what the wait was."""
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body
        )
        if path is not None:
            waits[path] = time.monotonic() - self.since
        self.transport.close()


async def main(port: int) -> None:
    """Serve on every loopback address until killed."""
    server = await asyncio.get_running_loop().create_server(Slow, "0.0.0.0", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1])))
