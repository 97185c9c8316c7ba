"""Snapshots made by hand: a fleet in which every status, reason and kind of fact can be had without a running probe."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from opd_exporter.models import (
    Cadence,
    Candidate,
    Check,
    Duty,
    Evidence,
    Finding,
    Hop,
    Kendala,
    Phases,
    Post,
    PostSource,
    ProbeResult,
    Reason,
    Status,
    TlsFacts,
)
from opd_exporter.registry.site import Contact, MaintenanceWindow, Note, Registry, Site
from opd_exporter.state import ProbeFacts, Publishing, SiteState, Snapshot

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2020, 11, 18, 18, 57, tzinfo=JAKARTA)
"""The evening of the evaluation meeting of 2020: the clock of every fleet made here."""
AT = NOW.timestamp()
DAY = 86_400.0


def make_site(site_id: str = "dinkes", **facts) -> Site:
    """A registry entry with plausible facts."""
    defaults = {
        "id": site_id,
        "opd": site_id.capitalize(),
        "name": f"Dinas {site_id.capitalize()}",
        "url": f"https://{site_id}.example.go.id/",
    }
    return Site(**(defaults | facts))


def make_post(days_old: float = 2.0, **facts) -> Post:
    """A post published ``days_old`` days before ``NOW``."""
    defaults = {
        "url": "https://dinkes.example.go.id/baca/berita/vaksinasi",
        "title": "Vaksinasi massal di Pendopo",
        "published_at": NOW - timedelta(days=days_old),
        "source": PostSource.FEED,
    }
    return Post(**(defaults | facts))


def make_probe(site: Site, *, at: float = AT - 20, seconds: float = 0.42, status: int | None = 200) -> ProbeFacts:
    """The facts of one exchange with ``site``."""
    return ProbeFacts(
        at=at,
        seconds=seconds,
        phases=Phases(dns=0.01, connect=0.02, tls=0.05, wait=0.3, transfer=0.04),
        http_status=status,
        redirects=1,
        bytes=60_000,
        address="10.10.1.7",
        tls=make_tls(),
        http_version="1.1",
        final_url=site.url or "",
        hops=(
            Hop(url=f"http://{site.id}.example.go.id/", address="10.10.1.7", status=301, location=site.url),
            Hop(url=site.url or "", address="10.10.1.7", status=status),
        ),
    )


def make_tls(**facts) -> TlsFacts:
    """A good certificate with 60 days left."""
    defaults = {
        "not_after": AT + 60 * DAY,
        "verified": True,
        "chain_complete": True,
        "subject": "CN=*.example.go.id",
        "issuer": "CN=Contoh CA",
        "version": "TLSv1.3",
    }
    return TlsFacts(**(defaults | facts))


def make_state(site_id: str = "dinkes", status: Status = Status.ACTIVE, **facts) -> SiteState:
    """A site with every fact known; ``facts`` replace fields of the state."""
    site = facts.pop("site", None) or make_site(site_id)
    reason = facts.get("reason")
    readable = {Status.DOWN: False, Status.BLOCKED: None, Status.PENDING: None}.get(status, True)
    days_old = {Status.LATE: 20.0, Status.DORMANT: 140.0}.get(status, 2.0)
    defaults = {
        "site": site,
        "status": status,
        "since": AT - 3 * DAY,
        "readable": readable,
        "probe": make_probe(site),
        "tls": make_tls(),
        "findings": MappingProxyType({Check.PROBE: Finding(Check.PROBE, AT - 20, reason)}),
        "publishing": Publishing(
            last_post=make_post(days_old, url=f"{site.url}baca/berita/vaksinasi"),
            publishing_dates_30d=6,
            publishing_dates_90d=17,
            longest_gap=9 * DAY,
            cadence=Cadence.WEEKLY,
            known_since=(NOW - timedelta(days=120)).date(),
        ),
        "freshness_limit": 10 * DAY,
        "candidates": (
            Candidate(
                PostSource.FEED,
                f"{site.url}feed",
                "16 Nov 2020",
                title="Vaksinasi massal",
                published_at=NOW - timedelta(2),
            ),
            Candidate(
                PostSource.PAGE,
                site.url or "",
                "31 Desember 2035",
                refusal="future",
                note="Tanggal di masa depan, bukan tanggal terbit.",
            ),
        ),
        "uptime": MappingProxyType({"1d": 1.0, "7d": 0.995, "30d": 0.9871}),
        "last_probe_at": AT - 20,
        "last_content_at": AT - 400,
        "probes_total": MappingProxyType({ProbeResult.UP: 4_000, ProbeResult.DOWN: 3}),
    }
    return SiteState(**(defaults | facts))


def make_snapshot(states: list[SiteState], *, at: float = AT, network_up: bool = True) -> Snapshot:
    """The fleet of ``states``, in their order."""
    sites = {state.site.id: state for state in states}
    registry = Registry(sites=MappingProxyType({site_id: state.site for site_id, state in sites.items()}))
    return Snapshot(at=at, registry=registry, sites=MappingProxyType(sites), network_up=network_up)


def one_of_each() -> list[SiteState]:
    """Eight sites, one per status, with the facts that go with it."""
    defaced = Evidence("title", 'Hacked by "x" <script>alert(1)</script>', "https://bpbd.example.go.id/")
    contact = Contact(name="Siti", email="siti@example.go.id", phone="0812", notify=True)
    return [
        make_state(
            "dinkes",
            site=make_site(
                "dinkes",
                opd="Dinkes",
                name="Dinas Kesehatan",
                contact=contact,
                admin_url="https://dinkes.example.go.id/masuk-admin",
                maintenance=(MaintenanceWindow(NOW - timedelta(hours=1), NOW + timedelta(hours=1), "pindah server"),),
            ),
        ),
        make_state("distan", Status.LATE),
        make_state(
            "dpkd",
            Status.DORMANT,
            site=make_site(
                "dpkd",
                duty=Duty.MONTHLY,
                note=Note(Kendala.OPERATOR_DIGANTI, "Pendampingan", "Bidang Aptika", NOW.date()),
            ),
        ),
        make_state("dinsos", Status.UNDATED, publishing=Publishing(), candidates=()),
        make_state(
            "dishub",
            Status.DOWN,
            reason=Reason.TLS_EXPIRED,
            evidence=(Evidence("certificate", "berakhir 1 November 2020"),),
            tls=make_tls(not_after=AT - 17 * DAY, verified=False, reason=Reason.TLS_EXPIRED),
            since=AT - 7_500,
        ),
        make_state("bpbd", Status.COMPROMISED, reason=Reason.DEFACED, readable=False, evidence=(defaced,)),
        make_state("setwan", Status.BLOCKED, reason=Reason.FORBIDDEN_TO_MONITOR),
        SiteState(site=make_site("damkar", url=None)),
    ]


def many(count: int) -> list[SiteState]:
    """``count`` sites that repeat the eight kinds."""
    kinds = one_of_each()
    states = []
    for index in range(count):
        kind = kinds[index % len(kinds)]
        site = replace(kind.site, id=f"{kind.site.id}-{index}", opd=f"{kind.site.opd} {index}")
        states.append(replace(kind, site=site))
    return states
