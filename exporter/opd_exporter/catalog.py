"""Every metric of the exporter once: its name, type, labels, unit and help text.

The renderer, ``docs/metrics.md`` and the contract tests (rules, dashboards) all read these tables; ``catalog_document``
writes the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from opd_exporter.models import Cadence, Connection, Duty, Kendala, PostSource, ProbeResult, Reason, Status

MetricType = Literal["gauge", "counter", "histogram"]

UPTIME_WINDOWS = ("1d", "7d", "30d")
PUBLISHING_WINDOWS = ("30d", "90d")
PHASES = ("dns", "connect", "tls", "wait", "transfer")
PROBE_PHASES = ("resolve", "connect", "tls", "processing", "transfer")
EVIDENCE_TEXT_LENGTH = 80
EVIDENCE_SAMPLES = 3
"""At most this many pieces of evidence per site become samples."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric family."""

    name: str
    """As exposed in the text format; a counter ends in ``_total``."""
    type: MetricType
    labels: tuple[str, ...]
    help: str
    unit: str = ""
    """OpenMetrics unit (``seconds``, ``bytes``, ``ratio``) or empty; always the suffix of the name."""

    @property
    def family(self) -> str:
        """The name of the family in OpenMetrics, where a counter's family has no ``_total``."""
        return self.name.removesuffix("_total") if self.type == "counter" else self.name


def _gauge(name: str, labels: str, text: str, unit: str = "") -> Metric:
    return Metric(name, "gauge", tuple(labels.split()), text, unit)


SITE_METRICS: tuple[Metric, ...] = (
    _gauge("opd_site_info", "site opd name url category duty connection", "Facts of the registry about a site; 1."),
    _gauge(
        "opd_site_up", "site", "1 while a citizen can read the site's own content, 0 while not; absent when unknown."
    ),
    _gauge("opd_site_status", "site status", "1 for the current status of the site, 0 for the other seven."),
    _gauge(
        "opd_site_status_since_timestamp_seconds",
        "site",
        "Unix time at which the current status began; survives restarts.",
        "seconds",
    ),
    _gauge(
        "opd_site_failure_info",
        "site reason",
        "Why the site is down, blocked or compromised; 1 while there is a reason.",
    ),
    _gauge(
        "opd_site_evidence_info",
        "site kind text",
        "What was seen that makes the site down or compromised, in Indonesian, at most 80 characters; 1.",
    ),
    _gauge("opd_site_kendala_info", "site kendala", "Cause kept in the registry by the operations team; 1."),
    _gauge("opd_site_notify_info", "site email", "Address that alerts about the site are also mailed to; 1."),
    _gauge("opd_site_maintenance", "site", "1 inside a maintenance window of the registry, else 0."),
    _gauge("opd_site_address_info", "site address", "Address last connected to; 1. Sites on one address share a host."),
    _gauge(
        "opd_site_uptime_ratio",
        "site window",
        "Share of the known time in which the site was up, from the store; blocked and unknown time left out.",
        "ratio",
    ),
    _gauge(
        "opd_site_response_seconds", "site", "Duration of the last probe's exchange, redirects included.", "seconds"
    ),
    _gauge(
        "opd_site_phase_seconds",
        "site phase",
        "Duration of each phase of the last probe, summed over redirects.",
        "seconds",
    ),
    _gauge("opd_site_http_status_code", "site", "HTTP status code of the final answer of the last probe."),
    _gauge("opd_site_redirects", "site", "Redirects followed in the last probe."),
    _gauge(
        "opd_site_response_bytes", "site", "Size of the body of the last probe, decompressed, up to the cap.", "bytes"
    ),
    _gauge(
        "opd_site_tls_not_after_timestamp_seconds",
        "site",
        "Unix time at which the certificate of the site's own host ends; also when it has ended.",
        "seconds",
    ),
    _gauge("opd_site_tls_verified", "site", "1 if the certificate of the site's own host is one that browsers accept."),
    _gauge("opd_site_tls_chain_complete", "site", "1 if the server sends its whole certificate chain."),
    _gauge("opd_site_tls_legacy", "site", "1 if the server is reached only with options for old servers."),
    _gauge(
        "opd_site_last_post_timestamp_seconds",
        "site",
        "Unix time of the newest credible post; kept while the site is down and over restarts, absent when unknown.",
        "seconds",
    ),
    _gauge(
        "opd_site_seconds_since_last_post",
        "site",
        "Age of the newest credible post, worked out at the scrape; how fresh that knowledge is says "
        "opd_site_last_content_check_timestamp_seconds.",
    ),
    _gauge("opd_site_last_post_info", "site source", "Where the date of the newest post was read; 1."),
    _gauge(
        "opd_site_freshness_limit_seconds",
        "site",
        "Age of the newest post at which the site becomes late; the effective limit now, working days included.",
        "seconds",
    ),
    _gauge(
        "opd_site_dormant_limit_seconds", "site", "Age of the newest post at which the site becomes dormant.", "seconds"
    ),
    _gauge("opd_site_slow_limit_seconds", "site", "Response time above which the site counts as slow.", "seconds"),
    _gauge(
        "opd_site_certificate_limit_seconds",
        "site",
        "Remaining life of the certificate below which a warning is due.",
        "seconds",
    ),
    _gauge("opd_site_publishing_dates", "site window", "Distinct days with at least one post within the window."),
    _gauge(
        "opd_site_longest_gap_seconds",
        "site",
        "Longest gap between publishing days that ends in the last 90 days, the gap up to now included.",
        "seconds",
    ),
    _gauge("opd_site_cadence_info", "site cadence", "Measured cadence, judged by the longest gap; 1."),
    _gauge("opd_site_last_probe_timestamp_seconds", "site", "Unix time at which the last probe ended.", "seconds"),
    _gauge(
        "opd_site_last_content_check_timestamp_seconds",
        "site",
        "Unix time of the last content check; probes run on their own timers, not at the scrape.",
        "seconds",
    ),
    Metric(
        "opd_site_probes_total",
        "counter",
        ("site", "result"),
        "Probes of the site since the exporter started, by result.",
    ),
    Metric(
        "opd_site_received_bytes_total",
        "counter",
        ("site",),
        "Bytes that all requests to the site brought since the exporter started, as transferred: headers and "
        "compressed bodies, without TLS and TCP.",
    ),
)
"""One or more series for each site."""

EXPORTER_METRICS: tuple[Metric, ...] = (
    _gauge(
        "opd_fleet_sites",
        "status",
        "Sites by status; all eight statuses are always present."
        " One of several exporters (--shard) adds the label shard.",
    ),
    _gauge(
        "opd_exporter_network_up",
        "",
        "0 while the monitor's own network is gone: no site is blamed then."
        " One of several exporters adds the label shard.",
    ),
    _gauge("opd_exporter_build_info", "version python", "Version of the exporter and of Python; 1."),
    _gauge(
        "opd_exporter_shard_info",
        "shard shards",
        "Which part of the registry this exporter looks at (--shard); 1. Every opd_site_* and opd_fleet_sites is of "
        "that part alone.",
    ),
    _gauge("opd_exporter_shards", "", "How many exporters share the registry (--shard); 1 for one that has it all."),
    _gauge("opd_exporter_config_last_reload_successful", "", "1 if the last reading of the registry succeeded."),
    _gauge(
        "opd_exporter_config_last_reload_success_timestamp_seconds",
        "",
        "Unix time of the last successful reading of the registry.",
        "seconds",
    ),
    _gauge(
        "opd_exporter_probes_in_flight", "", "Rounds that run now, those that wait for a slot of their server included."
    ),
    _gauge(
        "opd_exporter_store_failing", "", "1 while what is recorded does not reach the disk; it is kept and retried."
    ),
    _gauge("opd_exporter_store_degraded", "", "1 if the store was damaged and history was begun anew in this run."),
    _gauge(
        "opd_exporter_store_last_commit_timestamp_seconds",
        "",
        "Unix time at which the store last wrote to the disk in this run.",
        "seconds",
    ),
    Metric(
        "opd_exporter_store_dropped_total",
        "counter",
        (),
        "Status changes and posts given up because the disk refused them for too long.",
    ),
    Metric(
        "opd_exporter_schedule_lag_seconds",
        "histogram",
        (),
        "How much later than planned a probe started.",
        "seconds",
    ),
    Metric(
        "opd_exporter_probe_duration_seconds",
        "histogram",
        (),
        "Duration of a whole probe, from its start to the new state of the site.",
        "seconds",
    ),
)
"""About the exporter itself."""

PROBE_METRICS: tuple[Metric, ...] = (
    _gauge("probe_success", "", "1 if a citizen can read the site's own content, 0 if not."),
    _gauge("probe_duration_seconds", "", "Duration of the whole probe.", "seconds"),
    _gauge("probe_dns_lookup_time_seconds", "", "Time taken by the DNS lookup.", "seconds"),
    _gauge(
        "probe_http_duration_seconds",
        "phase",
        "Duration of the HTTP request by phase, summed over redirects.",
        "seconds",
    ),
    _gauge("probe_http_status_code", "", "HTTP status code of the final answer; 0 if there was none."),
    _gauge("probe_http_redirects", "", "Redirects followed."),
    _gauge("probe_http_ssl", "", "1 if the final request used TLS."),
    _gauge("probe_http_version", "", "HTTP version of the answer."),
    _gauge("probe_http_content_length", "", "Content-Length of the answer; -1 if not stated."),
    _gauge("probe_http_uncompressed_body_length", "", "Length of the decompressed body in bytes."),
    _gauge("probe_ssl_earliest_cert_expiry", "", "Unix time at which the certificate of the site's own host ends."),
    _gauge("probe_ip_protocol", "", "IP version of the connection: 4 or 6."),
)
"""Of ``/probe`` alone: the names of blackbox_exporter, beside every ``opd_site_*`` of the one site."""

CATALOG: dict[str, Metric] = {metric.name: metric for metric in SITE_METRICS + EXPORTER_METRICS}
"""Every metric of ``/metrics`` by name."""

LABEL_VALUES: dict[str, tuple[str, ...]] = {
    "status": tuple(Status),
    "reason": tuple(Reason),
    "duty": tuple(Duty),
    "connection": tuple(Connection),
    "kendala": tuple(Kendala),
    "source": tuple(PostSource),
    "cadence": tuple(Cadence),
    "result": tuple(ProbeResult),
    "phase": PHASES,
}
"""The closed sets that label values come from."""
