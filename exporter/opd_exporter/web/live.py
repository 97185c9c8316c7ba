"""What one live exchange says of a site, judged without touching what the schedule knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opd_exporter.models import Check
from opd_exporter.state import ProbeFacts, Standing, decide
from opd_exporter.verdict import judge_probe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opd_exporter.models import Exchange, Finding
    from opd_exporter.state import SiteState


@dataclass(frozen=True, slots=True)
class LiveProbe:
    """The answer of ``/probe``."""

    state: SiteState
    """The site as this exchange and the last content checks judge it."""
    content_length: int | None = None
    """As stated by the server."""
    log: Sequence[str] = ()
    """What happened, line by line; never a body or a secret."""


def judge_live(state: SiteState, exchange: Exchange, now: float) -> LiveProbe:
    """Judge ``exchange``; findings of the slower checks and the dates stay as ``state`` knows them."""
    finding = judge_probe(state.site, exchange)
    standing = Standing({**state.findings, Check.PROBE: finding})
    decision = decide(standing, state.publishing, state.site, state.freshness_limit, now)
    facts = ProbeFacts.of(exchange)
    judged = replace(
        state,
        status=decision.status,
        reason=decision.reason,
        evidence=decision.evidence,
        # The monitor itself could not ask: nothing was learned.
        readable=None if exchange.is_unknown else decision.readable,
        since=state.since if decision.status is state.status else now,
        probe=facts,
        tls=exchange.tls or state.tls,
        last_probe_at=facts.at,
    )
    return LiveProbe(judged, _stated_length(exchange), tuple(_log(exchange, finding, judged)))


def _stated_length(exchange: Exchange) -> int | None:
    text = exchange.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _log(exchange: Exchange, finding: Finding, judged: SiteState) -> Iterator[str]:
    for number, hop in enumerate(exchange.hops, start=1):
        target = f" -> {_without_query(hop.location)}" if hop.location else ""
        yield f"hop {number}: GET {_without_query(hop.url)} at {hop.address or 'no address'}: {hop.status}{target}"
    spent = exchange.phases
    phases = {
        "dns": spent.dns,
        "connect": spent.connect,
        "tls": spent.tls,
        "wait": spent.wait,
        "transfer": spent.transfer,
    }
    times = ", ".join(f"{name} {seconds:.4f} s" for name, seconds in phases.items() if seconds is not None)
    yield f"phases: {times or 'none'}; exchange {exchange.seconds:.4f} s"
    if (tls := exchange.tls) is not None:
        yield f"tls: {tls.version or 'no version'}, verified {tls.verified}, refused for {tls.reason or 'nothing'}"
    yield f"answer: HTTP {exchange.status}, {len(exchange.body)} bytes decompressed, truncated {exchange.truncated}"
    if exchange.reason is not None or exchange.detail:
        yield f"transport: {exchange.reason or 'ok'} {exchange.detail}"
    yield f"verdict of this exchange: {finding.reason or 'nothing wrong'}"
    for evidence in finding.evidence:
        yield f"evidence: {evidence.kind}"
    yield f"status: {judged.status}, readable {judged.readable}"


def _without_query(url: str) -> str:
    return url.partition("?")[0]
