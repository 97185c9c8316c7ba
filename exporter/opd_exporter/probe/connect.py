"""One request on one fresh connection: addresses, slot, socket, proxy, TLS, answer.

A handshake that fails is tried again in the ways a browser would get through, and each way has its label::

    modern ──ok──────────────────────────────> verified
       ├─ fails for age ──> legacy ──ok──────> verified, legacy
       └─ certificate refused ──> blind ─────> facts and content, tls.reason says why
                 └─ an issuer is missing ──> fetch it (AIA) ──> modern ──ok──> verified, chain_complete is False
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opd_exporter.clock import monotonic
from opd_exporter.models import Reason, TlsFacts
from opd_exporter.probe.addresses import is_local_name, literal_address, may_connect
from opd_exporter.probe.answer import Answer
from opd_exporter.probe.certificates import leaf_of, read_certificate
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.limits import BODY_BYTES, PER_ADDRESS, Slots
from opd_exporter.probe.proxies import Tunnel
from opd_exporter.probe.sockets import open_socket
from opd_exporter.probe.trust import handshake_failure, is_age, trust_reason

if TYPE_CHECKING:
    from opd_exporter.probe.addresses import Address
    from opd_exporter.probe.dns import Resolver
    from opd_exporter.probe.limits import Budget
    from opd_exporter.probe.proxies import Proxy
    from opd_exporter.probe.timings import Stopwatch
    from opd_exporter.probe.trust import Trust

HINT_SECONDS: Final = 3_600.0
"""How long a server is known to need legacy options before the modern way is tried again."""
_HINTS: Final = 4_096


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes and under which rules."""

    host: str
    port: int
    secure: bool
    trusted: bool
    """The registry names this host for the site: it may be private."""
    verify: bool
    proxy: Proxy | None = None


@dataclass(slots=True)
class Attempt:
    """What is known of one request so far; filled while it runs, so that a failure loses nothing."""

    address: Address | None = None
    tls: TlsFacts | None = None
    answer: Answer | None = None


class Refused(Failure):
    """The target is an address that the monitor must not connect to."""


class Connector:
    """Opens connections for the whole prober.

    Args:
        trust: The TLS contexts.
        resolver: The names.
    """

    def __init__(self, trust: Trust, resolver: Resolver) -> None:
        self.trust = trust
        self.resolver = resolver
        self._slots = Slots(PER_ADDRESS)
        self._open: set[Answer] = set()
        self._legacy_until: OrderedDict[tuple[str, int], float] = OrderedDict()

    async def request(self, target: Target, request: bytes, budget: Budget, watch: Stopwatch, attempt: Attempt) -> None:
        """Make one request; what comes of it stands in ``attempt``.

        Raises:
            Failure: No answer; ``Refused`` when the address is forbidden.
            MonitorFault: The monitor could not ask.
        """
        addresses = await self._addresses(target, budget, watch)
        key = f"host {target.host}" if target.proxy else str(addresses[0])
        async with self._slots.hold(key) as waited:
            budget.forgive(waited)
            if target.secure:
                await self._open_tls(target, addresses, request, budget, watch, attempt)
            else:
                attempt.answer = await self._open_plain(target, addresses, request, budget, watch, attempt)
            answer = attempt.answer
            assert answer is not None  # noqa: S101 - both ways set it or raise
            await answer.finish(budget.remaining())
            watch.add_answer(answer.sent_at, answer.first_byte_at, answer.ended_at)

    async def close(self) -> None:
        """Drop every connection and wait until they are gone."""
        for answer in tuple(self._open):
            answer.close()
        for _ in range(50):
            if not self._open:
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)

    # Where to.

    async def _addresses(self, target: Target, budget: Budget, watch: Stopwatch) -> tuple[Address, ...]:
        if target.proxy is not None:
            self._check_behind_proxy(target)
            return await self._proxy_addresses(target.proxy, budget, watch)
        before = monotonic()
        try:
            found = await self.resolver.resolve(target.host, budget.phase())
        finally:
            watch.add_dns(monotonic() - before)
        allowed = tuple(address for address in found if may_connect(address, trusted=target.trusted))
        if not allowed:
            raise Refused(Reason.LEFT_SITE, f"{target.host} leads to the forbidden address {found[0]}")
        return allowed

    def _check_behind_proxy(self, target: Target) -> None:
        """The proxy resolves names; what can be checked here is what needs no resolving."""
        literal = literal_address(target.host)
        local = is_local_name(target.host) and not target.trusted
        if local or (literal is not None and not may_connect(literal, trusted=target.trusted)):
            raise Refused(Reason.LEFT_SITE, f"{target.host} is a forbidden address")

    async def _proxy_addresses(self, proxy: Proxy, budget: Budget, watch: Stopwatch) -> tuple[Address, ...]:
        before = monotonic()
        try:
            found = await self.resolver.resolve(proxy.host, budget.phase())
        except Failure as failure:
            raise MonitorFault(f"the proxy has no address: {failure.detail}") from None
        finally:
            watch.add_dns(monotonic() - before)
        return found

    # The connection.

    async def _open_plain(
        self,
        target: Target,
        addresses: tuple[Address, ...],
        request: bytes,
        budget: Budget,
        watch: Stopwatch,
        attempt: Attempt,
    ) -> Answer:
        proxy = target.proxy
        before = monotonic()
        answer = self._new_answer(request)
        try:
            await self._dial(answer, proxy or target, addresses, budget, attempt)
        except Failure as failure:
            self._open.discard(answer)
            if proxy is not None:
                raise MonitorFault(f"the proxy cannot be reached: {failure.detail}") from None
            raise
        except BaseException:
            self._open.discard(answer)
            raise
        finally:
            watch.add_connect((answer.made_at or monotonic()) - before)
        return answer

    async def _dial(
        self,
        protocol: asyncio.Protocol,
        endpoint: Target | Proxy,
        addresses: tuple[Address, ...],
        budget: Budget,
        attempt: Attempt,
    ) -> None:
        """Connect ``protocol`` to ``endpoint`` without TLS, or with it when the endpoint is a secure proxy."""
        is_proxy = not isinstance(endpoint, Target)
        connection, address = await open_socket(addresses, endpoint.port, budget.phase())
        if not is_proxy:
            attempt.address = address
        context = self.trust.modern if is_proxy and endpoint.secure else None
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: protocol,
                sock=connection,
                ssl=context,
                server_hostname=endpoint.host if context else None,
                ssl_handshake_timeout=budget.phase() + 0.001 if context else None,
            )
        except OSError as error:
            connection.close()
            raise handshake_failure(error) from None
        except BaseException:
            connection.close()
            raise

    def _new_answer(self, request: bytes) -> Answer:
        answer = Answer(request, BODY_BYTES, self._open.discard)
        self._open.add(answer)
        return answer

    # TLS.

    async def _open_tls(
        self,
        target: Target,
        addresses: tuple[Address, ...],
        request: bytes,
        budget: Budget,
        watch: Stopwatch,
        attempt: Attempt,
    ) -> None:
        async def shake(context: ssl.SSLContext, first: bytes) -> Answer:
            return await self._shake(target, addresses, context, first, budget, watch, attempt)

        if not target.verify:
            try:
                attempt.answer = answer = await shake(self.trust.blind, request)
            except OSError as error:
                raise handshake_failure(error) from None
            attempt.tls = _facts(answer, verified=False)
            return
        key = (target.host, target.port)
        known_old = self._legacy_until.get(key, 0.0) > monotonic()
        first: OSError | None = None
        last: OSError | None = None
        for legacy in (True,) if known_old else (False, True):
            try:
                attempt.answer = answer = await shake(self.trust.legacy if legacy else self.trust.modern, request)
            except OSError as problem:
                last = problem
                first = first or problem
                if legacy or not is_age(problem):
                    break
            else:
                if legacy and not known_old:
                    self._remember_legacy(key)
                attempt.tls = _facts(answer, verified=True, chain_complete=True, legacy=legacy)
                return
        if not isinstance(last, ssl.SSLCertVerificationError):
            assert first is not None  # noqa: S101 - the loop ran
            raise handshake_failure(first) from None
        await self._without_trust(last, shake, request, attempt, legacy=legacy)

    async def _without_trust(self, error, shake, request, attempt, *, legacy) -> None:
        try:
            attempt.answer = answer = await shake(self.trust.blind, request)
        except OSError as problem:
            raise handshake_failure(problem) from None
        attempt.tls = _facts(answer, verified=False, chain_complete=None, legacy=legacy, reason=trust_reason(error))

    def _remember_legacy(self, key: tuple[str, int]) -> None:
        self._legacy_until[key] = monotonic() + HINT_SECONDS
        self._legacy_until.move_to_end(key)
        while len(self._legacy_until) > _HINTS:
            self._legacy_until.popitem(last=False)

    async def _shake(
        self,
        target: Target,
        addresses: tuple[Address, ...],
        context: ssl.SSLContext,
        request: bytes,
        budget: Budget,
        watch: Stopwatch,
        attempt: Attempt,
    ) -> Answer:
        """Connect and shake hands.

        Raises:
            OSError: The handshake failed.
            Failure: No connection.
        """
        loop = asyncio.get_running_loop()
        before = monotonic()
        tunnel: Tunnel | None = None
        connection = None
        try:
            if target.proxy is not None:
                tunnel = await self._open_tunnel(target, target.proxy, addresses, budget, attempt)
            else:
                connection, attempt.address = await open_socket(addresses, target.port, budget.phase())
        finally:
            connected = monotonic()
            watch.add_connect(connected - before)
        answer = self._new_answer(request)
        patience = budget.phase() + 0.001
        try:
            if tunnel is not None:
                assert tunnel.transport is not None  # noqa: S101 - an established tunnel has one
                transport = await loop.start_tls(
                    tunnel.transport, answer, context, server_hostname=target.host, ssl_handshake_timeout=patience
                )
                assert transport is not None  # noqa: S101 - narrows for the type checker
                answer.connection_made(transport)
            else:
                await loop.create_connection(
                    lambda: answer,
                    sock=connection,
                    ssl=context,
                    server_hostname=target.host,
                    ssl_handshake_timeout=patience,
                )
        except BaseException:
            self._open.discard(answer)
            if connection is not None:
                connection.close()
            if tunnel is not None and tunnel.transport is not None:
                tunnel.transport.abort()
            raise
        finally:
            watch.add_tls((answer.made_at or monotonic()) - connected)
        return answer

    async def _open_tunnel(
        self, target: Target, proxy: Proxy, addresses: tuple[Address, ...], budget: Budget, attempt: Attempt
    ) -> Tunnel:
        tunnel = Tunnel(proxy, target.host, target.port)
        try:
            await self._dial(tunnel, proxy, addresses, budget, attempt)
        except Failure as failure:
            raise MonitorFault(f"the proxy cannot be reached: {failure.detail}") from None
        try:
            await tunnel.established(budget.phase())
        except BaseException:
            if tunnel.transport is not None:
                tunnel.transport.abort()
            raise
        return tunnel


def _facts(
    answer: Answer,
    *,
    verified: bool,
    chain_complete: bool | None = None,
    legacy: bool = False,
    reason: Reason | None = None,
) -> TlsFacts:
    der = leaf_of(answer.tls)
    if der is None:
        return TlsFacts(None, verified, chain_complete, legacy, reason)
    certificate = read_certificate(der)
    version = answer.tls.version() if answer.tls is not None else None
    return TlsFacts(
        certificate.not_after,
        verified,
        chain_complete,
        legacy,
        reason,
        certificate.subject,
        certificate.issuer,
        version or "",
    )
