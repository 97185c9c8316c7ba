"""The routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from opd_exporter.web import admin, api, pages, runbooks, scrape
from opd_exporter.web.auth import Authenticator
from opd_exporter.web.config import WebConfigFile
from opd_exporter.web.keys import AUTHENTICATOR, CONFIG, ENABLE_LIFECYCLE, PUBLIC_READ, SERVICES
from opd_exporter.web.middleware import add_headers, authenticate, explain_errors
from opd_exporter.web.reports import ReportPages

if TYPE_CHECKING:
    from opd_exporter.web.services import Services

MAX_REQUEST_BYTES = 16_384
"""No route takes a body worth mentioning."""


def build_app(
    services: Services,
    *,
    web_config: WebConfigFile | None = None,
    enable_lifecycle: bool = False,
    public_read: bool = False,
) -> web.Application:
    """The application over ``services``.

    Args:
        services: Where its facts come from.
        web_config: Users, TLS and headers; ``None``: no authentication, so that sensitive fields are never shown.
        enable_lifecycle: Anyone may reload and recheck.
        public_read: With users configured, the pages and the API stay open to all; sensitive fields, metrics and acting
            need a login.
    """
    config = web_config or WebConfigFile(None)
    app = web.Application(middlewares=[add_headers, explain_errors, authenticate], client_max_size=MAX_REQUEST_BYTES)
    app[SERVICES] = services
    app[CONFIG] = config
    app[AUTHENTICATOR] = Authenticator(config)
    app[ENABLE_LIFECYCLE] = enable_lifecycle
    app[PUBLIC_READ] = public_read
    pages_of_report = ReportPages()
    app.add_routes(
        [
            web.get("/", pages.FleetPage().answer),
            web.get("/sites/{site}", pages.site),
            web.post("/sites/{site}/periksa", admin.Recheck().answer),
            web.get("/runbooks", runbooks.index),
            web.get("/runbooks/{alert}", runbooks.runbook),
            web.get("/masuk", pages.login),
            web.get("/static/{name}", pages.static),
            web.get("/metrics", scrape.MetricsPage().answer),
            web.get("/probe", scrape.ProbePage().answer),
            web.get("/sd", scrape.service_discovery),
            web.get("/report", pages_of_report.html),
            web.get("/report.csv", pages_of_report.csv),
            web.get("/report.xlsx", pages_of_report.xlsx),
            web.get("/api/v1/sites", api.SitesApi().answer),
            web.get("/api/v1/sites/{site}", api.site),
            web.get("/api/v1/report", pages_of_report.json),
            web.get("/api/v1/openapi.json", api.openapi),
            web.get("/-/healthy", admin.healthy),
            web.get("/-/ready", admin.ready),
            web.post("/-/reload", admin.reload),
        ]
    )
    return app
