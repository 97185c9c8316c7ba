"""Content encodings under one cap."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from opd_exporter.probe.decode import decode
from support.zoo.content import BOMBS, bomb

CAP = 100_000
TEXT = b"".join(b"<p>Berita nomor %d dari dinas</p>" % number for number in range(2_000))
PACKED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.ZstdCompressor().compress(TEXT),
}


@pytest.mark.parametrize("kind", PACKED)
def test_round_trip(kind):
    """What was packed comes out whole, below the cap and exactly at it."""
    for cap in (len(TEXT), CAP):
        decoded = decode(PACKED[kind], kind, cap)
        assert (decoded.body, decoded.truncated, decoded.broken) == (TEXT[:cap], False, False)


@pytest.mark.parametrize("kind", PACKED)
def test_cap_is_kept(kind):
    """One byte over the cap is cut and said."""
    decoded = decode(PACKED[kind], kind, len(TEXT) - 1)
    assert decoded.body == TEXT[:-1]
    assert decoded.truncated


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_cost_the_cap(kind):
    """256 MiB of zeroes cost the cap and no more."""
    raw = bomb(kind)
    tracemalloc.start()
    try:
        decoded = decode(raw, kind, CAP)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert decoded.body == bytes(CAP)
    assert decoded.truncated
    assert peak < 6 * 1_048_576


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_stream_keeps_its_beginning(kind, share):
    """A stream that ends early gives what it held."""
    raw = PACKED[kind]
    decoded = decode(raw[: int(len(raw) * share)], kind, CAP)
    assert TEXT.startswith(decoded.body)
    assert decoded.truncated
    assert decoded.body or kind in {"br", "zstd"}  # one block: nothing comes out before its end


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_countless_members_are_cheap(kind):
    """A megabyte of empty members is left in a blink, where each member would cost a copy of all that follow."""
    member = gzip.compress(b"") if kind == "gzip" else zstandard.ZstdCompressor().compress(b"")
    started = time.perf_counter()
    decode(member * (1_048_576 // len(member)), kind, CAP)
    assert time.perf_counter() - started < 0.5


def test_a_damaged_gzip_stream_keeps_everything_before_the_damage():
    """Bytes before a damaged place are all there, not only whole buffers."""
    noise = random.Random(7).randbytes(50_000)
    raw = gzip.compress(noise, 1)
    damaged = raw[:30_000] + bytes(40) + raw[30_040:]
    decoded = decode(damaged, "gzip", CAP)
    assert decoded.truncated
    assert len(decoded.body) > 29_000
    assert decoded.body[:29_000] == noise[:29_000]


def test_a_wrong_checksum_keeps_the_body():
    """A gzip stream whose checksum is wrong has a body all the same."""
    raw = bytearray(PACKED["gzip"])
    raw[-8:] = b"\1\2\3\4\5\6\7\10"
    decoded = decode(bytes(raw), "gzip", CAP)
    assert decoded.body == TEXT
    assert decoded.truncated


@pytest.mark.parametrize("encodings", ["", "identity", "none", "utf-8", ", ,"])
def test_unknown_words_are_passed_over(encodings):
    """Encodings that do not exist change nothing, as in browsers."""
    assert decode(TEXT, encodings, CAP).body == TEXT


def test_layers_are_undone_from_the_outside():
    """Several encodings are undone in reverse order."""
    assert decode(brotli.compress(PACKED["gzip"]), "gzip, br", CAP).body == TEXT


@given(st.binary(max_size=3_000), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, zstd"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_survived(raw, encodings):
    """No input makes decoding fail or exceed the cap."""
    assert len(decode(raw, encodings, 5_000).body) <= 5_000


@given(st.integers(0, 2**32), st.sampled_from(sorted(PACKED)))
@settings(max_examples=200, deadline=None)
def test_any_damage_is_survived(seed, kind):
    """A good stream with a few damaged bytes never fails."""
    chance = random.Random(seed)
    raw = bytearray(PACKED[kind])
    for _ in range(chance.randint(1, 6)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    assert len(decode(bytes(raw), kind, CAP).body) <= CAP
