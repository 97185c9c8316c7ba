"""One request: check where it goes, wait for a slot of that address, connect, and collect the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.clock import monotonic
from opd_exporter.models import Reason
from opd_exporter.probe.addresses import is_local_name, literal_address, may_connect
from opd_exporter.probe.chains import Chains
from opd_exporter.probe.dialer import Dialer
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.handshakes import Handshakes
from opd_exporter.probe.limits import PER_ADDRESS, Pace, Slots

if TYPE_CHECKING:
    from opd_exporter.probe.addresses import Address
    from opd_exporter.probe.calls import Call, Target
    from opd_exporter.probe.dns import Resolver
    from opd_exporter.probe.trust import Trust


class Refused(Failure):
    """The target is an address that the monitor must not connect to."""


class Connector:
    """Makes requests for the whole prober.

    Args:
        trust: The TLS contexts.
        resolver: The names.
        max_in_flight: Most requests at once. Who waits for a slot of a busy address does not count: hundreds of sites
            on one dead server would keep all others waiting.
        pace: Of further requests to one address; may be replaced at any time.
    """

    def __init__(self, trust: Trust, resolver: Resolver, max_in_flight: int, pace: Pace) -> None:
        self.resolver = resolver
        self.pace = pace
        self._dialer = Dialer()
        self._slots = Slots(PER_ADDRESS)
        self._in_flight = Slots(max_in_flight)
        self._handshakes = Handshakes(trust, self._dialer, Chains(self._fetch_link))

    @property
    def trust(self) -> Trust:
        """The TLS contexts; may be replaced at any time."""
        return self._handshakes.trust

    @trust.setter
    def trust(self, trust: Trust) -> None:
        self._handshakes.trust = trust

    async def request(self, call: Call) -> None:
        """Make one request; what comes of it stands in ``call``.

        Raises:
            Failure: No answer; ``Refused`` when the address is forbidden.
            MonitorFault: The monitor could not ask.
        """
        target = call.target
        call.addresses = await self._addresses(call)
        call.server = key = f"host {target.host}" if target.proxy else str(call.addresses[0])
        if call.further:
            call.budget.forgive(await self.pace.turn(key))
        async with self._slots.hold(key) as waited, self._in_flight.hold("any address") as waited_too:
            call.budget.forgive(waited + waited_too)
            if target.secure:
                call.answer = await self._handshakes.open(call)
            else:
                call.answer = await self._dialer.plain(call, self.trust.modern)
            await self._collect(call)

    async def close(self) -> None:
        """Drop every connection and wait until they are gone."""
        await self._dialer.close()

    async def _collect(self, call: Call) -> None:
        answer = call.answer
        if answer is not None:
            await answer.finish(call.budget.remaining())
            call.watch.add_answer(answer.sent_at, answer.first_byte_at, answer.ended_at)
            if answer.fault is not None:
                raise answer.fault

    async def _fetch_link(self, call: Call) -> None:
        """A request inside another one: it takes no slot, or eight of them could wait for each other."""
        call.addresses = await self._addresses(call)
        call.answer = await self._dialer.plain(call, self.trust.modern)
        await self._collect(call)

    async def _addresses(self, call: Call) -> tuple[Address, ...]:
        """Where to connect to: only what the rules allow."""
        target, proxy = call.target, call.target.proxy
        if proxy is not None:
            _check_behind_proxy(target)
        before = monotonic()
        try:
            found = await self.resolver.resolve(proxy.host if proxy else target.host, call.budget.phase())
        except Failure as failure:
            if proxy is not None:
                raise MonitorFault(f"the proxy has no address: {failure.detail}") from None
            raise
        finally:
            call.watch.add_dns(monotonic() - before)
        if proxy is not None:
            return found
        allowed = tuple(address for address in found if may_connect(address, trusted=target.trusted))
        if not allowed:
            raise Refused(Reason.LEFT_SITE, f"{target.host[:80]} leads to the forbidden address {found[0]}")
        return allowed


def _check_behind_proxy(target: Target) -> None:
    """The proxy resolves names; what can be checked here is what needs no resolving."""
    literal = literal_address(target.host)
    local = is_local_name(target.host) and not target.trusted
    if local or (literal is not None and not may_connect(literal, trusted=target.trusted)):
        raise Refused(Reason.LEFT_SITE, f"{target.host[:80]} is a forbidden address")
