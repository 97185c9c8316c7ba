"""A site as JSON: one form for the API and for ``check --format json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opd_exporter import clock
from opd_exporter.metrics.lines import printable
from opd_exporter.web.summary import summarise
from opd_exporter.wording import evidence_text, technical_detail

if TYPE_CHECKING:
    from datetime import tzinfo

    from opd_exporter.models import Candidate, Evidence, Post, TlsFacts
    from opd_exporter.registry import Site
    from opd_exporter.state import SiteState, Snapshot
    from opd_exporter.store import Change, DaySums, SeenPost

EVIDENCE_LENGTH = 300
TEXT_LENGTH = 300
URL_LENGTH = 2_000
"""What a page sent is bounded and printable in the answers too: programs print them to terminals and files."""


def site_as_json(state: SiteState) -> dict[str, Any]:
    """The element of ``/api/v1/sites`` and of ``check --format json`` (contract, section 4).

    Times are ISO 8601 in the site's zone; what is not known is ``null``. ``last_post`` is ``null`` too when the site
    has shown no credible date for a week.
    """
    zone = state.site.timezone
    probe, post = state.probe, state.publishing.last_post
    answered = probe is not None and probe.http_status is not None
    return {
        "site": state.site.id,
        "opd": state.site.opd,
        "name": state.site.name,
        "url": state.site.url,
        "status": str(state.status),
        "reason": str(state.reason) if state.reason else None,
        "since": iso(state.since, zone) if state.since > 0 else None,
        "up": state.readable,
        "http_status": probe.http_status if probe is not None else None,
        "response_seconds": round(probe.seconds, 6) if probe is not None and answered else None,
        "tls_not_after": iso(state.tls.not_after, zone) if state.tls and state.tls.not_after is not None else None,
        "last_post": post_as_json(post) if post is not None and state.publishing.dated else None,
        "checked_at": iso(state.last_probe_at, zone) if state.last_probe_at is not None else None,
        "evidence": [evidence_line(evidence) for evidence in state.evidence],
    }


def details_as_json(state: SiteState) -> dict[str, Any]:
    """``/api/v1/sites/{site}`` without the history: the element above and everything else that is not sensitive."""
    zone, publishing = state.site.timezone, state.publishing
    probe = state.probe
    last_known = publishing.last_post if not publishing.dated else None
    return site_as_json(state) | {
        "findings": {
            str(check): {
                "at": iso(finding.at, zone),
                "reason": str(finding.reason) if finding.reason else None,
                "evidence": [evidence_line(evidence) for evidence in finding.evidence],
            }
            for check, finding in state.findings.items()
        },
        "last_known_post": post_as_json(last_known) if last_known is not None else None,
        "publishing": {
            "freshness_limit_seconds": state.freshness_limit if state.freshness_limit > 0 else None,
            "publishing_dates_30d": publishing.publishing_dates_30d,
            "publishing_dates_90d": publishing.publishing_dates_90d,
            "longest_gap_seconds": publishing.longest_gap,
            "cadence": str(publishing.cadence) if publishing.cadence else None,
            "content_checked_at": iso(state.last_content_at, zone) if state.last_content_at is not None else None,
        },
        "candidates": [_candidate(candidate) for candidate in state.candidates],
        "uptime": dict(state.uptime),
        "certificate": _certificate(state.tls, zone) if state.tls is not None else None,
        "hops": [
            {"url": printable(hop.url, URL_LENGTH), "address": hop.address, "status": hop.status}
            for hop in (probe.hops if probe is not None else ())
        ],
        "registry": _registry(state.site),
    }


def history_as_json(changes: list[Change], posts: list[SeenPost], days: list[DaySums], zone: tzinfo) -> dict[str, Any]:
    """The stored history of one site."""
    return {
        "changes": [
            {
                "at": iso(change.at, zone),
                "status": str(change.status),
                "reason": str(change.reason) if change.reason else None,
            }
            for change in changes
        ],
        "posts": [post_as_json(seen.post) | {"first_seen": iso(seen.first_seen, zone)} for seen in posts],
        "days": [
            {
                "day": day.day.isoformat(),
                "up": day.up,
                "down": day.down,
                "blocked": day.blocked,
                "unknown": day.unknown,
                "response_seconds_mean": round(day.response_seconds_sum / day.response_count, 6)
                if day.response_count
                else None,
                "response_seconds_max": round(day.response_seconds_max, 6) if day.response_count else None,
                "received_bytes": day.bytes_total,
            }
            for day in days
        ],
    }


def summary_as_json(snapshot: Snapshot) -> dict[str, Any]:
    """The counts of the fleet as an evaluation shows them."""
    summary = summarise(snapshot)
    return {
        "total": summary.total,
        "active": summary.active,
        "inactive": summary.inactive,
        "not_assessable": summary.not_assessable,
        "by_status": {str(status): count for status, count in summary.counts.items()},
    }


def post_as_json(post: Post) -> dict[str, Any]:
    """A post; ``published_at`` keeps the zone of the site."""
    return {
        "published_at": post.published_at.isoformat(),
        "source": str(post.source),
        "url": printable(post.url, URL_LENGTH),
        "title": printable(post.title, TEXT_LENGTH),
    }


def evidence_line(evidence: Evidence) -> str:
    """One observation as a short line, e.g. ``title: Hacked by x (https://...)``; the prober's words in brackets."""
    said = printable(evidence_text(evidence.kind, evidence.text), EVIDENCE_LENGTH)
    detail = printable(technical_detail(evidence.kind, evidence.text), EVIDENCE_LENGTH)
    technical = f" [rincian teknis: {detail}]" if detail else ""
    where = f" ({printable(evidence.where, EVIDENCE_LENGTH)})" if evidence.where else ""
    return f"{printable(evidence.kind, EVIDENCE_LENGTH)}: {said}{technical}{where}"


def iso(moment: float, zone: tzinfo) -> str:
    """Unix seconds as ISO 8601 with the zone's distance to UTC, to the second."""
    return clock.as_datetime(moment, zone).isoformat(timespec="seconds")


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "source": str(candidate.source),
        "found_at": printable(candidate.found_at, URL_LENGTH),
        "raw": printable(candidate.raw, TEXT_LENGTH),
        "title": printable(candidate.title, TEXT_LENGTH),
        "url": printable(candidate.url, URL_LENGTH),
        "published_at": candidate.published_at.isoformat() if candidate.published_at else None,
        "taken": candidate.refusal is None,
        "refusal": candidate.refusal,
        "note": printable(candidate.note, TEXT_LENGTH),
    }


def _certificate(tls: TlsFacts, zone: tzinfo) -> dict[str, Any]:
    return {
        "not_after": iso(tls.not_after, zone) if tls.not_after is not None else None,
        "verified": tls.verified,
        "chain_complete": tls.chain_complete,
        "legacy": tls.legacy,
        "reason": str(tls.reason) if tls.reason else None,
        "subject": printable(tls.subject, TEXT_LENGTH),
        "issuer": printable(tls.issuer, TEXT_LENGTH),
        "version": tls.version,
    }


def _registry(site: Site) -> dict[str, Any]:
    note = site.note
    return {
        "category": site.category,
        "duty": str(site.duty),
        "connection": str(site.connection),
        "kendala": str(note.kendala) if note.kendala else None,
        "tindak_lanjut": note.tindak_lanjut,
        "penanggung_jawab": note.penanggung_jawab,
    }
