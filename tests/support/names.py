"""A real DNS server on loopback (UDP and TCP) whose names can misbehave."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSRecord

Answer = Callable[[DNSRecord, str], DNSRecord | bytes | None]


def addresses(*values: str, ttl: int = 60) -> Answer:
    """Answers with these IPv4 and IPv6 addresses."""

    def answer(query: DNSRecord, kind: str) -> DNSRecord:
        reply = query.reply()
        for value in values:
            if (":" in value) == (kind == "AAAA") and kind in {"A", "AAAA"}:
                data = AAAA(value) if ":" in value else A(value)
                reply.add_answer(RR(query.q.qname, getattr(QTYPE, kind), ttl=ttl, rdata=data))
        return reply

    return answer


def code(name: str) -> Answer:
    """Answers with an error code: ``NXDOMAIN``, ``SERVFAIL``, ``REFUSED``."""

    def answer(query: DNSRecord, kind: str) -> DNSRecord:
        reply = query.reply()
        reply.header.rcode = getattr(RCODE, name)
        return reply

    return answer


def silence(query: DNSRecord, kind: str) -> None:
    """Never answers."""


def rubbish(query: DNSRecord, kind: str) -> bytes:
    """Answers with the right id and nonsense behind it."""
    return query.pack()[:2] + b"\xff" * 40


def cname(target: str, *values: str) -> Answer:
    """Answers with an alias and, behind it, addresses."""

    def answer(query: DNSRecord, kind: str) -> DNSRecord:
        reply = query.reply()
        reply.add_answer(RR(query.q.qname, QTYPE.CNAME, ttl=30, rdata=CNAME(target)))
        for value in values:
            if (":" in value) == (kind == "AAAA"):
                reply.add_answer(
                    RR(target, getattr(QTYPE, kind), ttl=30, rdata=AAAA(value) if ":" in value else A(value))
                )
        return reply

    return answer


def by_kind(**answers: Answer) -> Answer:
    """Different behaviour for ``A`` and ``AAAA``."""
    return lambda query, kind: answers[kind](query, kind)


def in_turn(*answers: Answer) -> Answer:
    """One behaviour after the other per kind of question; the last one stays."""
    asked: Counter[str] = Counter()

    def answer(query: DNSRecord, kind: str) -> DNSRecord | bytes | None:
        asked[kind] += 1
        return answers[min(asked[kind], len(answers)) - 1](query, kind)

    return answer


class NameServer:
    """Serves ``zone``: exact names first, then ``*.suffix``; everything else does not exist."""

    def __init__(self, zone: dict[str, Answer]) -> None:
        self.zone = zone
        self.asked: Counter[tuple[str, str]] = Counter()
        self.port = 0

    @property
    def address(self) -> str:
        """``host:port`` for the registry."""
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for _ in range(20):
            self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), ("127.0.0.1", 0))
            self.port = self._udp.get_extra_info("sockname")[1]
            try:
                self._tcp = await asyncio.start_server(self._stream, "127.0.0.1", self.port)
            except OSError:
                self._udp.close()  # somebody has this port for TCP
            else:
                return self
        raise RuntimeError("no port is free for both UDP and TCP")

    async def __aexit__(self, *_: object) -> None:
        self._udp.close()
        self._tcp.close()
        await asyncio.sleep(0)

    def reply(self, data: bytes, *, limit: int | None = None) -> bytes | None:
        """The reply to one query, cut (TC bit) to ``limit`` bytes."""
        query = DNSRecord.parse(data)
        name = str(query.q.qname).rstrip(".").lower()
        kind = QTYPE.get(query.q.qtype, "?")
        self.asked[name, kind] += 1
        reply = self._behaviour(name)(query, kind)
        if reply is None or isinstance(reply, bytes):
            return reply
        packed = reply.pack()
        if limit is not None and len(packed) > limit:
            cut = query.reply()
            cut.header.tc = 1
            packed = cut.pack()
        return packed

    def _behaviour(self, name: str) -> Answer:
        """What the zone says of ``name``: itself, or the nearest wildcard above it."""
        if name in self.zone:
            return self.zone[name]
        while name:
            name = name.partition(".")[2]
            if f"*.{name}" in self.zone:
                return self.zone[f"*.{name}"]
        return code("NXDOMAIN")

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                reply = self.reply(await reader.readexactly(size))
                if reply is not None:
                    writer.write(len(reply).to_bytes(2, "big") + reply)
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, peer):
        reply = self._server.reply(data, limit=512)
        if reply is not None:
            self._transport.sendto(reply, peer)
