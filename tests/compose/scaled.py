"""Two shards, Prometheus with scale.yml and VictoriaMetrics behind the boards, as docs/scaling.md has them."""

from __future__ import annotations

import json
import shutil
import urllib.parse
from typing import TYPE_CHECKING

import yaml
from engine import REPOSITORY

from stack import Stack, free_port, quick_health, start

if TYPE_CHECKING:
    from engine import Engine

SHARDS = 2
SITES = 3


def scaled(engine: Engine) -> None:
    """The profile `scale` with the settings of .env.scale on three websites."""
    settings = dict(
        line.split("=", 1)
        for line in (REPOSITORY / ".env.scale").read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    second = {"OPD_EXPORTER_SECOND_PORT": str(free_port())}
    more = quick_health()
    more["services"]["victoria-metrics"] = {"healthcheck": {"interval": "2s"}}
    added = yaml.safe_load((REPOSITORY / "tests/compose/websites.yml").read_text(encoding="utf-8"))
    more["services"] |= added.pop("services")
    stack = Stack(
        engine,
        "scale",
        ".env.example",
        {
            "COMPOSE_PROJECT_NAME": "opd-scale",
            "OPD_SMTP_HOST": "localhost",
            "OPD_VERSION": "scale",
            **settings,
            **second,
        },
        more | added,
    )
    (stack.folder / "config").mkdir()
    shutil.copy2(REPOSITORY / "tests/compose/sites.yml", stack.folder / "config/sites.yml")
    try:
        stack.compose("build", "exporter")
        start(stack)
        for service in ("exporter-2", "victoria-metrics"):
            facts = json.loads(engine.docker("inspect", stack.compose("ps", "--quiet", service).strip()))[0]
            stack.check(f"{service} has a read-only root", facts["HostConfig"]["ReadonlyRootfs"])
            bound = {port["HostIp"] for ports in facts["NetworkSettings"]["Ports"].values() for port in ports or []}
            expected = {"127.0.0.1"} if service == "exporter-2" else set()
            stack.check(f"{service} is published as it should be", bound == expected, bound)
        stack.wait(
            "VictoriaMetrics has all three sites",
            lambda: _remembered(stack, "sum(opd_fleet_sites{status='active'})") == SITES,
            120,
        )
        parts = _remembered(stack, "count(count by (shard) (opd_fleet_sites))")
        stack.check("they come from two shards", parts == SHARDS, parts)
        stack.check("Grafana's stand-in asked VictoriaMetrics", "are in order" in stack.compose("logs", "grafana"))
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


def _remembered(stack: Stack, expr: str) -> float | None:
    """The value that VictoriaMetrics gives, asked from inside the network."""
    url = "http://victoria-metrics:8428/api/v1/query?" + urllib.parse.urlencode({"query": expr})
    answer = json.loads(stack.compose("exec", "-T", "grafana", "wget", "-q", "-O", "-", url))
    rows = answer["data"]["result"]
    return float(rows[0]["value"][1]) if rows else None
