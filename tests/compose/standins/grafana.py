"""Stands in for Grafana: looks at everything the compose file gives it, says what is wrong, and answers /api/health.

Exits with the list of faults, so that a wrong mount or key stops `docker compose up --wait` as it should.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVISIONING = Path("/etc/grafana/provisioning")
BOARDS = ("opd-wall", "opd-fleet", "opd-site", "opd-evaluation", "opd-exporter")


def check_environment() -> Iterator[str]:
    """Faults of the variables and the secret."""
    password = Path(os.environ.get("GF_SECURITY_ADMIN_PASSWORD__FILE", "/nowhere"))
    if not password.is_file() or len(password.read_text().strip()) < 12:
        yield f"no password in {password}"
    if os.environ.get("GF_AUTH_ANONYMOUS_ORG_ROLE") != "Viewer":
        yield "anonymous visitors are not Viewers"
    for flag in ("GF_ANALYTICS_REPORTING_ENABLED", "GF_ANALYTICS_CHECK_FOR_UPDATES"):
        if os.environ.get(flag) != "false":
            yield f"{flag} is not false"
    if not Path(os.environ.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "/nowhere")).is_file():
        yield "no home dashboard"


def check_source() -> Iterator[str]:
    """Faults of the data source."""
    source = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())["datasources"][0]
    if source["uid"] != "prometheus":
        yield "the data source has another uid"
    try:
        query = os.path.expandvars(source["url"]) + "/api/v1/query?" + urllib.parse.urlencode({"query": "up"})
        with urllib.request.urlopen(query, timeout=10) as answer:
            if json.load(answer)["status"] != "success":
                yield "the data source refuses a query"
    except OSError as error:
        yield f"the data source does not answer: {error}"


def check_boards() -> Iterator[str]:
    """Faults of the dashboards."""
    provider = yaml.safe_load((PROVISIONING / "dashboards/opd.yml").read_text())["providers"][0]
    found = {path.stem: json.loads(path.read_text()) for path in Path(provider["options"]["path"]).glob("*.json")}
    if set(found) != set(BOARDS):
        yield f"dashboards found: {sorted(found)}"
    yield from (f"{name} has uid {board['uid']}" for name, board in found.items() if board["uid"] != name)
    if not any(os.environ["OPD_EXPORTER_URL"] in json.dumps(board) for board in found.values()):
        yield "no board links to the exporter's own address"


def check_files() -> Iterator[str]:
    """Faults of what may be written."""
    try:
        Path("/var/lib/grafana/grafana.db").touch()
    except OSError as error:
        yield f"its volume cannot be written: {error}"
    with contextlib.suppress(OSError):
        Path("/usr/share/forbidden").touch()
        yield "the file system can be written"


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


faults = [*check_environment(), *check_source(), *check_boards(), *check_files()]
if faults:
    sys.exit("grafana stand-in: " + "; ".join(faults))
sys.stderr.write("grafana stand-in: mounts, environment, dashboards and data source are in order\n")
http.server.ThreadingHTTPServer(("", 3000), Health).serve_forever()
