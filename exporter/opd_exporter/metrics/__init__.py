"""A snapshot of the fleet as a Prometheus page: text or OpenMetrics, quick at ten thousand sites."""

from opd_exporter.metrics.exporter import ExporterMetrics
from opd_exporter.metrics.exposition import Exposition

__all__ = ["ExporterMetrics", "Exposition"]
