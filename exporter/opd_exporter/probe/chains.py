"""Missing intermediate certificates, fetched where the certificate says they are (AIA), as browsers do.

Only over plain HTTP (the answer is signed by itself; TLS here could recurse), only from public addresses or hosts of
the registry, bounded in bytes, steps and time, and kept: a certificate is fetched once a day. What comes back is no
anchor; a path must still end in a root that the monitor trusts.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from yarl import URL

from opd_exporter.clock import monotonic
from opd_exporter.models import Reason
from opd_exporter.probe.addresses import host_of
from opd_exporter.probe.calls import Call
from opd_exporter.probe.certificates import read_bundle, read_certificate
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.limits import Budget
from opd_exporter.probe.requests import DEFAULT_USER_AGENT, build_request
from opd_exporter.probe.timings import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from opd_exporter.probe.trust import Trust

MAX_BYTES: Final = 65_536
MAX_STEPS: Final = 4
FETCH_SECONDS: Final = 3.0
KEEP_SECONDS: Final = 86_400.0
REJECTED_SECONDS: Final = 600.0
FAILURE_SECONDS: Final = 15.0
"""Shorter than the pause before a confirming probe: an authority that was away for a moment makes no site down."""
_ENTRIES: Final = 512

Key = TypeVar("Key")
Value = TypeVar("Value")


class Chains:
    """Finds the links between a certificate and a root.

    Args:
        exchange: Makes one plain request (checks the address, connects, waits for the answer).
    """

    def __init__(self, exchange: Callable[[Call], Awaitable[None]]) -> None:
        self._exchange = exchange
        self._fetched: OrderedDict[str, tuple[float, tuple[bytes, ...]]] = OrderedDict()
        self._rejected: OrderedDict[bytes, tuple[float, Reason]] = OrderedDict()

    async def missing(self, leaf: bytes, call: Call, trust: Trust) -> tuple[list[bytes], Reason]:
        """The intermediates above ``leaf`` (DER, leaf side first).

        Returns:
            The certificates, possibly none, and the reason to give when they do not help: ``tls_chain`` when a link is
            missing, ``tls_untrusted`` when the authority is simply not known.
        """
        digest = hashlib.sha256(leaf).digest()
        certificate = read_certificate(leaf)
        if not certificate.issuer_urls:
            family = trust.knows_family(certificate.issuer)
            return [], Reason.TLS_CHAIN if family else Reason.TLS_UNTRUSTED
        until, reason = self._rejected.get(digest, (0.0, Reason.TLS_CHAIN))
        if until > monotonic():
            return [], reason
        found: list[bytes] = []
        for _ in range(MAX_STEPS):
            links = await self._fetch_first(certificate.issuer_urls, call)
            if not links:
                break
            fresh = [der for der in links if not read_certificate(der).self_issued and der not in found]
            found += fresh
            if len(fresh) < len(links):
                # The authority's root came: if the monitor trusted it, no link would be missing above.
                return found, Reason.TLS_UNTRUSTED
            certificate = read_certificate(fresh[0])
            if not certificate.issuer_urls:
                break
        return found, Reason.TLS_CHAIN

    def reject(self, leaf: bytes, reason: Reason) -> None:
        """Do not try to repair this certificate's chain again for a while; ``reason`` is what came of it."""
        _keep(self._rejected, hashlib.sha256(leaf).digest(), (monotonic() + REJECTED_SECONDS, reason))

    async def _fetch_first(self, urls: tuple[str, ...], call: Call) -> tuple[bytes, ...]:
        for url in urls:
            cached = self._fetched.get(url)
            if cached is not None and cached[0] > monotonic():
                found = cached[1]
            else:
                hurried = call.budget.remaining() < FETCH_SECONDS
                found = await self._fetch(url, call)
                if hurried and not found:
                    continue  # a slow site must not spoil the address for others
                _keep(self._fetched, url, (monotonic() + (KEEP_SECONDS if found else FAILURE_SECONDS), found))
            if found:
                return found
        return ()

    async def _fetch(self, text: str, call: Call) -> tuple[bytes, ...]:
        try:
            url = URL(text)
            host, port = host_of(url), url.port
        except ValueError:
            return ()
        if url.scheme != "http" or not host or not port:
            return ()
        proxy = call.target.proxy
        request = build_request(
            url,
            DEFAULT_USER_AGENT,
            {"Accept": "application/pkix-cert, */*;q=0.5", "Accept-Encoding": "identity"},
            absolute=proxy is not None,
            proxy_authorization=proxy.authorization if proxy else None,
        )
        target = replace(call.target, host=host, port=port, secure=False)
        inner = Call(target, request, Budget.of(min(FETCH_SECONDS, call.budget.remaining())), Stopwatch(), MAX_BYTES)
        try:
            await self._exchange(inner)
        except (Failure, MonitorFault):
            return ()
        answer = inner.answer
        if answer is None or answer.failure is not None or answer.truncated or answer.head is None:
            return ()
        return tuple(read_bundle(bytes(answer.body))) if answer.head.status == 200 else ()


def _keep(store: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    store[key] = value
    store.move_to_end(key)
    while len(store) > _ENTRIES:
        store.popitem(last=False)
