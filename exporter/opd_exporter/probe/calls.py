"""One request while it runs: where it goes, under which rules, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opd_exporter.models import TlsFacts
    from opd_exporter.probe.addresses import Address
    from opd_exporter.probe.answer import Answer
    from opd_exporter.probe.limits import Budget
    from opd_exporter.probe.proxies import Proxy
    from opd_exporter.probe.timings import Stopwatch


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes."""

    host: str
    """ASCII, lower case, without brackets and final dot."""
    port: int
    secure: bool
    registered: frozenset[str]
    """Hosts that the registry names for the site: they may be private."""
    verify: bool = True
    proxy: Proxy | None = None

    @property
    def trusted(self) -> bool:
        """Whether the registry names this host."""
        return self.host in self.registered


@dataclass(slots=True)
class Call:
    """A request and what came of it; filled on the way, so that a failure loses nothing."""

    target: Target
    request: bytes
    budget: Budget
    watch: Stopwatch
    cap: int
    """Most bytes of body."""
    further: bool = False
    """Not the probe itself, which keeps its time, but one more page of the site, which can wait."""
    server: str = ""
    """What tells that two requests go to one server; set once its address is known."""
    addresses: tuple[Address, ...] = ()
    """Checked: the connection goes to one of these, and nowhere else."""
    address: Address | None = None
    """The one that was connected to; unknown behind a proxy."""
    tls: TlsFacts | None = None
    answer: Answer | None = None
