"""How a hop can fail inside this package: one exception with a reason, never seen outside it.

``Failure`` says what is wrong with the site. ``MonitorFault`` says that the monitor itself could not ask (no file
descriptors, no memory, a bug): the exchange then carries neither a reason nor a status, which means "unknown".
"""

from __future__ import annotations

import errno
import socket
from typing import Final

from opd_exporter.models import Reason

MONITOR_ERRNOS: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EPERM, errno.EACCES}
)
"""Errors of the machine that runs the monitor: they say nothing of the site."""

_NO_IPV6: Final = frozenset({errno.EADDRNOTAVAIL, errno.EACCES})

_BY_ERRNO: Final = {
    errno.ECONNREFUSED: Reason.CONNECT_REFUSED,
    errno.ETIMEDOUT: Reason.CONNECT_TIMEOUT,
    errno.ECONNRESET: Reason.CONNECT_RESET,
    errno.ECONNABORTED: Reason.CONNECT_RESET,
    errno.EPIPE: Reason.CONNECT_RESET,
}


class Failure(Exception):  # noqa: N818 - a value on its way, not an error of the program
    """The site did not answer in a usable way.

    Args:
        reason: One of the transport reasons of the contract.
        detail: A short English line; never a secret.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class MonitorFault(Exception):  # noqa: N818 - likewise
    """The monitor could not ask: nothing was learned about the site."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def connect_failure(error: OSError, *, version: int = 4) -> Failure | MonitorFault:
    """What a failed ``connect`` means: refused, timed out, unreachable, reset; or a fault of the monitor.

    Args:
        error: What the system said.
        version: 4 or 6. A machine without IPv6 cannot reach such an address, which is nobody's fault.
    """
    number = error.errno
    text = describe(error)
    if number in MONITOR_ERRNOS and not (version == 6 and number in _NO_IPV6):
        return MonitorFault(f"cannot open a connection: {text}")
    return Failure(_BY_ERRNO.get(number or 0, Reason.CONNECT_UNREACHABLE), f"connect: {text}")


def ensure_descriptors() -> None:
    """Tell "nobody answers" from "the monitor cannot even ask".

    Raises:
        MonitorFault: No file descriptor is left.
    """
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError as error:
        raise MonitorFault(f"cannot open a socket: {describe(error)}") from None


def describe(error: BaseException) -> str:
    """The error in a few printable words, without addresses or URLs that a message may carry."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0 and error.errno in errno.errorcode:
        return errno.errorcode[error.errno]
    return type(error).__name__
