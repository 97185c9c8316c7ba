"""The past of the demo fleet as OpenMetrics text with timestamps, under the exporter's metric names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.demo.past import STATUSES, Labels, Past, Value
from opd_exporter.demo.posts import draw
from opd_exporter.demo.site_series import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TextIO

    from opd_exporter.demo.timeline import Timeline

_LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_DURATION_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)
Rows = list[tuple[str, Labels, list[Value]]]


def write_chunk(
    file: TextIO,
    timelines: Sequence[Timeline],
    urls: Mapping[str, str | None],
    times: Sequence[float],
    labels: Mapping[str, str],
) -> None:
    """Write every family of every site at ``times`` (Unix seconds, ascending); ``labels`` go on every series."""
    stamps = [f" {moment:.0f}\n" for moment in times]
    pasts = [
        Past(timeline, urls.get(timeline.spec.id), times, [timeline.segment_at(moment) for moment in times])
        for timeline in timelines
    ]
    for family in FAMILIES:
        file.write(f"# TYPE {family.name} {family.type}\n")
        for past in pasts:
            for own, values in family.series(past):
                site = {"site": past.timeline.spec.id, **own, **labels}
                _write_series(file, family.name + family.suffix, site, values, stamps)
    for name, kind, rows in _fleet_families(pasts, times):
        file.write(f"# TYPE {name} {kind}\n")
        for sample, own, values in rows:
            _write_series(file, sample, {**own, **labels}, values, stamps)
    file.write("# EOF\n")


def _write_series(
    file: TextIO, name: str, labels: Mapping[str, str], values: Sequence[Value], stamps: Sequence[str]
) -> None:
    written = ",".join(f'{key}="{_escape(value)}"' for key, value in labels.items())
    head = f"{name}{{{written}}} "
    file.writelines(
        f"{head}{value:.10g}{stamp}" for value, stamp in zip(values, stamps, strict=True) if value is not None
    )


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _fleet_families(pasts: Sequence[Past], times: Sequence[float]) -> Iterator[tuple[str, str, Rows]]:
    def gauge(name: str, values: Iterable[Value], **labels: str) -> tuple[str, str, Rows]:
        return name, "gauge", [(name, labels, list(values))]

    def constant(name: str, value: float, **labels: str) -> tuple[str, str, Rows]:
        return gauge(name, [value] * len(times), **labels)

    begin = pasts[0].timeline.begin if pasts else times[0]
    probed = sum(past.timeline.probed for past in pasts)
    counts = {
        status: [sum(past.segments[place].status == status for past in pasts) for place in range(len(times))]
        for status in STATUSES
    }
    for name in ("opd_fleet_sites", "job_status:opd_fleet_sites:sum"):
        yield name, "gauge", [(name, {"status": status}, list(values)) for status, values in counts.items()]
    yield constant("job:opd_sites:addressed", probed)
    yield constant("job:opd_sites_down:outage_threshold", max(5.0, probed / 4))
    yield constant("opd_exporter_network_up", 1)
    yield constant("opd_exporter_build_info", 1, version="demo", python="3.11")
    yield constant("opd_exporter_shard_info", 1, shard="1", shards="1")
    yield constant("opd_exporter_shards", 1)
    yield constant("opd_exporter_config_last_reload_successful", 1)
    yield constant("opd_exporter_config_last_reload_success_timestamp_seconds", begin)
    yield constant("opd_exporter_store_failing", 0)
    yield constant("opd_exporter_store_degraded", 0)
    yield gauge("opd_exporter_store_last_commit_timestamp_seconds", (moment - 1 for moment in times))
    yield "opd_exporter_store_dropped", "counter", [("opd_exporter_store_dropped_total", {}, [0] * len(times))]
    yield gauge("opd_exporter_probes_in_flight", (draw("flight", moment) % 4 for moment in times))
    yield _histogram("opd_exporter_schedule_lag_seconds", _LAG_BUCKETS, 0.004, probed, begin, times)
    yield _histogram("opd_exporter_probe_duration_seconds", _DURATION_BUCKETS, 0.35, probed, begin, times)
    yield (
        "process_cpu_seconds",
        "counter",
        [("process_cpu_seconds_total", {}, [round((moment - begin) * 0.011, 2) for moment in times])],
    )
    memory = [84e6 + draw("memory", moment // 3600) % 6_000_000 for moment in times]
    yield gauge("process_resident_memory_bytes", memory)
    yield gauge("process_virtual_memory_bytes", [value * 4 for value in memory])
    yield constant("process_start_time_seconds", begin)
    yield gauge("process_open_fds", (40 + draw("fds", moment // 900) % 12 for moment in times))
    yield constant("process_max_fds", 1_048_576)
    yield constant("python_info", 1, implementation="CPython", major="3", minor="11", patchlevel="9", version="3.11.9")
    yield constant("up", 1)
    yield gauge("scrape_duration_seconds", (0.012 + draw("scrape", moment) % 9 / 1000 for moment in times))
    yield constant("scrape_samples_scraped", 45 * len(pasts))


def _histogram(
    name: str, buckets: Sequence[float], typical: float, sites: int, begin: float, times: Sequence[float]
) -> tuple[str, str, Rows]:
    """Cumulative counts of one probe per site and minute, spread around ``typical`` seconds."""
    totals = [max(0, int((moment - begin) / 60)) * sites for moment in times]
    rows: Rows = []
    for bound in buckets:
        share = bound**2 / (bound**2 + typical**2)
        rows.append((f"{name}_bucket", {"le": f"{bound:.10g}"}, [int(total * share) for total in totals]))
    rows.append((f"{name}_bucket", {"le": "+Inf"}, list(totals)))
    rows.append((f"{name}_sum", {}, [round(total * typical * 1.3, 3) for total in totals]))
    rows.append((f"{name}_count", {}, list(totals)))
    return name, "histogram", rows
