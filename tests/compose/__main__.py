"""``make test-compose``: the shipped compose file really started, on a Docker engine of its own.

Two projects, one after the other: the live one (three websites, one breaks, the mail arrives, down and up keep all
state) and the demo as .env.demo has it. What stands in for the published images is in standins/README.md.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from engine import REPOSITORY, WORK, Engine, build_standins, compose_binary, say

from stack import Stack, check, fields

HARDENED = ("exporter", "prometheus", "alertmanager", "grafana")


def live(engine: Engine, compose: Path) -> None:
    """The monitor on real websites."""
    project = "opd-test-live"
    folder = WORK / project
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "config").mkdir(parents=True)
    shutil.copy2(REPOSITORY / "tests/compose/sites.yml", folder / "config/sites.yml")
    settings = {
        "OPD_CONFIG_DIR": str(folder / "config"),
        "OPD_SECRETS_DIR": str(folder / "secrets"),
        "OPD_VERSION": "test",
        "OPD_BUILD_TARGET": "exporter",
        "COMPOSE_PROFILES": "mail",
        "OPD_SMTP_HOST": "mail",
        "OPD_SMTP_PORT": "1025",
        "OPD_SMTP_REQUIRE_TLS": "false",
        "OPD_MAIL_FROM": "Monitor Website OPD <monitor@example.go.id>",
        "OPD_MAIL_TO": "aptika@example.go.id",
        "OPD_EXPORTER_URL": "https://monitor.example.go.id",
        "OPD_GRAFANA_URL": "https://dinding.example.go.id",
    }
    stack = Stack(engine, compose, project, settings, "tests/compose/websites.yml")
    try:
        say("building the exporter from the shipped Dockerfile")
        stack.compose("build", "exporter")
        size = int(engine.docker("image", "inspect", "--format={{.Size}}", "opd-exporter:test"))
        base = int(engine.docker("image", "inspect", "--format={{.Size}}", "python:3.11.14-slim"))
        say(f"the exporter adds {(size - base) / 1e6:.0f} MB to its base")
        begin = time.monotonic()
        stack.compose("up", "--detach", "--wait", "--wait-timeout", "240")
        say(f"up and healthy after {time.monotonic() - begin:.0f} s")
        hardening(engine, project)
        behaviour(stack)
        survival(stack)
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")


def hardening(engine: Engine, project: str) -> None:
    """What the containers may not do."""
    for service in HARDENED:
        facts = json.loads(engine.docker("inspect", f"{project}-{service}-1"))[0]
        host = facts["HostConfig"]
        safe = host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and host["Memory"] > 0
        check(f"{service} has a read-only root, no capabilities and a memory limit", safe, host["CapDrop"])
        check(
            f"{service} does not run as root", facts["Config"]["User"] not in {"", "0", "root"}, facts["Config"]["User"]
        )
        bound = {port["HostIp"] for ports in facts["NetworkSettings"]["Ports"].values() for port in ports or []}
        check(f"{service} is published on loopback only", bound == {"127.0.0.1"}, bound)


def behaviour(stack: Stack) -> None:
    """The main job: a site breaks, a mail names it, it is mended, a mail says so."""
    page = stack.wait("three sites are active", lambda: _metrics_with(stack, 3), 60)
    check("no site is down", fields(page, "opd_fleet_sites", status="down") == [0.0])
    stack.wait("Prometheus has them", lambda: stack.value('opd_fleet_sites{status="active"}') == 3, 60)
    check("Grafana's stand-in found everything in order", "are in order" in stack.compose("logs", "grafana"))
    check("the image serves the runbooks", "OPDSiteDown" in stack.get("EXPORTER", "/runbooks/OPDSiteDown"))
    _switch(stack, "break", "bpbd.test")
    stack.wait("the exporter says down", lambda: _status(stack, "bpbd") == "down", 60)
    mail = stack.wait("the mail about BPBD is there", lambda: _mail(stack, "BPBD", "GANGGUAN"), 360)
    check("the mail links to the monitor's own address", "https://monitor.example.go.id" in mail["HTML"] + mail["Text"])
    others = [name for name in ("Dinkes", "Dishub") if name in mail["Subject"]]
    check("the mail names no other site in its subject", not others, mail["Subject"])


def survival(stack: Stack) -> None:
    """Down and up again: nothing is forgotten, nothing is mailed twice, the recovery is."""
    since = stack.json("EXPORTER", "/api/v1/sites/bpbd")
    before = fields(stack.get("EXPORTER", "/metrics"), "opd_site_status_since_timestamp_seconds", site="bpbd")
    posts = fields(stack.get("EXPORTER", "/metrics"), "opd_site_last_post_timestamp_seconds", site="dinkes")
    first = stack.value("min_over_time(timestamp(opd_exporter_network_up)[1h:15s])")
    hot_copy(stack)
    stack.compose("down", "--timeout", "20")
    stack.compose("up", "--detach", "--wait", "--wait-timeout", "240")
    page = stack.wait("the exporter answers again", lambda: stack.get("EXPORTER", "/metrics"), 60)
    check("BPBD is still down, since the same moment", _status(stack, "bpbd") == "down", since)
    after = fields(page, "opd_site_status_since_timestamp_seconds", site="bpbd")
    check("the moment has not moved", before and before == after, (before, after))
    check(
        "the newest post of Dinkes is known at once",
        posts and posts == fields(page, "opd_site_last_post_timestamp_seconds", site="dinkes"),
    )
    kept = stack.value("min_over_time(timestamp(opd_exporter_network_up)[1h:15s])")
    check("Prometheus kept its measurements", first and kept and abs(first - kept) < 60, (first, kept))
    # The mail catcher keeps nothing over a restart: whatever is in it now was sent after it. Alertmanager's memory must
    # hold back a second mail about the same outage; four minutes are longer than `for` and the group's intervals.
    quiet = time.monotonic() + 240
    while time.monotonic() < quiet:
        mails = [mail["Subject"] for mail in stack.mails()]
        check_silent = [subject for subject in mails if "PULIH" in subject or "BPBD" in subject]
        if check_silent:
            raise SystemExit(f"compose-test: mailed again after the restart: {check_silent}")
        time.sleep(5)
    say("ok: four minutes after the restart nothing was mailed again")
    check("BPBD is down through all of it", _status(stack, "bpbd") == "down")
    _switch(stack, "mend", "bpbd.test")
    stack.wait("BPBD is back", lambda: _status(stack, "bpbd") == "active", 120)
    stack.wait("the mail about the recovery is there", lambda: _mail(stack, "BPBD", "PULIH"), 720)


def hot_copy(stack: Stack) -> None:
    """The backup of docs/operations.md that stops nothing."""
    script = "import sqlite3; sqlite3.connect('/data/opd-exporter.db').execute('VACUUM INTO ?', ('/data/backup.db',))"
    stack.compose("exec", "-T", "exporter", "python3", "-c", script)
    stack.compose("cp", "exporter:/data/backup.db", str(stack.folder / "backup.db"))
    stack.compose("exec", "-T", "exporter", "rm", "/data/backup.db")
    with contextlib.closing(sqlite3.connect(stack.folder / "backup.db")) as copy:
        check("a copy of the running store is whole", copy.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def demo(engine: Engine, compose: Path) -> None:
    """The demo, as shipped in .env.demo, with two days of past."""
    lines = (REPOSITORY / ".env.demo").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    folder = WORK / "opd-test-demo"
    shutil.rmtree(folder, ignore_errors=True)
    settings |= {
        "OPD_CONFIG_DIR": str(folder / "config"),
        "OPD_SECRETS_DIR": str(folder / "secrets"),
        "OPD_DEMO_DAYS": "2",
    }
    stack = Stack(engine, compose, "opd-test-demo", settings)
    try:
        say("building the demo's image")
        stack.compose("build")
        begin = time.monotonic()
        stack.compose("up", "--detach", "--wait", "--wait-timeout", "400")
        say(f"the demo is up and healthy after {time.monotonic() - begin:.0f} s")
        stack.wait("23 of 31 sites are active", lambda: stack.value('opd_fleet_sites{status="active"}') == 23, 120)
        check("setup made a registry and a password", (folder / "config/sites.yml").exists())
        past = stack.query("count(opd_site_info)", at=time.time() - 86_400)
        check("yesterday is there", past and past[0]["value"][1] == "31", past)
        say(stack.compose("logs", "--no-log-prefix", "history").strip())
        site = stack.compose("exec", "-T", "exporter", "opd-exporter", "demo-control", "dinkes", "fail")
        say(f"demo-control says {site.strip()!r}")
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
    """Run the projects named, or both."""
    parts = {"live": live, "demo": demo}
    chosen = arguments or list(parts)
    with Engine() as engine:
        compose = compose_binary()
        say(engine.docker("version", "--format", "engine {{.Server.Version}}").strip())
        build_standins(engine)
        for name in chosen:
            say(f"--- {name} ---")
            parts[name](engine, compose)
    say("all of it holds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
