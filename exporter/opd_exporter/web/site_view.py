"""The site page's facts, from the state of the site and its stored history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opd_exporter.clock import as_datetime
from opd_exporter.metrics.lines import printable
from opd_exporter.models import Check, Status
from opd_exporter.web import plots
from opd_exporter.web.explanations import explain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from opd_exporter.models import Candidate
    from opd_exporter.state import SiteState
    from opd_exporter.store import Change, DaySums, SeenPost

PLOT_DAYS = 30
TIMELINE_DAYS = 90
POSTS = 30
CANDIDATES = 60
CHANGES = 50
TEXT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class SiteHistory:
    """What the store says of one site."""

    changes: Sequence[Change] = ()
    posts: Sequence[SeenPost] = ()
    days: Sequence[DaySums] = ()
    available: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One status in the list under the timeline."""

    change: Change
    at: datetime
    lasted: float


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day in the table under the plots."""

    sums: DaySums
    ratio: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class SiteView:
    """Everything that the template shows."""

    state: SiteState
    meaning: str
    advice: str
    since: datetime | None
    since_age: float | None
    checked_at: datetime | None
    checked_age: float | None
    content_at: datetime | None
    content_age: float | None
    post_age: float | None
    response_seconds: float | None
    certificate_end: datetime | None
    certificate_left: float | None
    findings: Sequence[tuple[Check, datetime, Any]]
    taken: Sequence[Candidate]
    refused: Sequence[Candidate]
    hidden_candidates: int
    changes: Sequence[ChangeRow]
    posts: Sequence[SeenPost]
    days: Sequence[DayRow]
    received_today: int | None
    received_mean: float | None
    timeline_start: date
    plot_start: date
    timeline: str = ""
    uptime_plot: str = ""
    response_plot: str = ""
    history_available: bool = field(default=False)


def view_site(state: SiteState, history: SiteHistory, now: float) -> SiteView:
    """Gather the page of one site."""
    site, probe, post, tls = state.site, state.probe, state.publishing.last_post, state.tls
    zone = site.timezone
    meaning, advice = explain(state, now)
    answered = probe is not None and probe.http_status is not None
    today = as_datetime(now, zone).date()
    first = today - timedelta(days=PLOT_DAYS - 1)
    start = now - TIMELINE_DAYS * 86_400
    taken = [candidate for candidate in state.candidates if candidate.refusal is None]
    refused = [candidate for candidate in state.candidates if candidate.refusal is not None]
    ends = [change.at for change in history.changes[1:]] + [now]
    rows = [
        ChangeRow(change, as_datetime(change.at, zone), max(0.0, end - change.at))
        for change, end in zip(history.changes, ends, strict=False)
    ]
    end = tls.not_after if tls is not None else None

    def moment(at: float | None) -> datetime | None:
        return as_datetime(at, zone) if at is not None else None

    def age(at: float | None) -> float | None:
        return max(0.0, now - at) if at is not None else None

    since = state.since if state.since > 0 else None
    whole = [day.bytes_total for day in history.days if first <= day.day < today]
    return SiteView(
        state=state,
        meaning=meaning,
        advice=advice,
        since=moment(since),
        since_age=age(since),
        checked_at=moment(state.last_probe_at),
        checked_age=age(state.last_probe_at),
        content_at=moment(state.last_content_at),
        content_age=age(state.last_content_at),
        post_age=age(post.published_at.timestamp()) if post is not None else None,
        response_seconds=probe.seconds if probe is not None and answered else None,
        certificate_end=moment(end),
        certificate_left=end - now if end is not None else None,
        findings=[
            (check, as_datetime(state.findings[check].at, zone), state.findings[check])
            for check in Check
            if check in state.findings
        ],
        taken=taken[:CANDIDATES],
        refused=refused[:CANDIDATES],
        hidden_candidates=max(0, len(taken) - CANDIDATES) + max(0, len(refused) - CANDIDATES),
        changes=rows[::-1][:CHANGES],
        posts=history.posts[:POSTS],
        days=[_day_row(day) for day in reversed(history.days) if day.day >= first],
        received_today=next((day.bytes_total for day in history.days if day.day == today), None),
        received_mean=sum(whole) / len(whole) if whole else None,
        timeline_start=as_datetime(start, zone).date(),
        plot_start=first,
        timeline=plots.timeline(plots.status_spans(history.changes, start, now), start, now, zone),
        uptime_plot=plots.uptime_plot([day for day in history.days if day.day >= first], first, today),
        response_plot=plots.response_plot(
            [day for day in history.days if day.day >= first], first, today, site.slow_after
        ),
        history_available=history.available,
    )


def _day_row(day: DaySums) -> DayRow:
    known = day.up + day.down
    return DayRow(
        sums=day,
        ratio=day.up / known if known else None,
        mean=day.response_seconds_sum / day.response_count if day.response_count else None,
    )


def safe_link(url: str | None) -> str | None:
    """``url`` when a browser may be sent there: http or https, printable, of a bearable length."""
    if not url or len(url) > 2_000 or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def shown(text: str) -> str:
    """``text`` of a page, bounded and on one line."""
    return printable(text, TEXT_LENGTH)


def links_allowed(state: SiteState) -> bool:
    """Whether the site's own pages may be linked: nobody should be led to a site that may have been taken over."""
    return state.status is not Status.COMPROMISED
