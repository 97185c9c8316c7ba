"""Ports for programs that cannot be told to choose one themselves."""

from __future__ import annotations

import random
import socket

_CHOSEN_BY_US = range(12_000, 32_000)
"""Below the range from which Linux takes ports for connections and for servers that do not care: a program that is
stopped and started again would now and then find its port taken by one of those."""


def free_port() -> int:
    """A TCP port of loopback that was free a moment ago, and that nobody is given by chance."""
    while True:
        port = random.choice(_CHOSEN_BY_US)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
