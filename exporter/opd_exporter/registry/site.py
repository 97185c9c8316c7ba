"""What the operations team has written down about a site; frozen, with every default already applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from opd_exporter.models import Connection, Duty, Kendala
from opd_exporter.registry.addresses import AddressError, parse_url
from opd_exporter.registry.shard import WHOLE, Shard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

JAKARTA = ZoneInfo("Asia/Jakarta")
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Contact:
    """The department's own operator; shown only behind authentication."""

    name: str = ""
    email: str = ""
    phone: str = ""
    notify: bool = False


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A planned interruption; both ends aware, in the site's zone."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Cause and follow-up as agreed in the evaluation meeting."""

    kendala: Kendala | None = None
    tindak_lanjut: str = ""
    penanggung_jawab: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One department's website."""

    id: str
    opd: str
    name: str
    url: str | None
    """``None``: the address is not known yet; the site is counted and never probed."""
    category: str = "dinas"
    duty: Duty = Duty.WEEKLY
    timezone: ZoneInfo = JAKARTA
    probe_interval: float = 60.0
    probe_timeout: float = 10.0
    confirm_after: float = 20.0
    content_interval: float = 900.0
    freshness_limit: float | None = None
    """Seconds; overrides the duty's own limit."""
    dormant_after: float = 90 * DAY
    slow_after: float = 5.0
    certificate_warning: float = 14 * DAY
    proxy_url: str | None = None
    off_days: frozenset[date] = frozenset()
    allowed_hosts: frozenset[str] = frozenset()
    news_url: str | None = None
    feed_url: str | None = None
    post_selector: str | None = None
    tls_verify: bool = True
    contact: Contact = field(default_factory=Contact)
    maintenance: tuple[MaintenanceWindow, ...] = ()
    admin_url: str | None = None
    connection: Connection = Connection.INTEGRATED
    note: Note = field(default_factory=Note)

    def in_maintenance(self, now: datetime) -> bool:
        """Whether ``now`` (aware) lies in one of the site's maintenance windows."""
        return any(window.start <= now < window.end for window in self.maintenance)


@dataclass(frozen=True, slots=True)
class Registry:
    """Every site by id, in the order of the file, and the canaries of the monitor's own network."""

    sites: Mapping[str, Site]
    canaries: tuple[str, ...] = ()
    timezone: ZoneInfo = JAKARTA
    user_agent: str | None = None
    """Overrides the browser-like default of the probe."""
    ca_file: str | None = None
    """Extra CA bundle, in PEM, trusted beside the system's."""
    nameservers: tuple[str, ...] = ()
    """DNS servers to ask; empty: the system's."""
    cloaking_check: bool = True
    """Whether the daily second look as a search-engine visitor is made."""
    content_requests_per_minute: int = 600
    """Most requests to one address beyond the probes themselves: posts, feeds, news pages, the daily second look."""
    shard: Shard = WHOLE
    """Which part of the file ``sites`` is."""
    elsewhere: frozenset[str] = frozenset()
    """Ids of the sites that other shards look at."""

    def find(self, target: str) -> Site | None:
        """The site whose id or address is ``target`` (an address in any spelling); ``None``: not registered."""
        if (site := self.sites.get(target)) is not None:
            return site
        try:
            url = parse_url(target)
        except AddressError:
            return None
        return next((site for site in self.sites.values() if site.url == url), None)
