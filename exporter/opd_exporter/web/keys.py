"""Typed keys under which the application keeps what its handlers share."""

from __future__ import annotations

from aiohttp import web

from opd_exporter.web.auth import Authenticator
from opd_exporter.web.config import WebConfigFile
from opd_exporter.web.services import Services

SERVICES = web.AppKey("services", Services)
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)
CONFIG = web.AppKey("config", WebConfigFile)
ENABLE_LIFECYCLE = web.AppKey("enable_lifecycle", bool)
PUBLIC_READ = web.AppKey("public_read", bool)
AUTHENTICATED = web.RequestKey("authenticated", bool)
"""Whether a request is a user's."""


def may_act(request: web.Request) -> bool:
    """Whether the request may change something: a user's, or anyone's with ``--web.enable-lifecycle``."""
    return request[AUTHENTICATED] or request.app[ENABLE_LIFECYCLE]
