"""The ways through a TLS handshake that a browser would find, each with its label.

::

    modern ──ok──────────────────────────────> verified
       ├─ fails for age ──> legacy ──ok──────> verified, legacy
       └─ certificate refused ──> blind ─────> facts and content, tls.reason says why
                 └─ an issuer is missing ──> fetch it (AIA) ──> again ──ok──> verified, chain_complete is False
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from opd_exporter.clock import monotonic, now
from opd_exporter.models import Reason, TlsFacts
from opd_exporter.probe.certificates import leaf_of, read_certificate
from opd_exporter.probe.trust import (
    handshake_failure,
    is_age,
    is_missing_issuer,
    may_lack_intermediate,
    trust_reason,
)

if TYPE_CHECKING:
    from opd_exporter.probe.answer import Answer
    from opd_exporter.probe.calls import Call
    from opd_exporter.probe.chains import Chains
    from opd_exporter.probe.dialer import Dialer
    from opd_exporter.probe.trust import Trust

LEGACY_SECONDS: Final = 3_600.0
"""How long a server is known to need legacy options before the modern way is tried again."""
LEGACY_SERVERS: Final = 4_096


class Handshakes:
    """Opens TLS connections and says what a browser would say of the certificate.

    Args:
        trust: The contexts.
        dialer: Opens the connections.
        chains: Fetches missing intermediates.
    """

    def __init__(self, trust: Trust, dialer: Dialer, chains: Chains) -> None:
        self.trust = trust
        self._dialer = dialer
        self._chains = chains
        self._legacy_until: OrderedDict[tuple[str, int], float] = OrderedDict()

    async def open(self, call: Call) -> Answer:
        """Shake hands with the target and send the request; the facts go into ``call.tls``.

        Raises:
            Failure: No handshake at all; a refused certificate is no failure.
            MonitorFault: The monitor could not ask.
        """
        if not call.target.verify:
            answer = await self._blind(call)
            call.tls = _facts(answer, verified=False)
            return answer
        key = (call.target.host, call.target.port)
        known_old = self._legacy_until.get(key, 0.0) > monotonic()
        outcome = await self._try(call, self.trust.legacy if known_old else self.trust.modern)
        legacy = known_old
        if isinstance(outcome, OSError) and not legacy and is_age(outcome):
            second = await self._try(call, self.trust.legacy)
            if not isinstance(second, OSError) or isinstance(second, ssl.SSLCertVerificationError):
                if isinstance(outcome, ssl.SSLError):
                    # A reset may have been the network's doing: then the modern way is tried again next time.
                    self._remember_legacy(key)
                outcome, legacy = second, True
        if not isinstance(outcome, OSError):
            complete = not self.trust.has_lent_to(outcome.tls)
            call.tls = _facts(outcome, verified=True, chain_complete=complete, legacy=legacy)
            return outcome
        if not isinstance(outcome, ssl.SSLCertVerificationError):
            raise handshake_failure(outcome) from None
        return await self._distrusted(call, outcome, legacy=legacy)

    async def _try(self, call: Call, context: ssl.SSLContext) -> Answer | OSError:
        try:
            return await self._dialer.secure(call, context, self.trust.modern)
        except OSError as error:
            return error

    async def _blind(self, call: Call, *, hold: bool = False) -> Answer:
        try:
            return await self._dialer.secure(call, self.trust.blind, self.trust.modern, hold=hold)
        except OSError as error:
            raise handshake_failure(error) from None

    async def _distrusted(self, call: Call, error: ssl.SSLCertVerificationError, *, legacy: bool) -> Answer:
        """The certificate was refused: repair the chain where a browser would, otherwise read on without trust."""
        answer = await self._blind(call, hold=True)
        reason = trust_reason(error)
        leaf = leaf_of(answer.tls)
        complete: bool | None = None
        if leaf is not None and may_lack_intermediate(error):
            certificate = read_certificate(leaf)
            if certificate.not_after is not None and certificate.not_after <= now():
                reason = Reason.TLS_EXPIRED
            else:
                try:
                    repaired, why = await self._repair(call, leaf, legacy=legacy)
                except BaseException:
                    answer.close()
                    raise
                if repaired is not None:
                    answer.close()
                    call.tls = _facts(repaired, verified=True, chain_complete=False, legacy=legacy)
                    return repaired
                if is_missing_issuer(error):
                    reason = why
                    complete = False if why is Reason.TLS_CHAIN else None
        call.tls = _facts(answer, verified=False, chain_complete=complete, legacy=legacy, reason=reason)
        if answer.ended:
            # The server did not wait while links were fetched.
            return await self._blind(call)
        answer.send(call.request)
        return answer

    async def _repair(self, call: Call, leaf: bytes, *, legacy: bool) -> tuple[Answer | None, Reason]:
        """Fetch what is missing and shake hands again; the verified answer, or why there is none."""
        found, reason = await self._chains.missing(leaf, call, self.trust)
        if not found:
            return None, reason
        # A context of its own until the path has proved good: nothing fetched reaches the shared ones before.
        trial = await asyncio.to_thread(self.trust.trial, found, legacy=legacy)
        outcome = await self._try(call, trial)
        if isinstance(outcome, ssl.SSLCertVerificationError):
            if not may_lack_intermediate(outcome):
                reason = trust_reason(outcome)  # the chain holds now; something else is wrong
            self._chains.reject(leaf, reason)
            return None, reason
        if isinstance(outcome, OSError):
            raise handshake_failure(outcome) from None
        self.trust.lend(found)
        return outcome, reason

    def _remember_legacy(self, key: tuple[str, int]) -> None:
        self._legacy_until[key] = monotonic() + LEGACY_SECONDS
        self._legacy_until.move_to_end(key)
        while len(self._legacy_until) > LEGACY_SERVERS:
            self._legacy_until.popitem(last=False)


def _facts(
    answer: Answer,
    *,
    verified: bool,
    chain_complete: bool | None = None,
    legacy: bool = False,
    reason: Reason | None = None,
) -> TlsFacts:
    der = leaf_of(answer.tls)
    if der is None or answer.tls is None:
        return TlsFacts(None, verified, chain_complete, legacy, reason)
    certificate = read_certificate(der)
    return TlsFacts(
        certificate.not_after,
        verified,
        chain_complete,
        legacy,
        reason,
        certificate.subject,
        certificate.issuer,
        answer.tls.version() or "",
    )
