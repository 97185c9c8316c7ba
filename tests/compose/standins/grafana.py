"""Stands in for Grafana: looks at everything the compose file gives it, says what is wrong, and answers /api/health.

Exits with the list of faults, so that a wrong mount or key stops `docker compose up --wait` as it should.
"""

from __future__ import annotations

import http.server
import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

PROVISIONING = Path("/etc/grafana/provisioning")
BOARDS = ("opd-wall", "opd-fleet", "opd-site", "opd-evaluation", "opd-exporter")


def check() -> list[str]:
    """Everything that Grafana would trip over and this stub can see."""
    faults = []
    password_file = Path(os.environ.get("GF_SECURITY_ADMIN_PASSWORD__FILE", "/nowhere"))
    if not password_file.is_file() or len(password_file.read_text().strip()) < 12:
        faults.append(f"no password in {password_file}")
    if os.environ.get("GF_AUTH_ANONYMOUS_ORG_ROLE") != "Viewer":
        faults.append("anonymous visitors are not Viewers")
    for flag in ("GF_ANALYTICS_REPORTING_ENABLED", "GF_ANALYTICS_CHECK_FOR_UPDATES"):
        if os.environ.get(flag) != "false":
            faults.append(f"{flag} is not false")
    source = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())["datasources"][0]
    if source["uid"] != "prometheus":
        faults.append("the data source has another uid")
    try:
        query = source["url"] + "/api/v1/query?" + urllib.parse.urlencode({"query": "up"})
        with urllib.request.urlopen(query, timeout=10) as answer:
            if json.load(answer)["status"] != "success":
                faults.append("the data source refuses a query")
    except OSError as error:
        faults.append(f"the data source does not answer: {error}")
    provider = yaml.safe_load((PROVISIONING / "dashboards/opd.yml").read_text())["providers"][0]
    folder = Path(provider["options"]["path"])
    found = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    if set(found) != set(BOARDS):
        faults.append(f"dashboards found: {sorted(found)}")
    faults += [f"{name} has uid {board['uid']}" for name, board in found.items() if board["uid"] != name]
    if not Path(os.environ.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "/nowhere")).is_file():
        faults.append("no home dashboard")
    url = os.environ["OPD_EXPORTER_URL"]
    if not any(url in json.dumps(board) for board in found.values()):
        faults.append(f"no board links to {url}")
    try:
        Path("/var/lib/grafana/grafana.db").touch()
    except OSError as error:
        faults.append(f"its volume cannot be written: {error}")
    try:
        Path("/usr/share/forbidden").touch()
        faults.append("the file system can be written")
    except OSError:
        pass
    return faults


class Health(http.server.BaseHTTPRequestHandler):
    """GET /api/health."""

    def do_GET(self) -> None:
        """Answer what the health check asks for."""
        body = b'{"database": "ok"}'
        self.send_response(200 if self.path == "/api/health" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


faults = check()
if faults:
    sys.exit("grafana stand-in: " + "; ".join(faults))
print("grafana stand-in: mounts, environment, dashboards and data source are in order", flush=True)
http.server.ThreadingHTTPServer(("", 3000), Health).serve_forever()
