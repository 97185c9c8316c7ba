"""The parser of answers: whatever comes, in whatever pieces, it ends in one way and never breaks."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opd_exporter.models import Reason
from opd_exporter.probe.answer import Answer
from support.zoo.cage import PAGE, page

CAP = 2_000


class Wire(asyncio.Transport):
    """A connection that keeps what is written and notes that it was dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.dropped = False

    def write(self, data):
        """Keep the bytes."""
        self.written += bytes(data)

    def abort(self):
        """Note it."""
        self.dropped = True

    def is_closing(self):
        """Whether it was dropped."""
        return self.dropped


def feed(pieces: list[bytes], error: Exception | None = None) -> tuple:
    """What the parser makes of ``pieces`` and the end of the connection."""

    async def run():
        lost = []
        answer = Answer(b"GET / HTTP/1.1\r\n\r\n", CAP, lost.append)
        wire = Wire()
        answer.connection_made(wire)
        assert wire.written == b"GET / HTTP/1.1\r\n\r\n"
        for piece in pieces:
            answer.data_received(piece)
        answer.connection_lost(error)
        await answer.finish(1)
        assert lost == [answer]
        assert wire.dropped
        assert answer.fault is None
        assert len(answer.body) <= CAP
        status = answer.head.status if answer.head else None
        return status, bytes(answer.body), answer.truncated, answer.failure and answer.failure.reason

    return asyncio.run(run())


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """``data`` cut at ``places``."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n3\r\n, a\r\n0\r\nT: 1\r\n\r\n"
ANSWERS = [
    page(),
    page(length=False),
    CHUNKED,
    CHUNKED.replace(b"\r\n", b"\n"),
    b"\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + page(b"x"),
    b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nbody",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    page(b"y" * 5_000),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"ff0\r\n" + b"z" * 0xFF0 + b"\r\n0\r\n\r\n",
    b"SSH-2.0-x\r\n",
]


@pytest.mark.parametrize("data", ANSWERS, ids=range(len(ANSWERS)))
def test_pieces_change_nothing(data):
    """One byte at a time gives the same answer as all at once."""
    whole = feed([data])
    assert feed([data[index : index + 1] for index in range(len(data))]) == whole


@given(st.sampled_from(ANSWERS), st.lists(st.integers(0, 10_000), max_size=6))
@settings(deadline=None)
def test_any_cut_changes_nothing(data, places):
    """Any cut into pieces gives the same answer."""
    assert feed(cut(data, places)) == feed([data])


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=4), st.booleans())
@settings(max_examples=300, deadline=None)
@example(b"", [], True)
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\n\n\n\n", [], False)
def test_any_bytes_end_in_one_way(data, places, reset):
    """Any bytes behind any beginning end with an answer or with a reason, never with an error."""
    error = ConnectionResetError(104, "reset") if reset else None
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        status, _, _, reason = feed(cut(start + data, places), error)
        assert status is not None or reason in {Reason.HTTP_PROTOCOL, Reason.CONNECT_RESET}


def test_chunks_are_joined():
    """Chunk extensions and trailers are passed over."""
    assert feed([CHUNKED]) == (200, b"hello, a", False, None)


def test_the_cap_ends_the_answer():
    """A body beyond the cap is cut there, and said to be cut."""
    status, body, truncated, reason = feed([page(b"y" * 5_000)])
    assert (status, len(body), truncated, reason) == (200, CAP, True, None)


async def test_silence_ends_at_the_deadline():
    """Nothing but silence is a timeout; a body that was begun is kept."""
    for pieces, status in (([], None), ([b"HTTP/1.1 200 OK\r\n\r\n" + PAGE], 200)):
        answer = Answer(b"GET", CAP, lambda _: None)
        answer.connection_made(Wire())
        for piece in pieces:
            answer.data_received(piece)
        await answer.finish(0.01)
        assert answer.failure.reason is Reason.TIMEOUT
        assert (answer.head.status if answer.head else None) == status
        assert bytes(answer.body) == (PAGE if pieces else b"")


async def test_times_are_those_of_the_bytes():
    """First and last byte are timed when they arrive, not when somebody looks."""
    answer = Answer(b"GET", CAP, lambda _: None)
    answer.connection_made(Wire())
    await asyncio.sleep(0.05)
    data = page()
    answer.data_received(data[:20])
    await asyncio.sleep(0.05)
    answer.data_received(data[20:])
    await asyncio.sleep(0.2)
    await answer.finish(1)
    assert 0.04 < answer.first_byte_at - answer.sent_at < 0.15
    assert 0.04 < answer.ended_at - answer.first_byte_at < 0.15
