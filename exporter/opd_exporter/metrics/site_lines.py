"""The lines of one site, part by part.

A part is a group of families that change together (what the registry says, what the probe measured...). Rendering a
part costs tens of microseconds; at ten thousand sites a part is therefore rendered again only when the value that it
comes from is another one. Lines that change with the clock alone (ages, maintenance) are worked out at the scrape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opd_exporter.catalog import EVIDENCE_SAMPLES, EVIDENCE_TEXT_LENGTH, PHASES
from opd_exporter.metrics.lines import kind_word, label_value, number
from opd_exporter.models import ProbeResult, Status
from opd_exporter.wording import evidence_in_short

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.state import SiteState

NO_LINE = b""


class Part(NamedTuple):
    """Families that are rendered together."""

    families: tuple[str, ...]
    source: Callable[[SiteState], object]
    """What the lines depend on: equal sources mean equal lines."""
    render: Callable[[SiteState], tuple[bytes, ...]]
    """One fragment (any number of whole lines, or nothing) for each family."""


def _registry_lines(state: SiteState) -> tuple[bytes, ...]:
    site = state.site
    label = f'{{site="{site.id}"}} '
    info = (
        f'opd_site_info{{site="{site.id}",opd="{label_value(site.opd)}",name="{label_value(site.name)}",'
        f'url="{label_value(site.url or "")}",category="{label_value(site.category)}",'
        f'duty="{site.duty}",connection="{site.connection}"}} 1\n'
    )
    kendala = site.note.kendala
    contact = site.contact
    return (
        info.encode(),
        f'opd_site_kendala_info{{site="{site.id}",kendala="{kendala}"}} 1\n'.encode() if kendala else NO_LINE,
        f'opd_site_notify_info{{site="{site.id}",email="{label_value(contact.email)}"}} 1\n'.encode()
        if contact.notify and contact.email
        else NO_LINE,
        f"opd_site_dormant_limit_seconds{label}{number(site.dormant_after)}\n".encode(),
        f"opd_site_slow_limit_seconds{label}{number(site.slow_after)}\n".encode(),
        f"opd_site_certificate_limit_seconds{label}{number(site.certificate_warning)}\n".encode(),
        NO_LINE if site.maintenance else f"opd_site_maintenance{label}0\n".encode(),
    )


def _status_lines(state: SiteState) -> tuple[bytes, ...]:
    site = state.site.id
    up = NO_LINE if state.readable is None else f'opd_site_up{{site="{site}"}} {int(state.readable)}\n'.encode()
    statuses = "".join(
        f'opd_site_status{{site="{site}",status="{status}"}} {int(status is state.status)}\n' for status in Status
    )
    since = NO_LINE
    if state.since > 0:
        since = f'opd_site_status_since_timestamp_seconds{{site="{site}"}} {number(state.since)}\n'.encode()
    reason = NO_LINE
    if state.reason is not None:
        reason = f'opd_site_failure_info{{site="{site}",reason="{state.reason}"}} 1\n'.encode()
    return up, statuses.encode(), since, reason, _evidence_lines(state)


def _evidence_lines(state: SiteState) -> bytes:
    if state.status not in {Status.DOWN, Status.COMPROMISED}:
        return NO_LINE
    seen: dict[tuple[str, str], None] = {}  # two equal label sets would make the whole page invalid
    for evidence in state.evidence:
        said = evidence_in_short(evidence.kind, evidence.text, EVIDENCE_TEXT_LENGTH)
        text = label_value(said, EVIDENCE_TEXT_LENGTH)
        if text:
            seen[kind_word(evidence.kind), text] = None
        if len(seen) == EVIDENCE_SAMPLES:
            break
    return "".join(
        f'opd_site_evidence_info{{site="{state.site.id}",kind="{kind}",text="{text}"}} 1\n' for kind, text in seen
    ).encode()


def _probe_lines(state: SiteState) -> tuple[bytes, ...]:
    site, facts = state.site.id, state.probe
    if facts is None:
        return (NO_LINE,) * 6
    label = f'{{site="{site}"}} '
    spent = facts.phases
    phases = "".join(
        f'opd_site_phase_seconds{{site="{site}",phase="{phase}"}} {number(seconds)}\n'
        for phase, seconds in zip(
            PHASES, (spent.dns, spent.connect, spent.tls, spent.wait, spent.transfer), strict=True
        )
        if seconds is not None
    )
    answered = facts.http_status is not None
    return (
        f'opd_site_address_info{{site="{site}",address="{label_value(facts.address)}"}} 1\n'.encode()
        if facts.address
        else NO_LINE,
        f"opd_site_response_seconds{label}{number(facts.seconds)}\n".encode() if answered else NO_LINE,
        phases.encode(),
        f"opd_site_http_status_code{label}{facts.http_status}\n".encode() if answered else NO_LINE,
        f"opd_site_redirects{label}{facts.redirects}\n".encode() if answered else NO_LINE,
        f"opd_site_response_bytes{label}{facts.bytes}\n".encode() if answered else NO_LINE,
    )


def _tls_lines(state: SiteState) -> tuple[bytes, ...]:
    tls = state.tls
    if tls is None:
        return (NO_LINE,) * 4
    label = f'{{site="{state.site.id}"}} '
    return (
        f"opd_site_tls_not_after_timestamp_seconds{label}{number(tls.not_after)}\n".encode()
        if tls.not_after is not None
        else NO_LINE,
        f"opd_site_tls_verified{label}{int(tls.verified)}\n".encode(),
        f"opd_site_tls_chain_complete{label}{int(tls.chain_complete)}\n".encode()
        if tls.chain_complete is not None
        else NO_LINE,
        f"opd_site_tls_legacy{label}{int(tls.legacy)}\n".encode(),
    )


def _publishing_lines(state: SiteState) -> tuple[bytes, ...]:
    site, publishing = state.site.id, state.publishing
    label = f'{{site="{site}"}} '
    posted_at, source = NO_LINE, NO_LINE
    if (post := publishing.last_post) is not None and publishing.dated:
        posted_at = f"opd_site_last_post_timestamp_seconds{label}{number(post.published_at.timestamp())}\n".encode()
        source = f'opd_site_last_post_info{{site="{site}",source="{post.source}"}} 1\n'.encode()
    dates = "".join(
        f'opd_site_publishing_dates{{site="{site}",window="{window}"}} {count}\n'
        for window, count in (("30d", publishing.publishing_dates_30d), ("90d", publishing.publishing_dates_90d))
        if count is not None
    )
    gap, cadence = NO_LINE, NO_LINE
    if publishing.longest_gap is not None:
        gap = f"opd_site_longest_gap_seconds{label}{number(publishing.longest_gap)}\n".encode()
    if publishing.cadence is not None:
        cadence = f'opd_site_cadence_info{{site="{site}",cadence="{publishing.cadence}"}} 1\n'.encode()
    return posted_at, source, dates.encode(), gap, cadence


def _limit_lines(state: SiteState) -> tuple[bytes, ...]:
    if state.freshness_limit <= 0:
        return (NO_LINE,)
    line = f'opd_site_freshness_limit_seconds{{site="{state.site.id}"}} {number(state.freshness_limit)}\n'
    return (line.encode(),)


def _uptime_lines(state: SiteState) -> tuple[bytes, ...]:
    text = "".join(
        f'opd_site_uptime_ratio{{site="{state.site.id}",window="{window}"}} {number(ratio)}\n'
        for window, ratio in state.uptime.items()
    )
    return (text.encode(),)


def _last_probe_lines(state: SiteState) -> tuple[bytes, ...]:
    if state.last_probe_at is None:
        return (NO_LINE,)
    line = f'opd_site_last_probe_timestamp_seconds{{site="{state.site.id}"}} {number(state.last_probe_at)}\n'
    return (line.encode(),)


def _last_content_lines(state: SiteState) -> tuple[bytes, ...]:
    if state.last_content_at is None:
        return (NO_LINE,)
    value = number(state.last_content_at)
    return (f'opd_site_last_content_check_timestamp_seconds{{site="{state.site.id}"}} {value}\n'.encode(),)


def _total_lines(state: SiteState) -> tuple[bytes, ...]:
    if not state.site.url:
        return (NO_LINE,)
    # A counter that starts at 0 is known to be 0; without it the first increase would be lost to rate().
    text = "".join(
        f'opd_site_probes_total{{site="{state.site.id}",result="{result}"}} {state.probes_total.get(result, 0)}\n'
        for result in ProbeResult
    )
    return (text.encode(),)


def _received_lines(state: SiteState) -> tuple[bytes, ...]:
    if not state.site.url:
        return (NO_LINE,)
    return (f'opd_site_received_bytes_total{{site="{state.site.id}"}} {state.received_bytes}\n'.encode(),)


PARTS: tuple[Part, ...] = (
    Part(
        (
            "opd_site_info",
            "opd_site_kendala_info",
            "opd_site_notify_info",
            "opd_site_dormant_limit_seconds",
            "opd_site_slow_limit_seconds",
            "opd_site_certificate_limit_seconds",
            "opd_site_maintenance",
        ),
        lambda state: state.site,
        _registry_lines,
    ),
    Part(
        (
            "opd_site_up",
            "opd_site_status",
            "opd_site_status_since_timestamp_seconds",
            "opd_site_failure_info",
            "opd_site_evidence_info",
        ),
        lambda state: (state.readable, state.status, state.since, state.reason, state.evidence),
        _status_lines,
    ),
    Part(
        (
            "opd_site_address_info",
            "opd_site_response_seconds",
            "opd_site_phase_seconds",
            "opd_site_http_status_code",
            "opd_site_redirects",
            "opd_site_response_bytes",
        ),
        lambda state: state.probe,
        _probe_lines,
    ),
    Part(
        (
            "opd_site_tls_not_after_timestamp_seconds",
            "opd_site_tls_verified",
            "opd_site_tls_chain_complete",
            "opd_site_tls_legacy",
        ),
        lambda state: state.tls,
        _tls_lines,
    ),
    Part(
        (
            "opd_site_last_post_timestamp_seconds",
            "opd_site_last_post_info",
            "opd_site_publishing_dates",
            "opd_site_longest_gap_seconds",
            "opd_site_cadence_info",
        ),
        lambda state: state.publishing,
        _publishing_lines,
    ),
    Part(("opd_site_freshness_limit_seconds",), lambda state: state.freshness_limit, _limit_lines),
    Part(("opd_site_uptime_ratio",), lambda state: tuple(state.uptime.items()), _uptime_lines),
    Part(("opd_site_last_probe_timestamp_seconds",), lambda state: state.last_probe_at, _last_probe_lines),
    Part(("opd_site_last_content_check_timestamp_seconds",), lambda state: state.last_content_at, _last_content_lines),
    Part(("opd_site_probes_total",), lambda state: tuple(state.probes_total.items()), _total_lines),
    Part(("opd_site_received_bytes_total",), lambda state: state.received_bytes, _received_lines),
)


def last_post_at(state: SiteState) -> float | None:
    """Unix seconds of the newest credible post, or ``None`` when no date counts as known."""
    post = state.publishing.last_post
    return post.published_at.timestamp() if post is not None and state.publishing.dated else None
