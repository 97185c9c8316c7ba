"""Bombs and monstrous pages."""

# ruff: noqa: D103, E501 - the decorator says what each server does; the tables keep one case a line

from __future__ import annotations

import asyncio
import gzip
import zlib
from functools import cache

import brotli
import zstandard

from support.zoo.cage import CAP, PAGE, Expect, Herd, page, request_of

HERD = Herd()
READ = Expect(status=200, size=len(PAGE), truncated=False)
CUT = Expect(status=200, size=CAP, truncated=True)
PROTOCOL = Expect(reason="http_protocol", status=200)
ZEROES = 256 * 1_048_576
"""What each bomb holds."""


@cache
def _zeroes() -> bytes:
    return bytes(16 * 1_048_576)


@cache
def bomb(kind: str) -> bytes:
    """256 MiB of zeroes in a few KB."""
    rounds = ZEROES // len(_zeroes())
    if kind == "br":
        engine = brotli.Compressor(quality=5)
        parts = [engine.process(_zeroes()) for _ in range(rounds)]
        return b"".join(parts) + engine.finish()
    if kind == "zstd":
        squeeze = zstandard.ZstdCompressor(level=3).compressobj()
        return b"".join([squeeze.compress(_zeroes()) for _ in range(rounds)]) + squeeze.flush()
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if kind == "gzip" else 15)
    return b"".join([packer.compress(_zeroes()) for _ in range(rounds)]) + packer.flush()


def _bomb(kind: str) -> None:
    async def handler(reader, writer):
        await request_of(reader)
        writer.write(page(bomb(kind), f"Content-Encoding: {kind}"))

    handler.__name__ = f"bomb_{kind}"
    HERD.add(f"256 MiB of zeroes as {kind}", CUT)(handler)


BOMBS = ("gzip", "deflate", "br", "zstd")
for _kind in BOMBS:
    _bomb(_kind)


@HERD.add("a gzip bomb inside a gzip bomb", CUT)
async def bomb_in_bomb(reader, writer):
    await request_of(reader)
    writer.write(page(gzip.compress(bomb("gzip")), "Content-Encoding: gzip, gzip"))


@HERD.add("an endless gzip stream", Expect(status=200, size=CAP, truncated=True))
async def endless_gzip(reader, writer):
    await request_of(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    writer.write(packer.compress(bytes(100_000)) + packer.flush(zlib.Z_SYNC_FLUSH))
    block = packer.compress(bytes(1_048_576)) + packer.flush(zlib.Z_SYNC_FLUSH)
    while True:
        writer.write(block)
        await writer.drain()
        await asyncio.sleep(0.001)


_GZ = gzip.compress(PAGE * 50)
_ENCODED: list[tuple[str, str, str, bytes, Expect]] = [
    ("gzip", "gzip", "gzip", gzip.compress(PAGE), READ),
    ("x-gzip", "x-gzip", "x-gzip", gzip.compress(PAGE), READ),
    ("deflate-zlib", "deflate in a zlib wrapper", "deflate", zlib.compress(PAGE), READ),
    ("deflate-raw", "deflate without a wrapper", "deflate", zlib.compress(PAGE)[2:-4], READ),
    ("brotli", "br", "br", brotli.compress(PAGE), READ),
    ("zstd", "zstd", "zstd", zstandard.ZstdCompressor().compress(PAGE), READ),
    ("gzip-members", "gzip in two members", "gzip", gzip.compress(PAGE[:300]) + gzip.compress(PAGE[300:]), READ),
    ("gzip-trailing", "rubbish after the gzip stream", "gzip", gzip.compress(PAGE) + b"\0" * 512, READ),
    ("gzip-cut", "a gzip stream that ends early", "gzip", _GZ[: len(_GZ) // 2], Expect(status=200, min_size=1, truncated=True)),
    ("gzip-bad-sum", "a gzip stream with a wrong checksum", "gzip", gzip.compress(PAGE)[:-8] + b"\1\2\3\4\5\6\7\10", Expect(status=200, min_size=1, truncated=True)),
    ("gzip-rubbish", "rubbish declared as gzip", "gzip", bytes(range(256)) * 4, PROTOCOL),
    ("gzip-plain", "plain text declared as gzip", "gzip", PAGE, PROTOCOL),
    ("br-rubbish", "rubbish declared as br", "br", bytes(range(255, 0, -1)) * 4, PROTOCOL),
    ("zstd-rubbish", "rubbish declared as zstd", "zstd", bytes(range(256)) * 4, PROTOCOL),
    ("zstd-window", "zstd with a window of 2 GiB", "zstd", b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", PROTOCOL),
    ("unknown-encoding", "an encoding that does not exist", "banyak, utf-8", PAGE, READ),
    ("seven-layers", "seven layers of gzip", "gzip, gzip, gzip, gzip, gzip, gzip, gzip", gzip.compress(PAGE), PROTOCOL),
]  # fmt: skip
for _name, _what, _encoding, _body, _expect in _ENCODED:
    HERD.bytes(f"enc-{_name}", _what, page(_body, f"Content-Encoding: {_encoding}"), _expect)

_XML = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">%s]><rss><channel><title>&a20;</title></channel></rss>'
    % (b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 21)))
)
BODIES: list[tuple[str, str, bytes]] = [
    ("title-10-mb", "a title of 10 MB", b"<html><title>" + b"judul " * 1_700_000 + b"</title>"),
    ("nested-tags", "100,000 nested tags", b"<html><body>" + b"<div>" * 100_000),
    ("million-links", "a million links", b"<html><body>" + b'<a href="/x">x</a>' * 1_000_000),
    ("xml-bomb", "an XML entity bomb", _XML),
    ("xml-external", "an external XML entity", b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'),
    ("bad-utf-8", "invalid UTF-8 everywhere", b"<title>" + b"\xff\xfe\xc3\x28\xed\xa0\x80" * 5_000),
    ("binary", "binary data as HTML", bytes(range(256)) * 2_000),
    ("null-body", "null bytes", b"\0" * 100_000),
    ("year-9999", "dates in the year 9999", b"<html><time datetime='9999-12-31T23:59:59+14:00'>31 Desember 9999</time>" * 100),
    ("utf-16", "UTF-16 declared as UTF-8", ("<html><title>Dinas</title>" * 50).encode("utf-16")),
    ("attributes", "a tag with 50,000 attributes", b"<div " + b"a=1 " * 50_000 + b">"),
    ("comment", "a comment that never ends", b"<html><!--" + b"-" * 500_000),
]  # fmt: skip
for _name, _what, _body in BODIES:
    _size = min(len(_body), CAP)
    HERD.bytes(f"page-{_name}", _what, page(_body), Expect(status=200, size=_size, truncated=len(_body) > CAP))
