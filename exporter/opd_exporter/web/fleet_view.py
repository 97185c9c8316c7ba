"""The fleet page's rows: chosen, ordered, and turned into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opd_exporter.clock import as_datetime
from opd_exporter.models import Status
from opd_exporter.web.summary import INACTIVE, NOT_ASSESSABLE, TROUBLE_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from opd_exporter.models import Reason
    from opd_exporter.state import SiteState, Snapshot

PAGE_ROWS = 1_000
GROUPS: Mapping[str, tuple[Status, ...]] = {
    "aktif": (Status.ACTIVE,),
    "tidak-aktif": INACTIVE,
    "tidak-dinilai": NOT_ASSESSABLE,
}
ORDERS = ("status", "opd", "respons", "berita", "sejak", "diperiksa")
_RANK = {status: rank for rank, status in enumerate(TROUBLE_FIRST)}
_LAST = float("inf")


@dataclass(frozen=True, slots=True)
class Query:
    """What the visitor asked to see."""

    chosen: str = ""
    """A status, a group of ``GROUPS``, or empty for all."""
    words: str = ""
    order: str = "status"
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Query:
        """From the query string; what is not understood falls back to the plain page."""
        chosen = parameters.get("status", "")
        order = parameters.get("urut", "status")
        page = parameters.get("halaman", "1")
        return cls(
            chosen=chosen if chosen in GROUPS or chosen in set(Status) else "",
            words=" ".join(parameters.get("cari", "")[:100].split()),
            order=order if order in ORDERS else "status",
            page=int(page) if page.isascii() and page.isdecimal() and 0 < int(page[:6]) < 100_000 else 1,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One site."""

    id: str
    opd: str
    name: str
    status: Status
    reason: Reason | None
    since: datetime | None
    since_age: float | None
    response_seconds: float | None
    slow: bool
    posted_at: datetime | None
    post_age: float | None
    post_is_history: bool
    """The date is the last known one, no longer a credible one."""
    checked_at: datetime | None
    checked_age: float | None
    in_maintenance: bool
    search: str
    rank: int


def choose(snapshot: Snapshot, query: Query, now: float) -> tuple[list[Row], int]:
    """The rows of the page asked for, and how many there are on all pages."""
    states: Iterable[SiteState] = snapshot.sites.values()
    if query.chosen:
        wanted = GROUPS.get(query.chosen) or (Status(query.chosen),)
        states = (state for state in states if state.status in wanted)
    if query.words:
        words = query.words.casefold().split()
        states = (state for state in states if all(word in _search_text(state) for word in words))
    found = sorted(states, key=_sort_key(query.order))
    start = (query.page - 1) * PAGE_ROWS
    return [_row(state, now) for state in found[start : start + PAGE_ROWS]], len(found)


def _search_text(state: SiteState) -> str:
    site = state.site
    return f"{site.id} {site.opd} {site.name} {site.url or ''} {site.category}".casefold()


def _sort_key(order: str) -> Callable[[SiteState], tuple[float | str, ...]]:
    def slowest(state: SiteState) -> float:
        answered = state.probe is not None and state.probe.http_status is not None
        return -state.probe.seconds if state.probe is not None and answered else _LAST

    def oldest_post(state: SiteState) -> float:
        post = state.publishing.last_post
        return post.published_at.timestamp() if post is not None else _LAST

    keys: dict[str, Callable[[SiteState], tuple[float | str, ...]]] = {
        "status": lambda state: (_RANK[state.status], state.since or _LAST, state.site.opd.casefold()),
        "opd": lambda state: (state.site.opd.casefold(),),
        "respons": lambda state: (slowest(state), state.site.opd.casefold()),
        "berita": lambda state: (oldest_post(state), state.site.opd.casefold()),
        "sejak": lambda state: (-state.since, state.site.opd.casefold()),
        "diperiksa": lambda state: (-(state.last_probe_at or 0.0), state.site.opd.casefold()),
    }
    return keys[order]


def _row(state: SiteState, now: float) -> Row:
    site, probe, post = state.site, state.probe, state.publishing.last_post
    answered = probe is not None and probe.http_status is not None
    seconds = probe.seconds if probe is not None and answered else None
    posted_at = post.published_at if post is not None else None
    checked = state.last_probe_at
    return Row(
        id=site.id,
        opd=site.opd,
        name=site.name,
        status=state.status,
        reason=state.reason,
        since=as_datetime(state.since, site.timezone) if state.since > 0 else None,
        since_age=max(0.0, now - state.since) if state.since > 0 else None,
        response_seconds=seconds,
        slow=seconds is not None and seconds > site.slow_after,
        posted_at=posted_at,
        post_age=max(0.0, now - posted_at.timestamp()) if posted_at is not None else None,
        post_is_history=not state.publishing.dated,
        checked_at=as_datetime(checked, site.timezone) if checked is not None else None,
        checked_age=max(0.0, now - checked) if checked is not None else None,
        in_maintenance=bool(site.maintenance) and site.in_maintenance(as_datetime(now)),
        search=_search_text(state),
        rank=_RANK[state.status],
    )
