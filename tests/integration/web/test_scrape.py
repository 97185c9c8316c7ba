"""What Prometheus reads: /metrics, /probe and /sd, over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
from types import MappingProxyType

from prometheus_client.parser import text_string_to_metric_families as parse_text

from opd_exporter.catalog import PROBE_METRICS
from opd_exporter.models import Check, Evidence, Finding, Hop, Reason, Status
from support.fleet import AT, DAY, make_site, make_snapshot, make_state, one_of_each
from support.tools import tool
from support.webserver import make_exchange, serving


async def read(client, url, **headers):
    """Status, headers and body of one GET."""
    async with client.get(url, headers=headers) as response:
        return response.status, response.headers, await response.read()


def samples_of(page: bytes):
    """``{(name, labels): value}`` of a text page."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parse_text(page.decode())
        for sample in family.samples
    }


async def test_metrics_page_is_accepted_by_promtool(client):
    """The real promtool finds nothing to say about the page."""
    async with serving() as server:
        status, headers, page = await read(client, f"{server.url}/metrics")
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    checked = await asyncio.to_thread(
        subprocess.run, [tool("promtool"), "check", "metrics"], input=page, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


async def test_metrics_negotiates_format_and_compression(client):
    """OpenMetrics and gzip are given to those who ask, and the content is the same."""
    async with serving() as server:
        _, headers, page = await read(
            client,
            f"{server.url}/metrics",
            Accept="application/openmetrics-text;version=1.0.0",
            **{"Accept-Encoding": "gzip"},
        )
        assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        assert headers["Content-Encoding"] == "gzip"
        text = gzip.decompress(page).decode()
        assert text.endswith("# EOF\n")
        _, plain_headers, _ = await read(client, f"{server.url}/metrics")
        assert "Content-Encoding" not in plain_headers


async def test_large_fleet_is_scraped_while_others_are_served(client):
    """A page of three thousand sites comes whole, and several scrapers at once get the same truth."""
    states = [make_state(f"site-{number}") for number in range(3_000)]
    async with serving(states) as server:
        answers = await asyncio.gather(
            *(read(client, f"{server.url}/metrics", **{"Accept-Encoding": "gzip"}) for _ in range(3)),
            read(client, f"{server.url}/-/healthy"),
        )
    for status, _, body in answers[:3]:
        assert status == 200
        assert gzip.decompress(body).count(b"\nopd_site_up{") == 3_000
    assert answers[3][2] == b"healthy\n"


async def test_removed_site_vanishes_at_the_next_scrape(client):
    """After a reload without a site nothing of it is on the page."""
    async with serving() as server:
        _, _, before = await read(client, f"{server.url}/metrics")
        assert b'site="bpbd"' in before
        server.fleet["snapshot"] = make_snapshot([state for state in one_of_each() if state.site.id != "bpbd"])
        _, _, after = await read(client, f"{server.url}/metrics")
        assert b'site="bpbd"' not in after
        assert b'opd_fleet_sites{status="compromised"} 0\n' in after


async def test_probe_speaks_blackbox_names(client):
    """One live exchange gives every probe_* of the catalogue and the opd_site_* of that site alone."""
    async with serving() as server:
        status, _, page = await read(client, f"{server.url}/probe?target=dinkes")
        samples = samples_of(page)
        assert status == 200
        assert {metric.name for metric in PROBE_METRICS} <= {name for name, _ in samples}
        assert samples["probe_success", frozenset()] == 1
        assert samples["probe_http_status_code", frozenset()] == 200
        assert samples["probe_http_ssl", frozenset()] == 1
        assert samples["probe_http_version", frozenset()] == 1.1
        assert samples["probe_ip_protocol", frozenset()] == 4
        assert samples["probe_http_content_length", frozenset()] == 1234
        assert samples["probe_ssl_earliest_cert_expiry", frozenset()] == AT + 60 * DAY
        assert samples["probe_http_duration_seconds", frozenset({("phase", "processing")})] == 0.2
        assert {dict(labels)["site"] for name, labels in samples if name.startswith("opd_site_")} == {"dinkes"}


async def test_probe_takes_an_id_or_a_registered_url_and_nothing_else(client):
    """The exporter is no way to reach other hosts; a site without address is refused."""
    async with serving() as server:
        for target in ("dinkes", "https://dinkes.example.go.id/", "https://dinkes.example.go.id"):
            assert (await read(client, f"{server.url}/probe?target={target}"))[0] == 200
        for target, expected in (
            ("http://169.254.169.254/", 404),
            ("https://dinkes.example.go.id.evil.example/", 404),
            ("https://dinkes.example.go.id/other", 404),
            ("damkar", 400),
            ("", 400),
        ):
            assert (await read(client, f"{server.url}/probe?target={target}"))[0] == expected
    assert {site for site, _ in server.calls.probes} == {"dinkes"}


async def test_probes_within_ten_seconds_share_one_exchange(client):
    """Twenty scrapers at once, and those shortly after, cause one request to the department's server."""
    async with serving() as server:
        server.calls.probe_delay = 0.2
        answers = await asyncio.gather(*(read(client, f"{server.url}/probe?target=dinkes") for _ in range(20)))
        assert {answer[0] for answer in answers} == {200}
        await read(client, f"{server.url}/probe?target=dinkes&debug=true")
        assert len(server.calls.probes) == 1
        await read(client, f"{server.url}/probe?target=distan")
        assert len(server.calls.probes) == 2


async def test_probe_obeys_the_scrape_timeout(client):
    """The probe gets half a second less than the scraper, and a slow one still answers in time, as a failure."""
    async with serving() as server:
        server.calls.probe_delay = 30.0
        loop = asyncio.get_running_loop()
        started = loop.time()
        status, _, page = await read(
            client, f"{server.url}/probe?target=dinkes", **{"X-Prometheus-Scrape-Timeout-Seconds": "1"}
        )
        assert loop.time() - started < 1.0
        assert status == 200
        assert samples_of(page)["probe_success", frozenset()] == 0
        assert server.calls.probes == [("dinkes", 0.5)]


async def test_odd_timeouts_are_harmless(client):
    """A header that is no number, negative or not finite leaves the site's own timeout."""
    for header in ("abc", "-1", "nan", "inf", "0", ""):
        async with serving([make_state("dinkes")]) as server:
            status, _, _ = await read(
                client, f"{server.url}/probe?target=dinkes", **{"X-Prometheus-Scrape-Timeout-Seconds": header}
            )
            assert status == 200
            assert server.calls.probes == [("dinkes", 10.0)]


async def test_probe_failures(client):
    """An error page, an unknown answer and a refusal are no success; what is unknown has no opd_site_up."""
    answers = {
        "mati": {"status": 500, "body": b"Internal Server Error"},
        "tanpa": {"status": None, "body": b"", "reason": Reason.CONNECT_REFUSED, "hops": (), "address": None},
        "monitor": {"status": None, "body": b"", "hops": ()},
    }
    states = [make_state(name, tls=None, probe=None) for name in answers]

    async def probe(site_id, _timeout):
        return make_exchange(make_site(site_id), **answers[site_id])

    async with serving(states, services={"probe": probe}) as server:
        ups = {}
        for name in answers:
            samples = samples_of((await read(client, f"{server.url}/probe?target={name}"))[2])
            assert samples["probe_success", frozenset()] == 0
            ups[name] = samples.get(("opd_site_up", frozenset({("site", name)})))
    assert ups == {"mati": 0, "tanpa": 0, "monitor": None}


async def test_probe_of_a_defaced_site_is_no_success(client):
    """What the content check found keeps holding for a live probe that looks at the answer alone."""
    finding = Finding(Check.CONTENT, AT - 60, Reason.DEFACED, (Evidence("title", "Hacked"),), readable=False)
    state = make_state("bpbd", Status.COMPROMISED, findings=MappingProxyType({Check.CONTENT: finding}))
    async with serving([state]) as server:
        samples = samples_of((await read(client, f"{server.url}/probe?target=bpbd"))[2])
    assert samples["probe_success", frozenset()] == 0
    assert samples["opd_site_status", frozenset({("site", "bpbd"), ("status", "compromised")})] == 1


async def test_debug_log_holds_no_query_strings(client):
    """``debug=true`` explains the probe hop by hop, without what may be a secret."""

    async def probe(site_id, _timeout):
        site = make_site(site_id)
        secret = f"{site.url}?token=rahasia"
        hops = (Hop(f"{site.url}?a=rahasia", "10.10.1.7", 302, secret), Hop(secret, "10.10.1.7", 200))
        return make_exchange(site, final_url=secret, hops=hops, detail="all good")

    async with serving([make_state("dinkes")], services={"probe": probe}) as server:
        _, _, page = await read(client, f"{server.url}/probe?target=dinkes&debug=true")
    text = page.decode()
    assert text.startswith("Logs for the probe:\nhop 1: GET https://dinkes.example.go.id/ at 10.10.1.7: 302 -> ")
    assert "Metrics that would have been returned:\n# HELP probe_success" in text
    assert "rahasia" not in text


async def test_service_discovery_lists_sites_with_an_address(client):
    """Every site that can be probed, with labels for relabelling."""
    async with serving() as server, client.get(f"{server.url}/sd") as response:
        assert response.content_type == "application/json"
        groups = await response.json()
    assert len(groups) == 7
    first = groups[0]
    assert first["targets"] == ["https://dinkes.example.go.id/"]
    assert first["labels"]["__meta_opd_site"] == "dinkes"
    assert first["labels"]["__meta_opd_name"] == "Dinas Kesehatan"
    assert all(isinstance(value, str) for group in groups for value in group["labels"].values())
