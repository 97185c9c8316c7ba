"""One HTTP/1 answer as it arrives on a connection.

An ``asyncio.Protocol`` of our own: the instants of the first and the last byte are taken in ``data_received``, before
any task is woken, so that they stay honest while the loop is busy; the caps hold at the socket, not behind a buffer.
Every answer ends in exactly one way, and what had arrived by then is kept.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import TYPE_CHECKING, Final, cast

from opd_exporter.clock import monotonic
from opd_exporter.models import Reason
from opd_exporter.probe.failures import Failure, MonitorFault, describe
from opd_exporter.probe.heads import Head, parse_head, starts_like_http
from opd_exporter.probe.limits import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_MAX_CHUNK_LINE: Final = 4_096
_MAX_INTERIM: Final = 20


class Answer(asyncio.Protocol):
    """Sends a request as soon as the connection stands and collects the answer.

    Args:
        request: The bytes to send; empty to hold back until ``send``.
        cap: Most bytes of body to accept, as transferred.
        on_lost: Called once when the connection is gone.
    """

    def __init__(self, request: bytes, cap: int, on_lost: Callable[[Answer], None]) -> None:
        self._request = request
        self._cap = cap
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = bytearray()
        self._searched = 0
        self._head_bytes = 0
        self._interim = 0
        self._wire_bytes = 0
        self.received = 0
        self._chunk_left = 0
        self._chunk_open = False
        self.tls: ssl.SSLObject | None = None
        self.head: Head | None = None
        self.body = bytearray()
        self.truncated = False
        self.failure: Failure | None = None
        self.fault: MonitorFault | None = None
        self.made_at = 0.0
        self.sent_at = 0.0
        self.first_byte_at: float | None = None
        self.ended_at = 0.0

    # The connection's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the instant and the certificate (the connection may be gone a moment later), send the request."""
        self.made_at = monotonic()
        # uvloop's transports have every method of asyncio.Transport and are no subclass of it.
        self._transport = cast("asyncio.Transport", transport)
        self.tls = transport.get_extra_info("ssl_object")
        if self._request:
            self.send(self._request)

    def data_received(self, data: bytes) -> None:
        """Take what arrived; the first call's instant is the time of the first byte."""
        self.received += len(data)
        if self._done.done():
            return
        if self.first_byte_at is None:
            self.first_byte_at = monotonic()
        try:
            if self.head is None:
                self._buffer += data
                self._head_bytes += len(data)
                self._read_head()
            else:
                self._read_body(data)
        except Failure as failure:
            self._end(failure)
        except Exception as error:  # noqa: BLE001 - a bug in the parser must not look like a dead site
            self.fault = MonitorFault(f"cannot read the answer: {type(error).__name__}")
            self._end()

    def eof_received(self) -> bool:
        """The server closed its side: close ours."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: whatever is there is the answer."""
        self._on_lost(self)
        if not self._done.done():
            self._end_of_stream(exc)

    # The caller's side.

    def send(self, request: bytes) -> None:
        """Send the request now."""
        self.sent_at = monotonic()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(request)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._done.done()

    async def finish(self, seconds: float) -> None:
        """Wait until the answer has ended, at most ``seconds``; then close the connection."""
        timer = asyncio.get_running_loop().call_later(seconds, self._expire)
        try:
            await self._done
        finally:
            timer.cancel()
            self.close()

    def close(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # The parser.

    def _end(self, failure: Failure | None = None) -> None:
        if self._done.done():
            return
        self.ended_at = monotonic()
        self.failure = failure
        self._done.set_result(None)

    def _expire(self) -> None:
        if self.head is None:
            what = "no answer" if self.first_byte_at is None else "the headers did not end"
        else:
            what = f"the body did not end, {len(self.body)} bytes so far"
            self.truncated = True
        self._end(Failure(Reason.TIMEOUT, what))

    def _read_head(self) -> None:
        buffer = self._buffer
        if buffer.startswith((b"\r", b"\n")):
            buffer[:] = buffer.lstrip(b"\r\n")  # empty lines before the status line
        if starts_like_http(buffer) is False:
            raise Failure(Reason.HTTP_PROTOCOL, "the answer is not HTTP/1")
        while found := _END_OF_HEAD.search(buffer, max(0, self._searched - 3)):
            head = parse_head(bytes(buffer[: found.start()]))
            rest = bytes(buffer[found.end() :])
            if head.status >= 200:
                if found.end() > HEAD_BYTES:
                    break
                buffer.clear()
                self._take_head(head, rest)
                return
            self._interim += 1
            if head.status == 101 or self._interim > _MAX_INTERIM:
                raise Failure(Reason.HTTP_PROTOCOL, f"interim answer {head.status} out of place")
            buffer[:] = rest
            self._searched = 0
        self._searched = len(buffer)
        if self._head_bytes > HEAD_BYTES:
            raise Failure(Reason.HTTP_PROTOCOL, f"headers longer than {HEAD_BYTES} bytes")

    def _take_head(self, head: Head, rest: bytes) -> None:
        self.head = head
        if not head.has_body or head.redirects:
            self._end()
        elif rest:
            self._read_body(rest)

    def _read_body(self, data: bytes) -> None:
        head = self.head
        assert head is not None  # noqa: S101 - narrows for the type checker
        self._wire_bytes += len(data)
        if head.chunked:
            self._buffer += data
            self._read_chunks()
        else:
            self.body += data
            if head.length is not None and len(self.body) >= head.length:
                del self.body[head.length :]
                self._end_capped()
                return
        if len(self.body) > self._cap or self._wire_bytes > 2 * self._cap:
            self._end_capped()

    def _end_capped(self) -> None:
        if len(self.body) > self._cap or self._wire_bytes > 2 * self._cap:
            del self.body[self._cap :]
            self.truncated = True
        self._end()

    def _read_chunks(self) -> None:
        buffer = self._buffer
        position = 0
        size = len(buffer)
        while position < size:
            if self._chunk_left:
                piece = buffer[position : position + self._chunk_left]
                self.body += piece
                position += len(piece)
                self._chunk_left -= len(piece)
                self._chunk_open = True
                if len(self.body) > self._cap:
                    break
                continue
            end = buffer.find(b"\n", position)
            if end < 0:
                if size - position > _MAX_CHUNK_LINE:
                    self._bad_chunk()
                break
            line = bytes(buffer[position:end]).strip()
            position = end + 1
            if not line and self._chunk_open:
                self._chunk_open = False
                continue
            digits = line.partition(b";")[0].strip()
            try:
                self._chunk_left = int(digits, 16) if len(digits) <= 16 and digits.isalnum() else -1
            except ValueError:
                self._chunk_left = -1
            if self._chunk_left < 0:
                self._bad_chunk()
                break
            if not self._chunk_left:
                self._end()  # trailers tell nothing that is used
                break
        del buffer[:position]

    def _bad_chunk(self) -> None:
        self.truncated = True
        self._chunk_left = 0
        self._end(None if self.body else Failure(Reason.HTTP_PROTOCOL, "chunked encoding is broken"))

    def _end_of_stream(self, exc: Exception | None) -> None:
        if self.head is None:
            self._end(self._lost_before_head(exc))
            return
        if self.head.chunked or self.head.length is not None or exc is not None:
            self.truncated = True
        if exc is not None and not self.body and not isinstance(exc, ssl.SSLError):
            self._end(Failure(Reason.CONNECT_RESET, f"connection lost before the body: {describe(exc)}"))
        else:
            self._end()

    def _lost_before_head(self, exc: Exception | None) -> Failure:
        if isinstance(exc, ssl.SSLError) and self.first_byte_at is None:
            return Failure(Reason.TLS_HANDSHAKE, f"TLS ended before the answer: {exc.reason or 'error'}")
        if exc is not None and not isinstance(exc, ssl.SSLError):
            reason = Reason.TIMEOUT if isinstance(exc, TimeoutError) else Reason.CONNECT_RESET
            return Failure(reason, f"connection lost before the answer: {describe(exc)}")
        where = "without an answer" if self.first_byte_at is None else "inside the headers"
        return Failure(Reason.HTTP_PROTOCOL, f"the server closed the connection {where}")
