"""Rules about the exchange itself: no answer, a certificate that browsers refuse, an HTTP error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.models import Reason
from opd_exporter.verdict.look import Hit, evidence

if TYPE_CHECKING:
    from opd_exporter.verdict.look import Look


def no_answer(look: Look) -> Hit | None:
    """The transport failed: the prober has already said why."""
    exchange = look.exchange
    if exchange.reason is not None:
        return Hit(
            exchange.reason, (evidence("transport", exchange.detail or exchange.reason.value, exchange.final_url),)
        )
    return None


def refused_certificate(look: Look) -> Hit | None:
    """Browsers refuse the certificate, and the registry does not accept it."""
    tls = look.exchange.tls
    if tls is None or tls.reason is None or not look.site.tls_verify:
        return None
    facts = [f"CN={tls.subject}" if tls.subject else "", f"penerbit {tls.issuer}" if tls.issuer else ""]
    return Hit(tls.reason, (evidence("tls", " ".join(filter(None, facts)) or tls.reason.value, look.exchange.url),))


def http_error(look: Look) -> Hit | None:
    """The final answer is not a success, and nothing more precise is known."""
    status = look.exchange.status or 0
    if 200 <= status < 300 or status == 304:
        return None
    if 400 <= status < 500:
        reason = Reason.HTTP_CLIENT_ERROR
    elif 500 <= status < 600:
        reason = Reason.HTTP_SERVER_ERROR
    else:
        reason = Reason.HTTP_PROTOCOL
    said = look.title or look.glance.visible[:80]
    return Hit(reason, (evidence("status", f"HTTP {status}" + (f": {said}" if said else ""), look.exchange.final_url),))
