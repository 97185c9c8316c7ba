"""A /metrics server whose fleet a test changes at will, rendered by the exporter's own exposition."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING

from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.models import Evidence, Phases, Post, PostSource, ProbeResult, Reason, Status, TlsFacts
from opd_exporter.registry.site import Contact, MaintenanceWindow, Site
from opd_exporter.state import ProbeFacts, Publishing, SiteState
from support.fleet import DAY, JAKARTA, make_snapshot

if TYPE_CHECKING:
    from typing import Any

NAMES = {
    "dinkes": ("Dinkes", "Dinas Kesehatan"),
    "dindikbud": ("Dindikbud", "Dinas Pendidikan dan Kebudayaan"),
    "disnakertrans": ("Disnakertrans", "Dinas Tenaga Kerja dan Transmigrasi"),
    "dinsos": ("Dinsos", "Dinas Sosial"),
    "distan": ("Distan", "Dinas Pertanian"),
    "dishub": ("Dishub", "Dinas Perhubungan"),
    "bapenda": ("Bapenda", "Badan Pendapatan Daerah"),
    "bpbd": ("BPBD", "Badan Penanggulangan Bencana Daerah"),
}


class ExporterPage:
    """Stands in for the exporter: what it "knows" is set by the test.

    ``silent`` makes it close every connection without an answer, as a stopped exporter would.
    """

    def __init__(self, sites: int = 12) -> None:
        self.network_up = True
        self.silent = False
        self.states: dict[str, SiteState] = {}
        self._lock = threading.Lock()
        metrics = ExporterMetrics()
        metrics.reloaded(ok=True, at=time.time())
        self._exposition = Exposition(metrics)
        ids = [*NAMES, *(f"kecamatan-{n:02d}" for n in range(1, max(0, sites - len(NAMES)) + 1))][:sites]
        for index, site_id in enumerate(ids):
            self.add(site_id, address=f"10.10.{index}.7")
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if page.silent:
                    self.close_connection = True
                    return
                body, content_type = page.render(self.headers.get("Accept", ""))
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # a scraper that has given up meanwhile
                    self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def render(self, accept: str) -> tuple[bytes, str]:
        """The page as a scrape gets it now."""
        now = time.time()
        with self._lock:
            states = [
                replace(state, last_probe_at=now - 5) if state.site.url else state for state in self.states.values()
            ]
            return self._exposition.render(make_snapshot(states, at=now, network_up=self.network_up), accept, now=now)

    def add(self, site_id: str, *, address: str = "10.10.1.7", notify: str = "", **facts: Any) -> None:
        """A healthy site: active, posted two days ago, certificate good for 60 days."""
        opd, name = NAMES.get(site_id, (site_id.replace("-", " ").title(), f"Kantor {site_id.title()}"))
        facts = {"opd": opd, "name": name, **facts}
        now = time.time()
        url = f"https://{site_id}.example.go.id/"
        site = Site(id=site_id, url=url, contact=Contact(email=notify, notify=bool(notify)), **facts)
        state = SiteState(
            site=site,
            status=Status.ACTIVE,
            since=now - 30 * DAY,
            readable=True,
            probe=_probe(url, address, 200, 0.42),
            tls=TlsFacts(not_after=now + 60 * DAY, verified=True, chain_complete=True),
            publishing=_published(url, days_old=2.0),
            freshness_limit=10 * DAY,
            uptime=MappingProxyType({"1d": 1.0}),
            last_probe_at=now,
            last_content_at=now,
            probes_total=MappingProxyType({ProbeResult.UP: 100}),
        )
        with self._lock:
            self.states[site_id] = state

    def remove(self, site_id: str) -> None:
        """Take a site out of the registry."""
        with self._lock:
            del self.states[site_id]

    def change(self, site_id: str, **facts: Any) -> None:
        """Replace fields of a site's state."""
        with self._lock:
            self.states[site_id] = replace(self.states[site_id], **facts)

    def fail(
        self,
        *site_ids: str,
        reason: Reason = Reason.HTTP_SERVER_ERROR,
        http_status: int | None = 500,
        ago: float = 0.0,
    ) -> None:
        """Take sites down (since ``ago`` seconds)."""
        for site_id in site_ids:
            state = self.states[site_id]
            assert state.probe
            address = state.probe.address or ""
            self.change(
                site_id,
                status=Status.DOWN,
                reason=reason,
                since=time.time() - ago,
                readable=False,
                evidence=(Evidence("status", "500 Internal Server Error"),) if http_status else (),
                probe=_probe(state.site.url or "", address, http_status, 0.31),
            )

    def hack(self, site_id: str, phrase: str = "slot gacor maxwin hari ini") -> None:
        """Gambling links on a page that is still readable."""
        self.change(
            site_id,
            status=Status.COMPROMISED,
            reason=Reason.GAMBLING_LINKS,
            since=time.time(),
            evidence=(Evidence("hidden_link", phrase), Evidence("host", "gacor88.example")),
        )

    def recover(self, *site_ids: str, status: Status = Status.ACTIVE) -> None:
        """Bring sites back, as ``active`` or with another status that carries no reason."""
        for site_id in site_ids:
            state = self.states[site_id]
            assert state.probe
            readable = None if status in {Status.PENDING, Status.BLOCKED} else True
            self.change(
                site_id,
                status=status,
                reason=None,
                since=time.time(),
                readable=readable,
                evidence=(),
                probe=_probe(state.site.url or "", state.probe.address or "", 200, 0.42),
            )

    def publish(self, site_id: str, days_old: float) -> None:
        """Make the newest post ``days_old`` days old, and the status what follows from it."""
        state = self.states[site_id]
        limit, dormant = state.freshness_limit / DAY, state.site.dormant_after / DAY
        status = Status.ACTIVE if days_old <= limit else Status.LATE if days_old <= dormant else Status.DORMANT
        self.change(site_id, status=status, publishing=_published(state.site.url or "", days_old))

    def expire_certificate(self, site_id: str, days: float) -> None:
        """Leave ``days`` until the site's certificate ends."""
        tls = TlsFacts(not_after=time.time() + days * DAY, verified=True, chain_complete=True)
        self.change(site_id, tls=tls)

    def slow_down(self, site_id: str, seconds: float) -> None:
        """Make every answer of a site take ``seconds``."""
        state = self.states[site_id]
        assert state.probe
        self.change(site_id, probe=_probe(state.site.url or "", state.probe.address or "", 200, seconds))

    def maintain(self, site_id: str, seconds: float = 3_600.0) -> None:
        """Open a maintenance window of the registry."""
        now = datetime.now(JAKARTA)
        window = MaintenanceWindow(now - timedelta(seconds=1), now + timedelta(seconds=seconds), "pindah server")
        self.change(site_id, site=replace(self.states[site_id].site, maintenance=(window,)))


def _probe(url: str, address: str, http_status: int | None, seconds: float) -> ProbeFacts:
    return ProbeFacts(
        at=time.time(),
        seconds=seconds,
        phases=Phases(dns=0.01, connect=0.02, tls=0.05, wait=0.2, transfer=0.03),
        http_status=http_status,
        redirects=0,
        bytes=60_000,
        address=address,
        tls=None,
        http_version="1.1",
        final_url=url,
        hops=(),
    )


def _published(url: str, days_old: float) -> Publishing:
    post = Post(
        url=f"{url}baca/berita/vaksinasi",
        title="Vaksinasi massal di Pendopo",
        published_at=datetime.now(JAKARTA) - timedelta(days=days_old),
        source=PostSource.PAGE,
    )
    return Publishing(last_post=post)
