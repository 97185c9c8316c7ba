"""What the exporter would have exposed about one site in the past: every metric family, in the catalogue's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.demo import certificate_series as certificates
from opd_exporter.demo import publishing_series as publishing
from opd_exporter.demo.certificates import Flavour
from opd_exporter.demo.past import STATUSES, Family, Labels, Past, Value
from opd_exporter.demo.posts import draw
from opd_exporter.demo.timeline import DAY, DORMANT_DAYS, LIMIT_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opd_exporter.demo.timeline import Segment

_PHASE_SHARES = {"dns": 0.06, "connect": 0.08, "tls": 0.14, "wait": 0.58, "transfer": 0.14}
_HTTP_STATUS = {
    **dict.fromkeys(("http_client_error",), 404),
    **dict.fromkeys(("http_server_error", "database_error"), 500),
    **dict.fromkeys(("maintenance",), 503),
    **dict.fromkeys(("waf_challenge", "forbidden_to_monitor"), 403),
    "rate_limited": 429,
}
_UNANSWERED = frozenset(
    {
        *("dns_not_found", "connect_refused", "connect_timeout", "connect_reset", "timeout", "tls_handshake"),
        *("http_protocol", "too_many_redirects"),
    }
)
_SLOW_FAILURES = frozenset({"timeout", "connect_timeout"})


def _value(reader: Callable[[Past, float, Segment], Value]) -> Callable[[Past], Iterator[tuple[Labels, list[Value]]]]:
    """One series without own labels; a moment whose value is not known has no sample."""

    def series(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
        yield {}, [reader(past, moment, segment) for moment, segment in zip(past.times, past.segments, strict=True)]

    return series


def _choice(
    label: str, reader: Callable[[Past, float, Segment], str | None]
) -> Callable[[Past], Iterator[tuple[Labels, list[Value]]]]:
    """An info series for each value of ``label``, present while it is the current one."""

    def series(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
        found = [reader(past, moment, segment) for moment, segment in zip(past.times, past.segments, strict=True)]
        for value in sorted({value for value in found if value is not None}):
            yield {label: value}, [1 if value == current else None for current in found]

    return series


def _info(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    spec = past.timeline.spec
    labels = {
        "opd": spec.department.opd,
        "name": spec.department.name,
        "url": past.url or "",
        "category": spec.department.category,
        "duty": spec.duty,
        "connection": spec.connection,
    }
    yield labels, [1] * len(past.times)


def _statuses(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    # A status that the site never had would be nothing but zeros: two thirds of the file.
    had = {segment.status for segment in past.timeline.segments}
    for status in STATUSES:
        if status in had:
            yield {"status": status}, [int(segment.status == status) for segment in past.segments]


def _uptime(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    for window, days in (("1d", 1), ("7d", 7), ("30d", 30)):
        yield {"window": window}, [past.timeline.uptime(moment, days * DAY) for moment in past.times]


def _response(past: Past, moment: float, segment: Segment) -> Value:
    if not past.timeline.probed or segment.status == "pending":
        return None
    if segment.reason in _SLOW_FAILURES:
        return 10.0
    # Offices are busy from 8 to 16 WIB; a little noise, now and then a slow answer.
    hour = (moment / 3600 + 7) % 24
    busy = 1.5 if 8 <= hour < 16 else 1.0
    noise = draw(past.timeline.spec.id, moment) % 1000
    slow = 4.0 if noise > 994 else 1.0
    return round(past.timeline.mean_response * busy * slow * (0.8 + noise / 2500), 4)


def _answered(past: Past, segment: Segment) -> bool:
    return past.timeline.probed and segment.status != "pending" and segment.reason not in _UNANSWERED


def _phases(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    whole = [
        _response(past, moment, segment) if _answered(past, segment) else None
        for moment, segment in zip(past.times, past.segments, strict=True)
    ]
    shares = {phase: share for phase, share in _PHASE_SHARES.items() if phase != "tls" or past.timeline.spec.https}
    for phase, share in shares.items():
        yield {"phase": phase}, [None if value is None else value * share / sum(shares.values()) for value in whole]


def _probes(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    if not past.timeline.probed:
        return
    segments = past.timeline.segments
    ends = [*(segment.begin for segment in segments[1:]), past.timeline.now]
    for result in ("up", "down", "blocked", "unknown"):
        yield (
            {"result": result},
            [
                sum(
                    int((min(end, moment) - segment.begin) // 60)
                    for segment, end in zip(segments, ends, strict=True)
                    if segment.result == result and segment.begin < moment
                )
                for moment in past.times
            ],
        )


def _received(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    for labels, counts in _probes(past):
        if labels["result"] == "up":
            yield {}, [int(count or 0) * past.timeline.page_bytes for count in counts]


def _kendala(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    note = past.timeline.spec.registry.get("note", {})
    if note.get("kendala"):
        yield {"kendala": note["kendala"]}, [1] * len(past.times)


def _notify(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    contact = past.timeline.spec.registry.get("contact", {})
    if contact.get("notify"):
        yield {"email": contact["email"]}, [1] * len(past.times)


def _evidence(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    for status, kind, text in (("compromised", "link_text", "slot gacor hari ini"), ("down", "status", "")):
        reasons = sorted({segment.reason or "" for segment in past.segments if segment.status == status})
        for reason in reasons:
            labels = {"kind": kind, "text": text or reason}
            yield (
                labels,
                [1 if (segment.status, segment.reason) == (status, reason) else None for segment in past.segments],
            )


def _address(past: Past) -> Iterator[tuple[Labels, list[Value]]]:
    host = (past.url or "").split("//")[-1].split("/")[0].rsplit(":", 1)[0]
    if host.startswith("127."):
        yield {"address": host}, [1] * len(past.times)


def _constant(value: float) -> Callable[[Past], Iterator[tuple[Labels, list[Value]]]]:
    return _value(lambda _past, _moment, _segment: value)


FAMILIES: tuple[Family, ...] = (
    Family("opd_site_info", "gauge", _info),
    Family("opd_site_up", "gauge", _value(lambda _past, _moment, segment: segment.up)),
    Family("opd_site_status", "gauge", _statuses),
    Family("opd_site_status_since_timestamp_seconds", "gauge", _value(lambda _past, _moment, segment: segment.begin)),
    Family("opd_site_failure_info", "gauge", _choice("reason", lambda _past, _moment, segment: segment.reason)),
    Family("opd_site_evidence_info", "gauge", _evidence),
    Family("opd_site_kendala_info", "gauge", _kendala),
    Family("opd_site_notify_info", "gauge", _notify),
    Family(
        "opd_site_maintenance",
        "gauge",
        _value(
            lambda past, moment, _segment: int(
                "maintenance" in past.timeline.spec.registry and moment > past.timeline.now - DAY
            )
        ),
    ),
    Family("opd_site_address_info", "gauge", _address),
    Family("opd_site_uptime_ratio", "gauge", _uptime),
    Family("opd_site_response_seconds", "gauge", _value(_response)),
    Family("opd_site_phase_seconds", "gauge", _phases),
    Family(
        "opd_site_http_status_code",
        "gauge",
        _value(
            lambda past, _moment, segment: (
                _HTTP_STATUS.get(segment.reason or "", 200) if _answered(past, segment) else None
            )
        ),
    ),
    Family(
        "opd_site_redirects", "gauge", _value(lambda past, _moment, segment: 0 if _answered(past, segment) else None)
    ),
    Family(
        "opd_site_response_bytes",
        "gauge",
        _value(
            lambda past, _moment, segment: (
                None
                if not _answered(past, segment)
                else past.timeline.page_bytes
                if segment.up and segment.status != "down"
                else 420
            )
        ),
    ),
    Family("opd_site_tls_not_after_timestamp_seconds", "gauge", _value(certificates.not_after)),
    Family(
        "opd_site_tls_verified",
        "gauge",
        _value(certificates.flag(Flavour.EXPIRED, Flavour.HOSTNAME, Flavour.UNTRUSTED, Flavour.CHAIN)),
    ),
    Family("opd_site_tls_chain_complete", "gauge", _value(certificates.flag(Flavour.CHAIN, Flavour.INCOMPLETE))),
    Family("opd_site_tls_legacy", "gauge", _value(certificates.legacy)),
    Family("opd_site_last_post_timestamp_seconds", "gauge", _value(publishing.last_post)),
    Family("opd_site_seconds_since_last_post", "gauge", _value(publishing.age)),
    Family(
        "opd_site_last_post_info",
        "gauge",
        _choice(
            "source",
            lambda past, moment, _segment: past.timeline.source if past.timeline.last_post_at(moment) else None,
        ),
    ),
    Family(
        "opd_site_freshness_limit_seconds",
        "gauge",
        _value(lambda past, _moment, _segment: LIMIT_DAYS[past.timeline.spec.duty] * DAY),
    ),
    Family("opd_site_dormant_limit_seconds", "gauge", _constant(DORMANT_DAYS * DAY)),
    Family("opd_site_slow_limit_seconds", "gauge", _constant(2.0)),
    Family("opd_site_certificate_limit_seconds", "gauge", _constant(14 * DAY)),
    Family("opd_site_publishing_dates", "gauge", publishing.publishing),
    Family("opd_site_longest_gap_seconds", "gauge", publishing.gap),
    Family("opd_site_cadence_info", "gauge", publishing.cadence),
    Family(
        "opd_site_last_probe_timestamp_seconds",
        "gauge",
        _value(
            lambda past, moment, _segment: moment - draw(past.timeline.spec.id) % 60 if past.timeline.probed else None
        ),
    ),
    Family(
        "opd_site_last_content_check_timestamp_seconds",
        "gauge",
        _value(
            lambda past, moment, segment: (
                moment - draw(past.timeline.spec.id) % 900 if past.timeline.probed and segment.up else None
            )
        ),
    ),
    Family("opd_site_probes", "counter", _probes, "_total"),
    Family("opd_site_received_bytes", "counter", _received, "_total"),
    Family(
        "site:opd_site_response_seconds:readable",
        "gauge",
        _value(lambda past, moment, segment: _response(past, moment, segment) if segment.up else None),
    ),
)
"""Of each site, in the order of the exporter's catalogue; the last one is a recording rule."""
