"""The real web application on a loopback port, over a fleet made by hand and a real store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import bcrypt
from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter import report
from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.models import Exchange, Hop, Phases, Post, PostSource, ProbeResult, Reason, Status
from opd_exporter.store import Change, Store
from opd_exporter.web import Services, WebConfigFile, WebServer, build_app
from support.fleet import AT, DAY, NOW, make_snapshot, one_of_each

USER, PASSWORD = "petugas", "rahasia-uji"


def hash_password(password: str = PASSWORD) -> str:
    """A bcrypt hash, as cheap as bcrypt allows."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()


def write_users(path, users=None):
    """A web config with basic-auth users."""
    lines = [f"  {name}: {secret}" for name, secret in (users or {USER: hash_password()}).items()]
    path.write_text("basic_auth_users:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def fill_history(store: Store, site, *, days: int = 40) -> None:
    """Forty days of probes, three changes of status and a few posts for ``site``."""
    for day in range(days):
        for part in range(4):
            at = AT - day * DAY - part * 3_600
            bad = day in {12, 13} and part < 2
            result = ProbeResult.DOWN if bad else ProbeResult.UP
            seconds = None if bad else 0.35 + 0.05 * part + (2.5 if day == 5 and part == 1 else 0)
            store.record_probe(site, at, result, seconds=seconds, size=60_000)
    for age, status, reason in (
        (60, Status.ACTIVE, None),
        (13, Status.DOWN, Reason.HTTP_SERVER_ERROR),
        (12, Status.ACTIVE, None),
    ):
        store.record_change(Change(site.id, AT - age * DAY, status, reason))
    posts = [
        Post(
            url=f"https://{site.id}.example.go.id/baca/{number}",
            title=title,
            published_at=NOW - timedelta(days=age),
            source=PostSource.FEED,
        )
        for number, (age, title) in enumerate(
            [(2, "Vaksinasi massal di Pendopo"), (9, 'Rapat <b>evaluasi</b> & "penutupan"'), (16, "Pelayanan keliling")]
        )
    ]
    store.save_posts(site.id, posts, AT - DAY)
    store.flush()


def make_exchange(site, *, status: int = 200, **facts) -> Exchange:
    """A live answer of ``site``."""
    body = (
        b"<html><head><title>Dinas</title></head><body><h1>Dinas Kesehatan</h1>"
        + b"<p>Pelayanan.</p>" * 200
        + b"</body></html>"
    )
    defaults = {
        "url": site.url,
        "final_url": site.url,
        "started_at": AT,
        "seconds": 0.31,
        "status": status,
        "headers": CIMultiDictProxy(CIMultiDict({"Content-Type": "text/html", "Content-Length": "1234"})),
        "body": body,
        "hops": (Hop(url=site.url, address="10.10.1.7", status=status),),
        "phases": Phases(dns=0.01, connect=0.02, tls=0.05, wait=0.2, transfer=0.03),
        "address": "10.10.1.7",
        "http_version": "1.1",
    }
    return Exchange(**(defaults | facts))


class StoredReports:
    """The evaluation report of a store, as the application hands it to the server."""

    def __init__(self, store, registry):
        self._store, self._registry = store, registry

    def _build(self, month):
        return report.build_report(self._store, self._registry, month, AT)

    def html(self, month):
        """A page."""
        return report.write_html(self._build(month))

    def csv(self, month):
        """A table."""
        return report.write_csv(self._build(month))

    def xlsx(self, month):
        """A workbook."""
        return report.write_xlsx(self._build(month))

    def json(self, month):
        """Figures."""
        return report.write_json(self._build(month))


@asynccontextmanager
async def serving(states=None, *, services=None, config=None, store=None, **options):
    """Serve ``states``; yields the server's ``url``, its ``services`` and what was called."""
    calls = SimpleNamespace(reloads=0, rechecks=[], probes=[], reload_error=None, probe_delay=0.0)
    fleet = {"snapshot": make_snapshot(one_of_each() if states is None else states)}

    async def reload():
        calls.reloads += 1
        return calls.reload_error

    async def recheck(site_id):
        calls.rechecks.append(site_id)

    async def probe(site_id, timeout_seconds):
        calls.probes.append((site_id, timeout_seconds))
        await asyncio.sleep(calls.probe_delay)
        return make_exchange(fleet["snapshot"].sites[site_id].site)

    exporter = ExporterMetrics()
    exporter.reloaded(ok=True, at=AT)
    values = {
        "snapshot": lambda: fleet["snapshot"],
        "exposition": Exposition(exporter),
        "history": store,
        "reports": StoredReports(store, fleet["snapshot"].registry) if store is not None else None,
        "reload": reload,
        "recheck": recheck,
        "probe": probe,
        "now": lambda: AT,
    }
    web_config = WebConfigFile(config)
    app = build_app(Services(**(values | (services or {}))), web_config=web_config, **options)
    server = WebServer(app, "127.0.0.1:0", web_config)
    await server.start()
    try:
        yield SimpleNamespace(url=server.url, calls=calls, fleet=fleet, port=server.port, app=app)
    finally:
        await server.stop()
