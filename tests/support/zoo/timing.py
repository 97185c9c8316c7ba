"""Servers that are slow, endless, or gone in the middle."""

# ruff: noqa: D103 - the decorator says what each server does; the tables keep one case a line

from __future__ import annotations

import asyncio

from support.zoo.cage import CAP, PAGE, Expect, Herd, page, request_of, reset

HERD = Herd()
TIMEOUT = Expect(reason="timeout")
PROTOCOL = Expect(reason="http_protocol")
RESET = Expect(reason="connect_reset")
CUT = Expect(status=200, size=CAP, truncated=True)


@HERD.add("one byte of the headers every 0.1 s", TIMEOUT)
async def slow_headers(reader, writer):
    await request_of(reader)
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


@HERD.add("one byte of the body every 0.2 s", Expect(reason="timeout", status=200, truncated=True))
async def slow_drip(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.2)


@HERD.add("accepts and says nothing", TIMEOUT)
async def no_answer(reader, writer):
    await asyncio.sleep(60)


@HERD.add("stops inside the headers", TIMEOUT)
async def half_headers(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await asyncio.sleep(60)


@HERD.add("promises 1000 bytes, sends 10, stays open", Expect(reason="timeout", status=200, size=10))
async def body_stall(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
    await asyncio.sleep(60)


@HERD.add("a whole page, but the connection never ends", Expect(status=200, size=len(PAGE), truncated=True))
async def never_closes(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE)
    await asyncio.sleep(60)


@HERD.add("an endless body", CUT)
async def endless_body(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"<p>lagi</p>" * 6_000)
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("endless headers", PROTOCOL)
async def endless_headers(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        number += 1
        writer.write(b"".join(b"X-%d-%d: lagi\r\n" % (number, index) for index in range(1_000)))
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("one header line that never ends", PROTOCOL)
async def endless_header_line(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("interim answers (100) without end", PROTOCOL)
async def endless_interim(reader, writer):
    await request_of(reader)
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("chunks without end", CUT)
async def endless_chunks(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("one-byte chunks with 1 KB extensions without end", Expect(status=200, truncated=True))
async def fat_tiny_chunks(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write((b"1;" + b"x" * 1_000 + b"\r\na\r\n") * 60)
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("a chunk size that never ends", PROTOCOL)
async def endless_chunk_size(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1" * 65_536)
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("empty lines without end", PROTOCOL)
async def endless_empty_lines(reader, writer):
    await request_of(reader)
    while True:
        writer.write(b"\r\n" * 8_000)
        await writer.drain()
        await asyncio.sleep(0.001)


@HERD.add("closes at once", PROTOCOL)
async def closes_at_once(reader, writer):
    await request_of(reader)


@HERD.add("resets at once", RESET)
async def resets_at_once(reader, writer):
    await request_of(reader)
    reset(writer)


@HERD.add("resets inside the headers", RESET)
async def resets_in_headers(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)


@HERD.add("closes inside the headers", PROTOCOL)
async def closes_in_headers(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")


@HERD.add("resets inside the body", Expect(status=200, size=len(PAGE), truncated=True))
async def resets_in_body(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + PAGE)
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)


@HERD.add("resets before the body", RESET)
async def resets_before_body(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)


@HERD.add("half-open: closes its sending side without an answer", PROTOCOL)
async def half_open(reader, writer):
    await request_of(reader)
    writer.write_eof()
    await asyncio.sleep(60)


@HERD.add("half-closes after a body without length", Expect(status=200, size=len(PAGE), truncated=False))
async def half_close_after_body(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE)
    writer.write_eof()
    await asyncio.sleep(60)


@HERD.add("answers before it is asked", Expect(status=200, size=len(PAGE)))
async def answers_unasked(reader, writer):
    writer.write(page())
    await writer.drain()
    await request_of(reader)


@HERD.add("a good page after half a second", Expect(status=200, size=len(PAGE), truncated=False))
async def slow_but_good(reader, writer):
    await request_of(reader)
    await asyncio.sleep(0.5)
    writer.write(page())


@HERD.add("a good page, byte by byte in one burst", Expect(status=200, size=len(PAGE), truncated=False))
async def byte_by_byte(reader, writer):
    await request_of(reader)
    for byte in page():
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
