"""One round of one site: probe, verdict, content, status; what is learned goes to the fleet and to the store."""

from opd_exporter.pipeline.network import NetworkWatch
from opd_exporter.pipeline.pipeline import Pipeline

__all__ = ["NetworkWatch", "Pipeline"]
