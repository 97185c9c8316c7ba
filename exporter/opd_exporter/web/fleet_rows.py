"""The fleet table's rows as markup, each kept until its site or the words of its ages change.

Written in Python: the same row as a Jinja macro took five times as long, and at a thousand sites that was the page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from opd_exporter import clock, wording
from opd_exporter.clock import as_datetime
from opd_exporter.web.fleet_view import RANK, search_text
from opd_exporter.web.scrape import PAUSE_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from opd_exporter.state import SiteState

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_HALF_DAY = 43_200.0
_LAST = 10**18
"""Sorts behind every time and every response."""
_UNKNOWN = f'<span class="unknown">{wording.UNKNOWN}</span>'


@dataclass(frozen=True, slots=True)
class _Kept:
    state: SiteState
    in_maintenance: bool
    made_at: float
    until: float
    """Unix seconds at which one of its ages reads otherwise."""
    markup: str


class FleetRows:
    """Renders rows and keeps them; one per application."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    async def render(self, states: Iterable[SiteState], now: float) -> Markup:
        """The rows of ``states`` in their order, at ``now`` (Unix seconds); probes get their turns in between."""
        parts: list[str] = []
        started = clock.monotonic()
        for number, state in enumerate(states):
            parts.append(self._row(state, now))
            if number % 16 == 0 and clock.monotonic() - started > PAUSE_AFTER:
                await asyncio.sleep(0)
                started = clock.monotonic()
        return Markup("".join(parts))  # noqa: S704  every value in it was escaped

    def forget_others(self, known: Iterable[str]) -> None:
        """Let go of rows of sites that are no longer in the registry."""
        for site_id in self._kept.keys() - set(known):
            del self._kept[site_id]

    def _row(self, state: SiteState, now: float) -> str:
        site = state.site
        in_maintenance = bool(site.maintenance) and site.in_maintenance(as_datetime(now))
        kept = self._kept.get(site.id)
        if (
            kept is not None
            and kept.state is state
            and kept.made_at <= now < kept.until
            and kept.in_maintenance is in_maintenance
        ):
            return kept.markup
        markup, until = render_row(state, now, in_maintenance=in_maintenance)
        self._kept[site.id] = _Kept(state, in_maintenance, now, until, markup)
        return markup


def render_row(state: SiteState, now: float, *, in_maintenance: bool) -> tuple[str, float]:
    """One row as markup, and the Unix time until which it reads the same while the site does not change."""
    site, probe, post = state.site, state.probe, state.publishing.last_post
    since = state.since if state.since > 0 else None
    posted = post.published_at.timestamp() if post is not None else None
    checked = state.last_probe_at
    seconds = probe.seconds if probe is not None and probe.http_status is not None else None
    status = state.status
    head = (
        f'<tr class="s-{status}" data-search="{escape(search_text(state))}" data-opd="{escape(site.opd.lower())}"'
        f' data-status="{RANK[status]}" data-sejak="{_LAST if since is None else -int(since)}"'
        f' data-respons="{_LAST if seconds is None else -int(seconds * 1_000_000)}"'
        f' data-berita="{_LAST if posted is None else int(posted)}"'
        f' data-diperiksa="{_LAST if checked is None else -int(checked)}">'
        f'<th scope="row"><a href="/sites/{escape(site.id)}">{escape(site.opd)}</a>'
        f"<small>{escape(site.name)}</small></th>"
        f'<td data-label="Status"><span class="badge s-{status}"><span class="swatch f-{status}" aria-hidden="true">'
        f"</span>{wording.status_label(status)}</span>"
    )
    cells = [head]
    if state.reason is not None:
        cells.append(f"<small>{wording.reason_label(state.reason)}</small>")
    if in_maintenance:
        cells.append("<small>Pemeliharaan terjadwal</small>")
    cells.append('</td><td data-label="Sejak">')
    if since is None:
        cells.append(_UNKNOWN)
    else:
        moment = as_datetime(since, site.timezone)
        cells.append(_time(moment, now - since, f"{wording.format_short_day(moment)}, {wording.format_time(moment)}"))
    cells.append('</td><td data-label="Waktu respons" class="number">')
    cells.append(_UNKNOWN if seconds is None else wording.format_seconds(seconds))
    if seconds is not None and seconds > site.slow_after:
        cells.append('<small class="warn">Lambat</small>')
    cells.append('</td><td data-label="Berita terakhir">')
    if post is None or posted is None:
        cells.append(_UNKNOWN)
    else:
        words = wording.format_short_day(post.published_at)
        # The date is the last known one, no longer a credible one.
        history = "" if state.publishing.dated else " (terakhir diketahui)"
        cells.append(_time(post.published_at, now - posted, words + history))
    cells.append('</td><td data-label="Diperiksa">')
    if checked is None:
        cells.append(_UNKNOWN)
    else:
        moment = as_datetime(checked, site.timezone)
        day = f"{wording.format_short_day(moment)}, " if now - checked >= _HALF_DAY else ""
        cells.append(_time(moment, now - checked, day + wording.format_time(moment)))
    cells.append("</td></tr>\n")
    ages = [now - moment for moment in (since, posted, checked) if moment is not None]
    return "".join(cells), now + min(map(_steady_for, ages), default=_DAY)


def _time(moment: datetime, age: float, words: str) -> str:
    written = moment.isoformat(timespec="seconds")
    return f'<time datetime="{written}">{wording.format_short_age(max(0.0, age))}<small>{words}</small></time>'


def _steady_for(age: float) -> float:
    """Seconds until ``format_short_age`` says something else of ``age`` (half a day, too, ends on a whole hour)."""
    unit = _MINUTE if age < _HOUR else _HOUR if age < _DAY else _DAY
    return unit - age % unit if age >= 0 else _MINUTE - age
