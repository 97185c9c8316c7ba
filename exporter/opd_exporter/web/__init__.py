"""Pages, API and scrape targets over HTTP; reads snapshots and the stored history, never a running probe.

Use::

    services = Services(snapshot=..., exposition=..., history=store, reload=..., recheck=..., probe=..., report=...)
    app = build_app(services, web_config=WebConfigFile(path), enable_lifecycle=False)
    server = WebServer(app, ":19715", web_config=...)
    await server.start(); ...; await server.stop()
"""

from opd_exporter.web.app import build_app
from opd_exporter.web.config import WebConfig, WebConfigError, WebConfigFile
from opd_exporter.web.serialise import site_as_json
from opd_exporter.web.server import WebServer
from opd_exporter.web.services import History, Reports, Services

__all__ = [
    "History",
    "Reports",
    "Services",
    "WebConfig",
    "WebConfigError",
    "WebConfigFile",
    "WebServer",
    "build_app",
    "site_as_json",
]
