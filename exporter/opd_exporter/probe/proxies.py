"""HTTP proxies: where one is, how it is asked, and what its refusals mean.

The credentials of the URL go into one header and nowhere else.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, cast

from yarl import URL

from opd_exporter.models import Reason
from opd_exporter.probe.failures import Failure, MonitorFault

_MAX_REPLY: Final = 65_536
_STATUS: Final = re.compile(rb"HTTP/1\.\d[ \t]+(\d{3})")
_SQUID_ERROR: Final = re.compile(rb"\r?\nX-Squid-Error:[ \t]*(\w+)", re.IGNORECASE)
_BY_STATUS: Final = {
    500: Reason.CONNECT_UNREACHABLE,
    502: Reason.CONNECT_UNREACHABLE,
    503: Reason.CONNECT_UNREACHABLE,
    504: Reason.CONNECT_TIMEOUT,
}
_BY_SQUID_ERROR: Final = {
    "ERR_DNS_FAIL": Reason.DNS_NOT_FOUND,
    "ERR_CONNECT_FAIL": Reason.CONNECT_REFUSED,
    "ERR_READ_TIMEOUT": Reason.TIMEOUT,
    "ERR_LIFETIME_EXP": Reason.TIMEOUT,
    "ERR_ZERO_SIZE_OBJECT": Reason.HTTP_PROTOCOL,
    "ERR_READ_ERROR": Reason.CONNECT_RESET,
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy as the registry names it."""

    host: str
    port: int
    secure: bool
    """Reached over TLS itself."""
    authorization: str | None = field(default=None, repr=False)


@lru_cache(maxsize=64)
def parse_proxy(url: str) -> Proxy:
    """Read a proxy URL.

    Raises:
        ValueError: It is none; the message holds no part of it.
    """
    parsed = URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.raw_host:
        raise ValueError("a proxy URL starts with http:// or https:// and names a host")
    authorization = None
    if parsed.user is not None:
        secret = f"{parsed.user}:{parsed.password or ''}".encode()
        authorization = f"Basic {b64encode(secret).decode('ascii')}"
    return Proxy(parsed.raw_host, parsed.port or 3128, parsed.scheme == "https", authorization)


def squid_failure(error: str) -> Failure | None:
    """What Squid's own error word (``X-Squid-Error``) says of the site behind it."""
    reason = _BY_SQUID_ERROR.get(error.split(" ", maxsplit=1)[0])
    return Failure(reason, f"the proxy says {error[:40]}") if reason else None


class Tunnel(asyncio.Protocol):
    """Asks a proxy for a tunnel (CONNECT) and waits for its word."""

    def __init__(self, proxy: Proxy, host: str, port: int) -> None:
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
        self._reply = bytearray()
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Whoever was to wait for the tunnel may have been cancelled: then its end is nobody's error.
        self._done.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask at once."""
        # uvloop's transports have every method of asyncio.Transport and are no subclass of it.
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Collect the proxy's reply."""
        self._reply += data
        if self._done.done():
            return
        if b"\r\n\r\n" in self._reply or b"\n\n" in self._reply:
            self._conclude()
        elif len(self._reply) > _MAX_REPLY:
            self._done.set_exception(Failure(Reason.HTTP_PROTOCOL, "the proxy's reply does not end"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The proxy hung up."""
        if not self._done.done():
            self._done.set_exception(Failure(Reason.CONNECT_RESET, "the proxy closed the connection"))

    def close(self) -> None:
        """Drop the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    async def established(self, seconds: float) -> None:
        """Wait for the tunnel.

        Raises:
            Failure: The proxy could not reach the site, or did not answer in ``seconds``.
            MonitorFault: The proxy does not serve the monitor.
        """
        try:
            # Not asyncio.wait_for: until Python 3.12 it forgets that it was cancelled when the answer comes just then.
            async with asyncio.timeout(seconds):
                await self._done
        except TimeoutError:
            raise Failure(Reason.CONNECT_TIMEOUT, "the proxy opened no tunnel in time") from None

    def _conclude(self) -> None:
        found = _STATUS.match(self._reply)
        status = int(found[1]) if found else 0
        if 200 <= status < 300:
            self._done.set_result(None)
            return
        squid = _SQUID_ERROR.search(self._reply)
        failure = squid_failure(squid[1].decode("ascii", "replace")) if squid else None
        if failure is not None:
            self._done.set_exception(failure)
        elif status in _BY_STATUS:
            self._done.set_exception(Failure(_BY_STATUS[status], f"the proxy answered {status} to CONNECT"))
        else:
            # It wants credentials, forbids the port, or is no proxy: that is between the monitor and its proxy.
            self._done.set_exception(MonitorFault(f"the proxy answered {status or 'rubbish'} to CONNECT"))
