"""A snapshot of the fleet as a Prometheus page: text or OpenMetrics, quick at ten thousand sites."""

from opd_exporter.metrics.exporter import ExporterMetrics
from opd_exporter.metrics.exposition import Exposition
from opd_exporter.metrics.probe_page import render_probe

__all__ = ["ExporterMetrics", "Exposition", "render_probe"]
