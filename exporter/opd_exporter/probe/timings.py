"""Where the time of an exchange went, summed over its hops."""

from __future__ import annotations

from opd_exporter.models import Phases


class Stopwatch:
    """Seconds per phase; a phase that did not happen stays ``None``."""

    __slots__ = ("connect", "dns", "tls", "transfer", "wait")

    def __init__(self) -> None:
        self.dns: float | None = None
        self.connect: float | None = None
        self.tls: float | None = None
        self.wait: float | None = None
        self.transfer: float | None = None

    def add_dns(self, seconds: float) -> None:
        """Name resolution."""
        self.dns = (self.dns or 0.0) + seconds

    def add_connect(self, seconds: float) -> None:
        """TCP, and the tunnel through a proxy."""
        self.connect = (self.connect or 0.0) + seconds

    def add_tls(self, seconds: float) -> None:
        """Handshakes, repeated ones included."""
        self.tls = (self.tls or 0.0) + seconds

    def add_answer(self, sent_at: float, first_byte_at: float | None, ended_at: float) -> None:
        """Request sent to first byte, and first byte to last."""
        if not sent_at:
            return
        first = ended_at if first_byte_at is None else first_byte_at
        self.wait = (self.wait or 0.0) + max(0.0, first - sent_at)
        if first_byte_at is not None:
            self.transfer = (self.transfer or 0.0) + max(0.0, ended_at - first_byte_at)

    def phases(self) -> Phases:
        """The value for the exchange."""
        return Phases(self.dns, self.connect, self.tls, self.wait, self.transfer)
