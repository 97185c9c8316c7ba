"""The page of /metrics: what it says, what it leaves out, and that hostile text stays text."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from opd_exporter.catalog import CATALOG, EXPORTER_METRICS, SITE_METRICS
from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.models import Evidence, Phases, Reason, Status
from opd_exporter.state import Publishing
from opd_exporter.store import StoreHealth
from support.fleet import AT, DAY, make_probe, make_site, make_snapshot, make_state, make_tls, one_of_each

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def exposition():
    """A renderer of its own, on a registry of its own."""
    exporter = ExporterMetrics(lambda: StoreHealth(last_commit_at=AT))
    exporter.reloaded(ok=True, at=AT)
    exporter.observe_lag(0.02)
    exporter.observe_probe(0.4)
    return Exposition(exporter)


def read(exposition, states, **options):
    """Samples of the page as ``{(name, labels): value}``."""
    page, _ = exposition.render(make_snapshot(states), **options)
    samples = {}
    for family in parse_text(page.decode()):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in samples, f"two samples with one label set: {key}"
            samples[key] = sample.value
    return samples


def value(samples, name, **labels):
    """One sample, or ``None`` where there is none."""
    return samples.get((name, frozenset(labels.items())))


def test_every_metric_of_the_catalogue_is_on_the_page(exposition):
    """A fleet of all kinds of sites shows every family, with the type, help and labels of the catalogue."""
    page, content_type = exposition.render(make_snapshot(one_of_each()))
    assert content_type.startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in parse_text(page.decode())}
    for metric in SITE_METRICS + EXPORTER_METRICS:
        family = families[metric.family]
        assert (family.type, family.documentation) == (metric.type, metric.help)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)
    assert not [
        name for name in families if name.startswith("opd_") and name not in {m.family for m in CATALOG.values()}
    ]
    assert {"process_cpu_seconds", "python_info"} <= set(families)


def test_openmetrics_page(exposition):
    """An OpenMetrics scraper gets a page that a strict parser accepts, with the same values."""
    page, content_type = exposition.render(make_snapshot(one_of_each()), OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert page.endswith(b"# EOF\n")
    families = {family.name: family for family in parse_openmetrics(page.decode())}
    assert families["opd_site_probes"].type == "counter"
    assert families["opd_site_response_seconds"].unit == "seconds"
    plain = read(exposition, one_of_each())
    for sample in families["opd_site_status"].samples:
        assert plain[sample.name, frozenset(sample.labels.items())] == sample.value


def test_status_is_one_of_eight(exposition):
    """Each site has eight status samples, one of them 1."""
    samples = read(exposition, [make_state("bpbd", Status.DOWN, reason=Reason.TIMEOUT)])
    values = {status: value(samples, "opd_site_status", site="bpbd", status=status) for status in Status}
    assert values == {status: float(status is Status.DOWN) for status in Status}
    assert value(samples, "opd_site_failure_info", site="bpbd", reason="timeout") == 1


def test_fleet_counts_show_all_eight(exposition):
    """An empty fleet still shows every status, with zero."""
    samples = read(exposition, [])
    assert [value(samples, "opd_fleet_sites", status=status) for status in Status] == [0] * 8
    samples = read(exposition, one_of_each())
    assert [value(samples, "opd_fleet_sites", status=status) for status in Status] == [1] * 8


def test_unknown_has_no_sample(exposition):
    """A site never probed shows what the registry says and nothing that was not measured; never 0, never NaN."""
    state = one_of_each()[-1]
    samples = read(exposition, [state])
    names = {name for name, labels in samples if ("site", "damkar") in labels}
    assert names == {
        "opd_site_info",
        "opd_site_status",
        "opd_site_maintenance",
        "opd_site_dormant_limit_seconds",
        "opd_site_slow_limit_seconds",
        "opd_site_certificate_limit_seconds",
    }


@pytest.mark.parametrize(("readable", "expected"), [(True, 1), (False, 0), (None, None)])
def test_up_follows_what_a_citizen_sees(exposition, readable, expected):
    """``opd_site_up`` is absent while nothing is known."""
    samples = read(exposition, [make_state("dinkes", readable=readable)])
    assert value(samples, "opd_site_up", site="dinkes") == expected


def test_no_answer_has_no_response_time(exposition):
    """A probe that got no answer reports neither a response time nor a code; its phases stay known."""
    probe = replace(
        make_probe(make_site()), http_status=None, phases=Phases(dns=0.01), seconds=10.0, bytes=0, address=None
    )
    samples = read(exposition, [make_state("dinkes", Status.DOWN, probe=probe, reason=Reason.CONNECT_TIMEOUT)])
    for name in ("response_seconds", "http_status_code", "redirects", "response_bytes"):
        assert value(samples, f"opd_site_{name}", site="dinkes") is None
    assert value(samples, "opd_site_phase_seconds", site="dinkes", phase="dns") == 0.01
    assert value(samples, "opd_site_phase_seconds", site="dinkes", phase="tls") is None


def test_age_is_worked_out_at_the_scrape(exposition):
    """The same state gives an older age at a later scrape, and never a negative one."""
    states = [make_state("dinkes")]
    assert value(read(exposition, states, now=AT), "opd_site_seconds_since_last_post", site="dinkes") == 2 * DAY
    assert (
        value(read(exposition, states, now=AT + 60), "opd_site_seconds_since_last_post", site="dinkes") == 2 * DAY + 60
    )
    assert value(read(exposition, states, now=AT - 9 * DAY), "opd_site_seconds_since_last_post", site="dinkes") == 0


def test_a_date_no_longer_credible_is_no_age(exposition):
    """When a site has shown no credible date for a week, the last known one is history and not a metric."""
    state = make_state("dinkes", Status.UNDATED)
    state = replace(state, publishing=replace(state.publishing, dated=False))
    names = {name for name, _ in read(exposition, [state])}
    assert not names & {
        "opd_site_last_post_timestamp_seconds",
        "opd_site_seconds_since_last_post",
        "opd_site_last_post_info",
    }


def test_maintenance_follows_the_clock(exposition):
    """Inside a window 1, outside 0, without any new state."""
    states = one_of_each()[:2]
    assert value(read(exposition, states, now=AT), "opd_site_maintenance", site="dinkes") == 1
    assert value(read(exposition, states, now=AT + 7_200), "opd_site_maintenance", site="dinkes") == 0
    assert value(read(exposition, states, now=AT), "opd_site_maintenance", site="distan") == 0


def test_changes_show_and_removed_sites_vanish(exposition):
    """The page always equals one rendered from nothing: no line of an older state or a removed site stays."""
    states = one_of_each()
    rounds = [
        states,
        [replace(states[0], last_probe_at=AT, freshness_limit=5.0, publishing=Publishing()), *states[1:]],
        [replace(states[0], status=Status.DOWN, reason=Reason.EMPTY, readable=False), *states[1:]],
        states[2:],
        [replace(states[3], status=Status.DOWN, reason=Reason.EMPTY, readable=False), *states[4:]],
        [states[0], replace(states[3], tls=None, uptime=MappingProxyType({}), publishing=Publishing())],
        [make_state("dinkes", tls=make_tls(legacy=True)), *reversed(states[1:])],
    ]
    for fleet in rounds:
        fresh = Exposition(ExporterMetrics())
        kept, expected = (_site_lines(renderer, fleet) for renderer in (exposition, fresh))
        assert kept == expected


def _site_lines(exposition, states):
    page = exposition.render(make_snapshot(states))[0].decode()
    return [line for line in page.splitlines() if line.startswith(("opd_site_", "opd_fleet_", "# HELP opd_site"))]


HOSTILE = 'Slot "gacor"\\\n\x00\u202e' + "<b>" * 100_000


def test_hostile_text_is_bounded_and_escaped(exposition):
    """Whatever a page sends becomes at most 80 printable characters in one label."""
    state = make_state(
        "bpbd",
        Status.COMPROMISED,
        reason=Reason.GAMBLING_LINKS,
        evidence=(
            Evidence('ti"tle}\n', HOSTILE),
            Evidence("title", "same"),
            Evidence("title", "same"),
            *[Evidence("link", f"n{index}") for index in range(50)],
        ),
    )
    samples = read(exposition, [state])
    texts = [dict(labels) for name, labels in samples if name == "opd_site_evidence_info"]
    assert len(texts) == 3
    assert all(len(labels["text"]) <= 80 and labels["text"].isprintable() for labels in texts)
    first = next(labels for labels in texts if labels["text"].startswith("Slot"))
    assert first["text"].startswith('Slot "gacor"\\ ')
    assert first["kind"] == "ti_tle"


def test_registry_text_is_escaped(exposition):
    """Quotes, backslashes and line breaks in a name arrive as they were written."""
    samples = read(exposition, [make_state(site=make_site("a", name='Dinas "A\\B"\nC', opd="Ä" * 5_000))])
    labels = next(dict(labels) for name, labels in samples if name == "opd_site_info")
    assert labels["name"] == 'Dinas "A\\B" C'
    assert labels["opd"] == "Ä" * 200


def test_unchanged_states_are_not_rendered_again(exposition, monkeypatch):
    """A second scrape of the same states renders no site: that is what makes ten thousand of them cheap."""
    states = one_of_each()
    exposition.render(make_snapshot(states))
    touched = []
    update = type(exposition._rows).update
    monkeypatch.setattr(
        type(exposition._rows),
        "update",
        lambda rows, index, state: touched.append(state.site.id) or update(rows, index, state),
    )
    exposition.render(make_snapshot(states))
    assert touched == []
    exposition.render(make_snapshot([replace(states[0], last_probe_at=AT), *states[1:]]))
    assert touched == ["dinkes"]


def test_the_page_comes_in_pieces(exposition):
    """The pieces joined are the page: a server may let probes run between them."""
    snapshot = make_snapshot(one_of_each())
    content_type, pieces = exposition.steps(snapshot)
    pieces = list(pieces)
    assert len(pieces) > 30
    assert content_type == exposition.render(snapshot)[1]


def test_exporter_values():
    """Before the first reading of the registry nothing is said about it; probes are timed, however they end."""
    exporter = ExporterMetrics()
    samples = read(Exposition(exporter), [])
    assert value(samples, "opd_exporter_config_last_reload_successful") is None
    exporter.reloaded(ok=True, at=AT)
    exporter.reloaded(ok=False, at=AT + 5)
    exporter.observe_lag(-1.0)
    exporter.set_running(1)
    samples = read(Exposition(exporter), [])
    assert value(samples, "opd_exporter_config_last_reload_successful") == 0
    assert value(samples, "opd_exporter_config_last_reload_success_timestamp_seconds") == AT
    assert value(samples, "opd_exporter_probes_in_flight") == 1
    assert value(samples, "opd_exporter_schedule_lag_seconds_sum") == 0
    with pytest.raises(RuntimeError), exporter.timing_probe():
        raise RuntimeError
    samples = read(Exposition(exporter), [])
    assert value(samples, "opd_exporter_probe_duration_seconds_count") == 1


def test_store_trouble_is_shown():
    """A disk that refuses shows at the next scrape; without a store nothing is said about one."""
    health = [StoreHealth()]
    exposition = Exposition(ExporterMetrics(lambda: health[0]))
    samples = read(exposition, [])
    assert value(samples, "opd_exporter_store_failing") == 0
    assert value(samples, "opd_exporter_store_last_commit_timestamp_seconds") is None
    health[0] = StoreHealth(failing=True, degraded=True, last_commit_at=AT, dropped=7)
    samples = read(exposition, [])
    assert value(samples, "opd_exporter_store_failing") == 1
    assert value(samples, "opd_exporter_store_degraded") == 1
    assert value(samples, "opd_exporter_store_last_commit_timestamp_seconds") == AT
    assert value(samples, "opd_exporter_store_dropped_total") == 7
    names = {name for name, _ in read(Exposition(ExporterMetrics()), [])}
    assert not [name for name in names if "store" in name]


def test_network_down_is_shown(exposition):
    """The monitor says itself when its own network is gone."""
    page = exposition.render(make_snapshot([], network_up=False))[0]
    assert b"\nopd_exporter_network_up 0\n" in page
