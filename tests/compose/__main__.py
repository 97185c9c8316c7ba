"""``make test-compose``: the shipped compose file really started, on a Docker engine of its own.

Three installations beside one another: the live one (three websites, one breaks, the mail arrives; down and up, then
backup, loss and restore keep all state), the demo as .env.demo has it, and two shards with VictoriaMetrics (scaled.py).
The lines of docs/operations.md are run as they stand there. What stands in for the published images is in
standins/README.md. Durations of the live alerts are divided by ``FACTOR`` (support/scaling.py);
tests/stack/test_unscaled.py runs them as shipped.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import yaml
from engine import REPOSITORY, Engine, build_standins, fetch_compose, say
from scaled import scaled

from stack import HARDENED, Stack, documented, fields, quick_health, start
from support.scaling import prometheus_config, scale, scale_alertmanager, write_rules

if TYPE_CHECKING:
    from collections.abc import Callable

FACTOR = 8.0
QUIET_SECONDS = 60
"""Longer than the `for` of an outage and the intervals of a group, divided by ``FACTOR``."""
LIVE = {
    "COMPOSE_PROFILES": "mail",
    "OPD_SMTP_HOST": "mail",
    "OPD_SMTP_PORT": "1025",
    "OPD_SMTP_REQUIRE_TLS": "false",
    "OPD_SMTP_USERNAME": "",
    "OPD_EXPORTER_URL": "https://monitor.example.go.id",
    "OPD_GRAFANA_URL": "https://dinding.example.go.id",
}
DEMO = {"OPD_DEMO_DAYS": "2", "OPD_CONFIG_DIR": "./config", "OPD_SECRETS_DIR": "./secrets"}


def live(engine: Engine) -> None:
    """The monitor on real websites."""
    more = quick_health()
    added = yaml.safe_load((REPOSITORY / "tests/compose/websites.yml").read_text(encoding="utf-8"))
    flags = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    command = flags["services"]["prometheus"]["command"]
    grace = "--rules.alert.for-grace-period="
    more["services"]["prometheus"]["command"] = [
        *(flag for flag in command if not flag.startswith(grace)),
        f"{grace}{scale('1m', FACTOR)}",
        f"--rules.alert.resend-delay={scale('1m', FACTOR)}",
        f"--query.lookback-delta={scale('5m', FACTOR)}",
    ]
    more["services"] |= added.pop("services")
    stack = Stack(engine, "live", ".env.example", LIVE, more | added)
    shutil.rmtree(stack.backups, ignore_errors=True)
    (stack.folder / "config").mkdir()
    shutil.copy2(REPOSITORY / "tests/compose/sites.yml", stack.folder / "config/sites.yml")
    divide_durations(stack.folder / "prometheus")
    try:
        stack.say("building the exporter from the shipped Dockerfile")
        stack.compose("build", "exporter")
        size = int(engine.docker("image", "inspect", "--format={{.Size}}", "opd-exporter:latest"))
        base = int(engine.docker("image", "inspect", "--format={{.Size}}", "python:3.11.14-slim"))
        stack.say(f"the exporter adds {(size - base) / 1e6:.0f} MB to its base")
        start(stack)
        hardening(stack)
        behaviour(stack)
        survival(stack)
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


def divide_durations(folder: Path) -> None:
    """Rules and intervals of an installation, so that an outage is mailed within a minute."""
    write_rules(folder / "rules", FACTOR)
    targets = {"opd-exporter": "exporter:19715", "prometheus": "localhost:9090", "alertmanager": "alertmanager:9093"}
    (folder / "prometheus.yml").write_text(prometheus_config(FACTOR, targets), encoding="utf-8")
    config = folder / "alertmanager/alertmanager.yml"
    config.write_text(scale_alertmanager(config.read_text(encoding="utf-8"), FACTOR), encoding="utf-8")


def hardening(stack: Stack) -> None:
    """What the containers may not do."""
    for service in HARDENED:
        container = stack.compose("ps", "--quiet", service).strip()
        facts = json.loads(stack.engine.docker("inspect", container))[0]
        host, user = facts["HostConfig"], facts["Config"]["User"]
        safe = host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and host["Memory"] > 0
        stack.check(f"{service} has a read-only root, no capabilities and a memory limit", safe, host["CapDrop"])
        stack.check(f"{service} does not run as root", user not in {"", "0", "root"}, user)
        bound = {port["HostIp"] for ports in facts["NetworkSettings"]["Ports"].values() for port in ports or []}
        stack.check(f"{service} is published on loopback only", bound == {"127.0.0.1"}, bound)


def behaviour(stack: Stack) -> None:
    """The main job: a site breaks, and a mail names it."""
    page = stack.wait("three sites are active", lambda: _metrics_with(stack, 3), 60)
    stack.check("no site is down", fields(page, "opd_fleet_sites", status="down") == [0.0])
    stack.wait("Prometheus has them", lambda: stack.value('opd_fleet_sites{status="active"}') == 3, 60)
    stack.check("Grafana's stand-in found everything in order", "are in order" in stack.compose("logs", "grafana"))
    stack.check("the image serves the runbooks", "OPDSiteDown" in stack.get("EXPORTER", "/runbooks/OPDSiteDown"))
    _switch(stack, "break", "bpbd.test")
    stack.wait("the exporter says down", lambda: _status(stack, "bpbd") == "down", 60)
    mail = stack.wait("the mail about BPBD is there", lambda: _mail(stack, "BPBD", "GANGGUAN"), 180)
    linked = "https://monitor.example.go.id" in mail["HTML"] + mail["Text"]
    stack.check("the mail links to the monitor's own address", linked)
    others = [name for name in ("Dinkes", "Dishub") if name in mail["Subject"]]
    stack.check("the mail names no other site in its subject", not others, mail["Subject"])


def survival(stack: Stack) -> None:
    """Down and up, then backup, loss and restore: nothing is forgotten or mailed twice, and the recovery is mailed."""
    before = remembered(stack)
    stack.compose("down", "--timeout", "20")
    start(stack)
    compare(stack, "down and up", before)
    stop, hot_copy = documented("Back up and restore")[:2]
    stack.shell(hot_copy)
    with contextlib.closing(sqlite3.connect(stack.folder / "backup.db")) as copy:
        whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stack.check("a copy of the running store is whole", whole)
    stack.shell(stop)
    kept = sorted(path.name for path in stack.backups.iterdir())
    stack.check("the backup has four files", len(kept) == 4, kept)
    lose(stack)
    restore = documented("Back up and restore")[2]
    stack.shell(restore.replace("day=2026-11-25", f"day={time.strftime('%Y-%m-%d')}"))
    compare(stack, "backup, loss and restore", before)
    # The mail catcher keeps nothing over a restart: whatever is in it now was sent after it. Alertmanager's memory must
    # hold back a second mail about the same outage.
    quiet = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < quiet:
        again = [mail["Subject"] for mail in stack.mails() if "PULIH" in mail["Subject"] or "BPBD" in mail["Subject"]]
        if again:
            raise SystemExit(f"compose-test: mailed again after the restore: {again}")
        time.sleep(5)
    stack.say("ok: nothing was mailed again")
    stack.check("BPBD is down through all of it", _status(stack, "bpbd") == "down")
    _switch(stack, "mend", "bpbd.test")
    stack.wait("BPBD is back", lambda: _status(stack, "bpbd") == "active", 120)
    stack.wait("the mail about the recovery is there", lambda: _mail(stack, "BPBD", "PULIH"), 240)


def remembered(stack: Stack) -> dict[str, Any]:
    """What must not be lost: since when BPBD is down, the newest post of Dinkes, and Prometheus's first measurement."""
    page = stack.wait("the exporter answers", lambda: stack.get("EXPORTER", "/metrics"), 60)
    return {
        "status": _status(stack, "bpbd"),
        "since": fields(page, "opd_site_status_since_timestamp_seconds", site="bpbd"),
        "post": fields(page, "opd_site_last_post_timestamp_seconds", site="dinkes"),
        "first": stack.value("min_over_time(timestamp(opd_exporter_network_up)[1h:2s])"),
        "password": (stack.folder / "secrets/grafana/grafana_admin_password").read_text(encoding="utf-8"),
    }


def compare(stack: Stack, after: str, before: dict[str, Any]) -> None:
    """Whether ``remembered`` says the same as ``before``."""
    # The first measurement is asked for in steps of two seconds.
    now = stack.wait("Prometheus answers", lambda: _if_whole(remembered(stack)), 60)
    stack.check(
        f"{after} keep the status, its beginning, the newest post and the password",
        all(before[key] and before[key] == now[key] for key in ("status", "since", "post", "password")),
        (before, now),
    )
    first = before["first"] and abs(before["first"] - now["first"]) < 5
    stack.check(f"{after} keep Prometheus's measurements", first, (before["first"], now["first"]))


def _if_whole(facts: dict[str, Any]) -> dict[str, Any] | None:
    return facts if all(facts.values()) else None


def lose(stack: Stack) -> None:
    """The machine is gone: volumes, settings, lists and passwords. The websites stay as they are."""
    stack.compose("down", "--timeout", "20")
    for name in ("exporter-data", "prometheus-data", "alertmanager-data", "grafana-data"):
        stack.engine.docker("volume", "rm", f"opd-exporter_{name}")
    (stack.folder / ".env").unlink()
    for name in ("config", "secrets"):
        shutil.rmtree(stack.folder / name)


def demo(engine: Engine) -> None:
    """The demo, as shipped in .env.demo, with two days of past."""
    stack = Stack(engine, "demo", ".env.demo", DEMO, quick_health())
    try:
        stack.say("building the demo's image")
        stack.compose("build", "exporter")
        start(stack)
        stack.wait("23 of 31 sites are active", lambda: stack.value('opd_fleet_sites{status="active"}') == 23, 120)
        stack.check("setup made a registry and a password", (stack.folder / "config/sites.yml").exists())
        past = stack.query("count(opd_site_info)", at=time.time() - 86_400)
        stack.check("yesterday is there", past and past[0]["value"][1] == "31", past)
        stack.say(stack.compose("logs", "--no-log-prefix", "--no-color", "history").strip())
        site = stack.compose("exec", "-T", "exporter", "opd-exporter", "demo-control", "dinkes", "fail")
        stack.say(f"demo-control says {site.strip()!r}")
        stack.wait("dinkes is down", lambda: _status(stack, "dinkes") == "down", 90)
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


def _metrics_with(stack: Stack, active: int) -> str:
    page = stack.get("EXPORTER", "/metrics")
    return page if fields(page, "opd_fleet_sites", status="active") == [active] else ""


def _status(stack: Stack, site: str) -> str:
    return str(stack.json("EXPORTER", f"/api/v1/sites/{site}")["status"])


def _mail(stack: Stack, *words: str) -> dict[str, str] | None:
    return next((mail for mail in stack.mails() if all(word in mail["Subject"] for word in words)), None)


def _switch(stack: Stack, action: str, host: str) -> None:
    script = f"import urllib.request as r; r.urlopen('http://127.0.0.1/~{action}?site={host}', timeout=5)"
    stack.compose("exec", "-T", "websites", "python3", "-c", script)


def main(arguments: list[str]) -> int:
    """Run the installations named, or all, beside one another: each mostly waits."""
    parts: dict[str, Callable[[Engine], None]] = {"live": live, "demo": demo, "scale": scaled}
    chosen = arguments or list(parts)
    begin = time.monotonic()
    with Engine() as engine:
        fetch_compose()
        say(engine.docker("version", "--format", "engine {{.Server.Version}}").strip())
        build_standins(engine)
        say(f"the stand-ins are there after {time.monotonic() - begin:.0f} s")
        with ThreadPoolExecutor(len(chosen)) as pool:
            running = [pool.submit(parts[name], engine) for name in chosen]
            for future in running:
                future.result()
    say(f"all of it holds ({time.monotonic() - begin:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
