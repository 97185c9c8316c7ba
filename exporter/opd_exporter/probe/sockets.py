"""A TCP connection to the first address that answers: happy eyeballs (RFC 8305) with IPv4 first.

Citizens here reach the sites by IPv4, so that is what is measured. An address that stays silent costs ``STAGGER``
before the next one is tried beside it, and all attempts keep running until one wins.
"""

from __future__ import annotations

import asyncio
import socket
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeAlias

from opd_exporter.models import Reason
from opd_exporter.probe.failures import Failure, MonitorFault, connect_failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opd_exporter.probe.addresses import Address

STAGGER: Final = 0.25
MAX_ATTEMPTS: Final = 6
Outcome: TypeAlias = "socket.socket | Failure | MonitorFault"


async def open_socket(addresses: Sequence[Address], port: int, seconds: float) -> tuple[socket.socket, Address]:
    """Connect to one of ``addresses``.

    Returns:
        A connected non-blocking socket, which the caller closes, and the address that answered.

    Raises:
        Failure: ``connect_*``; of several, what IPv4 said.
        MonitorFault: The monitor cannot open sockets.
    """
    ordered = _interleave(addresses)
    if len(ordered) == 1:
        outcome = await _attempt_within(ordered[0], port, seconds)
        if isinstance(outcome, socket.socket):
            return outcome, ordered[0]
        raise outcome
    return await _race(ordered, port, seconds)


def _interleave(addresses: Sequence[Address]) -> list[Address]:
    four = [address for address in addresses if address.version == 4]
    six = [address for address in addresses if address.version == 6]
    mixed = [address for pair in zip_longest(four, six) for address in pair if address is not None]
    return mixed[:MAX_ATTEMPTS]


async def _race(ordered: list[Address], port: int, seconds: float) -> tuple[socket.socket, Address]:
    """Start one attempt after the other, ``STAGGER`` apart or as soon as all before have failed."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    waiting = list(ordered)
    running: dict[asyncio.Task[Outcome], Address] = {}
    failures: list[Failure | MonitorFault] = []
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop(0)
                running[asyncio.create_task(_attempt(address, port))] = address
            left = max(0.0, deadline - loop.time())
            patience = min(left, STAGGER) if waiting else left
            done, _ = await asyncio.wait(running, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if isinstance(outcome := task.result(), socket.socket):
                    return outcome, running.pop(task)
                del running[task]
                failures.append(outcome)
            if not done and left <= patience:
                failures.insert(0, _too_slow(seconds))
                break
    finally:
        await _abandon(running)
    raise min(failures, key=_telling)


def _telling(failure: Failure | MonitorFault) -> int:
    """What counts most of several failures: an IPv6 network that the monitor does not have is no news."""
    if isinstance(failure, MonitorFault):
        return 1
    return 2 if failure.reason is Reason.CONNECT_UNREACHABLE else 0


async def _abandon(running: Iterable[asyncio.Task[Outcome]]) -> None:
    """Stop the attempts that lost; one may have connected in the same moment."""
    for task in running:
        task.cancel()
    for outcome in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(outcome, socket.socket):
            outcome.close()


async def _attempt_within(address: Address, port: int, seconds: float) -> Outcome:
    try:
        async with asyncio.timeout(seconds):
            return await _attempt(address, port)
    except TimeoutError:
        return _too_slow(seconds)


def _too_slow(seconds: float) -> Failure:
    return Failure(Reason.CONNECT_TIMEOUT, f"no connection in {seconds:.1f} s")


async def _attempt(address: Address, port: int) -> Outcome:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        return connect_failure(error, version=address.version)
    try:
        await asyncio.get_running_loop().sock_connect(connection, (str(address), port))
    except OSError as error:
        connection.close()
        return connect_failure(error, version=address.version)
    except BaseException:
        connection.close()
        raise
    return connection
