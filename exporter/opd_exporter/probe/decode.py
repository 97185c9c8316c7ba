"""Content encodings, decoded under one cap: a bomb of any kind costs at most the cap.

The compressed body is collected first (held to the same cap by the connection) and then decoded in steps whose output
is bounded, so that neither the size nor the ratio of the input matters. What was decoded before an error is kept, as
browsers keep it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import brotli  # type: ignore[import-untyped]
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_LAYERS: Final = 3
MAX_MEMBERS: Final = 64
"""A stream of countless tiny members would cost a copy of the rest for each."""
_SLICE: Final = 2_048
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_STEP: Final = 128
"""A block takes four bytes at least and gives 128 KiB at most: one step stays below 4 MiB."""
_ZSTD_WINDOW: Final = 8 * 1_048_576
"""Browsers refuse larger windows for the ``zstd`` content encoding (RFC 9659)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body after its content encodings."""

    body: bytes
    truncated: bool = False
    """There was more than the cap, or the input ended early or turned bad."""
    broken: bool = False
    """Nothing at all could be decoded although there was input."""


def decode(raw: bytes, encodings: str, cap: int) -> Decoded:
    """Undo the content encodings of ``raw``.

    Args:
        raw: The body as transferred.
        encodings: The ``Content-Encoding`` header; unknown words are passed over, as browsers do.
        cap: Most bytes to return.

    Returns:
        At most ``cap`` bytes; never raises.
    """
    layers = [word for word in (part.strip().lower() for part in encodings.split(",")) if word in _DECODERS]
    truncated = broken = False
    if not raw:
        return Decoded(b"")
    if len(layers) > MAX_LAYERS:
        return Decoded(b"", truncated=True, broken=True)
    for layer in reversed(layers):
        body, complete = _collect(_DECODERS[layer], raw, cap)
        truncated = truncated or not complete
        broken = broken or (not complete and not body)
        raw = body
    if len(raw) > cap:
        raw, truncated = raw[:cap], True
    return Decoded(raw, truncated, broken)


def _collect(decoder: Callable[[bytes, int], Iterator[bytes]], raw: bytes, cap: int) -> tuple[bytes, bool]:
    """Output of ``decoder`` up to ``cap`` bytes, and whether the input ended well."""
    parts: list[bytes] = []
    size = 0
    try:
        for part in decoder(raw, cap + 1):
            parts.append(part)
            size += len(part)
            if size > cap:
                return b"".join(parts)[:cap], False
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError, MemoryError):
        return b"".join(parts), False
    return b"".join(parts), True


def _inflate(raw: bytes, limit: int, bits: int) -> Iterator[bytes]:
    """All members of a zlib, gzip or raw deflate stream."""
    for _ in range(MAX_MEMBERS):
        engine = zlib.decompressobj(bits)
        try:
            body = engine.decompress(raw, limit)
        except zlib.error:
            yield from _inflate_slowly(raw, limit, bits)
            return
        yield body
        if not engine.eof:
            if engine.unconsumed_tail:
                return  # the limit was reached: the caller stops here
            raise EOFError
        # Only gzip has members; anything else after the end is rubbish that browsers ignore.
        if bits <= zlib.MAX_WBITS or not engine.unused_data.startswith(b"\x1f\x8b"):
            return
        raw = engine.unused_data


def _inflate_slowly(raw: bytes, limit: int, bits: int) -> Iterator[bytes]:
    """The same in small steps, so that everything before the bad place comes out."""
    engine = zlib.decompressobj(bits)
    start, step = 0, _SLICE
    while start < len(raw) and not engine.eof:
        before = engine.copy()
        try:
            parts = [engine.decompress(raw[start : start + step], limit)]
            while engine.unconsumed_tail and len(parts) * limit <= limit:
                parts.append(engine.decompress(engine.unconsumed_tail, limit))
        except zlib.error:
            if step == 1:
                raise
            engine, step = before, 1  # the bad byte is in this slice
            continue
        yield b"".join(parts)
        start += step


def _gzip(raw: bytes, limit: int) -> Iterator[bytes]:
    return _inflate(raw, limit, 16 + zlib.MAX_WBITS)


def _deflate(raw: bytes, limit: int) -> Iterator[bytes]:
    # "deflate" means zlib (RFC 9110), but many servers send raw deflate; browsers take both.
    is_zlib = len(raw) > 1 and raw[0] & 0x0F == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    return _inflate(raw, limit, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _brotli(raw: bytes, limit: int) -> Iterator[bytes]:
    engine = brotli.Decompressor()
    for start in range(0, len(raw), 16_384):
        yield engine.process(raw[start : start + 16_384], output_buffer_limit=limit)
        while not engine.can_accept_more_data():
            yield engine.process(b"", output_buffer_limit=limit)
    if not engine.is_finished():
        raise EOFError


def _zstd(raw: bytes, limit: int) -> Iterator[bytes]:  # noqa: ARG001 - the step bounds the output
    engine = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    for _ in range(MAX_MEMBERS):
        frame = engine.decompressobj()
        position = 0
        while position < len(raw) and not frame.eof:
            yield frame.decompress(raw[position : position + _ZSTD_STEP])
            position += _ZSTD_STEP
        if not frame.eof:
            raise EOFError
        raw = frame.unused_data + raw[position:]
        if not raw.startswith(_ZSTD_MAGIC):
            return


_DECODERS: Final[dict[str, Callable[[bytes, int], Iterator[bytes]]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
