"""No socket object outlives its descriptor: collected later, it would close whoever has that descriptor by then."""

from __future__ import annotations

import asyncio
import ssl
from ipaddress import ip_address

import pytest
import uvloop

from opd_exporter.probe.dialer import _attach
from opd_exporter.probe.sockets import open_socket
from support.probing import serve
from support.zoo.cage import page


def attached(*, secure: bool, loop_factory) -> tuple[int, BaseException | None]:
    """The descriptor that the socket object names once a transport has it, and what went wrong."""

    async def visit() -> tuple[int, BaseException | None]:
        async with serve(page()) as server:
            connection, _ = await open_socket([ip_address("127.0.0.1")], server.port, 5.0)
            context = ssl.create_default_context() if secure else None
            try:
                await _attach(connection, asyncio.Protocol(), context, "127.0.0.1", 5.0)
            except OSError as error:
                return connection.fileno(), error
            return connection.fileno(), None

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(visit())


@pytest.mark.parametrize("secure", [False, True])
def test_uvloops_transports_own_the_descriptor_alone(secure: bool) -> None:
    """Under uvloop the object names no descriptor any more, whether the connection stands or its handshake failed."""
    descriptor, error = attached(secure=secure, loop_factory=uvloop.new_event_loop)
    assert descriptor == -1
    assert (error is not None) is secure


def test_asyncios_transports_close_through_the_socket() -> None:
    """Asyncio's own loop needs the object until the connection is closed."""
    descriptor, error = attached(secure=False, loop_factory=None)
    assert descriptor >= 0
    assert error is None
