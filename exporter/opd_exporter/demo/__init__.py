"""An imitation fleet on loopback: real HTTP and HTTPS sites of invented departments, each with its own behaviour."""

from opd_exporter.demo.control import ACTIONS, send_control
from opd_exporter.demo.fleet import DemoSite, Fleet
from opd_exporter.demo.scenarios import BASE_PORT, SCENARIOS, SiteSpec
from opd_exporter.demo.troubles import TROUBLES

__all__ = ["ACTIONS", "BASE_PORT", "SCENARIOS", "TROUBLES", "DemoSite", "Fleet", "SiteSpec", "send_control"]
