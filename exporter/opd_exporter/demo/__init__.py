"""An imitation fleet on loopback: real HTTP and HTTPS sites of invented departments, each with its own behaviour."""

from opd_exporter.demo.control import ACTIONS, send_control
from opd_exporter.demo.fleet import DemoSite, Fleet
from opd_exporter.demo.scenarios import SCENARIOS, SiteSpec
from opd_exporter.demo.troubles import TROUBLES

__all__ = ["ACTIONS", "SCENARIOS", "TROUBLES", "DemoSite", "Fleet", "SiteSpec", "send_control"]
