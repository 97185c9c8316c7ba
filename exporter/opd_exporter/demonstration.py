"""``opd-exporter demo``: the imitation fleet and the real exporter on it, in one process, with nothing kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opd_exporter.app import Settings, serve
from opd_exporter.demo import Fleet


if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.app import Exporter
    from opd_exporter.web import WebServer

CONTROL_PORT = 19716
PROBE_INTERVALS: Mapping[str, str] = {"probe_interval": "15s", "confirm_after": "3s", "content_interval": "60s"}
"""Shorter than in earnest, so that a newcomer sees a change while looking."""

INTRODUCTION = """
The demo fleet is up: {sites} imitation sites on this machine (scenario {scenario}), {active} meant to be active.

  Fleet page   {url}/
  Metrics      {url}/metrics   (look for opd_fleet_sites)
  Report       {url}/report

Within half a minute every site has been looked at. Then break something and watch the page:

  {program} demo-control {site} fail      the site answers with an error
  {program} demo-control {site} hack      gambling links are injected
  {program} demo-control {site} recover
  {program} demo-control                  every site with its address

Ctrl-C ends it; nothing is kept.
"""


async def demonstrate(*, scenario: str, listen_address: str, program: str = "opd-exporter") -> None:
    """Run until SIGINT or SIGTERM.

    Args:
        scenario: A name of ``demo.SCENARIOS``.
        listen_address: Where the exporter's pages are.
        program: How the reader calls the command line.

    Raises:
        OSError: The address is taken.
    """
    with tempfile.TemporaryDirectory(prefix="opd-demo-") as folder:
        config_file = Path(folder) / "sites.yml"
        async with Fleet(scenario, control_port=CONTROL_PORT) as fleet:
            config_file.write_text(fleet.registry_text(**PROBE_INTERVALS), encoding="utf-8")

            def introduce(exporter: Exporter, server: WebServer) -> None:
                port = fleet.control_address.rsplit(":", 1)[1]
                address = "" if port == str(CONTROL_PORT) else f" --address {fleet.control_address}"
                expected = fleet.expected()
                text = INTRODUCTION.format(
                    sites=len(exporter.registry.sites),
                    scenario=scenario,
                    active=sum(1 for status, _reason in expected.values() if status == "active"),
                    url=server.url,
                    program=program + address,
                    site=next(site for site, (status, _reason) in expected.items() if status == "active"),
                )
                click.echo(text)

            settings = Settings(
                config_file, Path(folder) / "demo.db", listen_address=listen_address, enable_lifecycle=True
            )
            await serve(settings, on_start=introduce)
