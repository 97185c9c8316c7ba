"""The page of ``/probe``: one live exchange under blackbox_exporter's names, and every ``opd_site_*`` of the site.

A phase that did not happen is 0 here and a missing answer has the code 0: dashboards made for blackbox_exporter expect
it. The ``opd_site_*`` beside them keep to their own rule (unknown has no sample).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from prometheus_client.exposition import choose_encoder

from opd_exporter.catalog import PROBE_METRICS, PROBE_PHASES
from opd_exporter.metrics.exposition import render_site
from opd_exporter.metrics.lines import header, number

if TYPE_CHECKING:
    from opd_exporter.state import SiteState


def render_probe(
    state: SiteState, *, seconds: float, content_length: int | None, now: float, accept: str = ""
) -> tuple[bytes, str]:
    """The page and its content type.

    Args:
        state: The site as this exchange alone judges it.
        seconds: Duration of the whole probe, waiting included.
        content_length: As stated by the server, ``None`` when it was not.
        now: Unix seconds, for ages.
        accept: The ``Accept`` header of the scraper.
    """
    _, content_type = choose_encoder(accept)
    openmetrics = content_type.startswith("application/openmetrics-text")
    samples = _probe_samples(state, seconds, content_length)
    pieces: list[bytes] = []
    for metric in PROBE_METRICS:
        if metric.name in samples:
            pieces += (header(metric, openmetrics=openmetrics), samples[metric.name].encode())
    pieces += render_site(state, now, openmetrics=openmetrics)
    if openmetrics:
        pieces.append(b"# EOF\n")
    return b"".join(pieces), content_type


def _probe_samples(state: SiteState, seconds: float, content_length: int | None) -> dict[str, str]:
    facts, tls = state.probe, state.tls
    values: dict[str, float | None] = {
        "probe_success": int(state.readable is True),
        "probe_duration_seconds": seconds,
        "probe_ssl_earliest_cert_expiry": tls.not_after if tls is not None else None,
    }
    if facts is not None:
        version = facts.http_version.removeprefix("HTTP/")
        values |= {
            "probe_dns_lookup_time_seconds": facts.phases.dns or 0.0,
            "probe_http_status_code": facts.http_status or 0,
            "probe_http_redirects": facts.redirects,
            "probe_http_ssl": int(facts.final_url.lower().startswith("https:")),
            "probe_http_version": float(version) if version in {"1.0", "1.1", "2", "2.0"} else None,
            "probe_http_content_length": -1 if content_length is None else content_length,
            "probe_http_uncompressed_body_length": facts.bytes,
            "probe_ip_protocol": _ip_version(facts.address),
        }
    samples = {name: f"{name} {number(value)}\n" for name, value in values.items() if value is not None}
    if facts is not None:
        spent = facts.phases
        samples["probe_http_duration_seconds"] = "".join(
            f'probe_http_duration_seconds{{phase="{phase}"}} {number(value or 0.0)}\n'
            for phase, value in zip(
                PROBE_PHASES, (spent.dns, spent.connect, spent.tls, spent.wait, spent.transfer), strict=True
            )
        )
    return samples


def _ip_version(address: str | None) -> int | None:
    try:
        return ip_address((address or "").partition("%")[0]).version
    except ValueError:
        return None
