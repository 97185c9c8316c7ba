"""One safe GET with timings and TLS facts: the only part that touches the sites."""

from opd_exporter.probe.prober import Prober
from opd_exporter.probe.requests import DEFAULT_USER_AGENT

__all__ = ["DEFAULT_USER_AGENT", "Prober"]
