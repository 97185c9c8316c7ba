"""What the exporter measures of itself, on a registry of its own."""

from __future__ import annotations

import platform
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from opd_exporter import __version__, clock
from opd_exporter.catalog import CATALOG
from opd_exporter.registry import WHOLE, Shard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.metrics_core import Metric

    from opd_exporter.store import StoreHealth

LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
DURATION_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0)


class ExporterMetrics:
    """Counts kept by the running program; one object per exporter, nothing global, so that each test has its own.

    The schedule calls ``observe_lag`` and ``set_running``, the pipeline ``observe_probe`` (or ``timing_probe``) and the
    application ``reloaded``.

    Args:
        store_health: Asked at each scrape whether the store can write; ``None`` where there is no store.
        shard: Which part of the registry this exporter looks at.
    """

    def __init__(self, store_health: Callable[[], StoreHealth] | None = None, *, shard: Shard = WHOLE) -> None:
        self._store_health = store_health
        self._shard = shard
        self.registry = CollectorRegistry(auto_describe=False)
        self._running = 0
        self._reload_ok: bool | None = None
        self._reloaded_at: float | None = None
        self._lag = Histogram(
            "opd_exporter_schedule_lag_seconds",
            CATALOG["opd_exporter_schedule_lag_seconds"].help,
            buckets=LAG_BUCKETS,
            registry=None,
        )
        self._duration = Histogram(
            "opd_exporter_probe_duration_seconds",
            CATALOG["opd_exporter_probe_duration_seconds"].help,
            buckets=DURATION_BUCKETS,
            registry=None,
        )
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def observe_lag(self, seconds: float) -> None:
        """A probe began ``seconds`` after the moment that was planned for it."""
        self._lag.observe(max(0.0, seconds))

    def set_running(self, count: int) -> None:
        """``count`` probes are running now."""
        self._running = count

    def observe_probe(self, seconds: float) -> None:
        """A probe, from its start to the new state of the site, took ``seconds``."""
        self._duration.observe(seconds)

    @contextmanager
    def timing_probe(self) -> Iterator[None]:
        """Around one probe: times it, however it ends."""
        started = clock.monotonic()
        try:
            yield
        finally:
            self.observe_probe(clock.monotonic() - started)

    def reloaded(self, *, ok: bool, at: float) -> None:
        """The registry was read at ``at`` (Unix seconds), with success or not."""
        self._reload_ok = ok
        if ok:
            self._reloaded_at = at

    def collect(self) -> Iterator[Metric]:
        """The gauges that are plain values of this object; one that is not known yet has no sample."""
        build = GaugeMetricFamily(
            "opd_exporter_build_info", CATALOG["opd_exporter_build_info"].help, labels=["version", "python"]
        )
        build.add_metric([__version__, platform.python_version()], 1)
        yield build
        part = GaugeMetricFamily(
            "opd_exporter_shard_info", CATALOG["opd_exporter_shard_info"].help, labels=["shard", "shards"]
        )
        part.add_metric([str(self._shard.index), str(self._shard.count)], 1)
        yield part
        yield _gauge("opd_exporter_shards", self._shard.count)
        yield _gauge("opd_exporter_probes_in_flight", self._running)
        if self._reload_ok is not None:
            yield _gauge("opd_exporter_config_last_reload_successful", int(self._reload_ok))
        if self._reloaded_at is not None:
            yield _gauge("opd_exporter_config_last_reload_success_timestamp_seconds", self._reloaded_at)
        if self._store_health is not None:
            health = self._store_health()
            yield _gauge("opd_exporter_store_failing", int(health.failing))
            yield _gauge("opd_exporter_store_degraded", int(health.degraded))
            if health.last_commit_at is not None:
                yield _gauge("opd_exporter_store_last_commit_timestamp_seconds", health.last_commit_at)
            dropped = CATALOG["opd_exporter_store_dropped_total"]
            yield CounterMetricFamily(dropped.family, dropped.help, value=health.dropped)
        for histogram in (self._lag, self._duration):
            for family in histogram.collect():
                # A creation time per histogram tells nothing and would be a metric outside the catalogue.
                family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
                yield family


def _gauge(name: str, value: float) -> Metric:
    return GaugeMetricFamily(name, CATALOG[name].help, value=value)
