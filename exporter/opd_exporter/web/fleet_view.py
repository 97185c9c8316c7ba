"""The fleet page's sites: chosen and ordered as the visitor asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opd_exporter.models import Status
from opd_exporter.web.summary import INACTIVE, NOT_ASSESSABLE, TROUBLE_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from opd_exporter.state import SiteState, Snapshot

PAGE_ROWS = 1_000
GROUPS: Mapping[str, tuple[Status, ...]] = {
    "aktif": (Status.ACTIVE,),
    "tidak-aktif": INACTIVE,
    "tidak-dinilai": NOT_ASSESSABLE,
}
ORDERS = ("status", "opd", "respons", "berita", "sejak", "diperiksa")
RANK = {status: rank for rank, status in enumerate(TROUBLE_FIRST)}
"""Trouble first."""
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


def choose(snapshot: Snapshot, query: Query) -> tuple[list[SiteState], int]:
    """The sites of the page asked for, and how many there are on all pages."""
    states: Iterable[SiteState] = snapshot.sites.values()
    if query.chosen:
        wanted = GROUPS.get(query.chosen) or (Status(query.chosen),)
        states = (state for state in states if state.status in wanted)
    if query.words:
        words = query.words.casefold().split()
        states = (state for state in states if all(word in search_text(state) for word in words))
    found = sorted(states, key=_sort_key(query.order))
    start = (query.page - 1) * PAGE_ROWS
    return found[start : start + PAGE_ROWS], len(found)


def search_text(state: SiteState) -> str:
    """What the search looks through, in small letters."""
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
        "status": lambda state: (RANK[state.status], state.since or _LAST, state.site.opd.casefold()),
        "opd": lambda state: (state.site.opd.casefold(),),
        "respons": lambda state: (slowest(state), state.site.opd.casefold()),
        "berita": lambda state: (oldest_post(state), state.site.opd.casefold()),
        "sejak": lambda state: (-state.since, state.site.opd.casefold()),
        "diperiksa": lambda state: (-(state.last_probe_at or 0.0), state.site.opd.casefold()),
    }
    return keys[order]
