"""From the stored history and the registry to the report's values; nothing else is asked."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from opd_exporter import cadence, clock
from opd_exporter.models import BY_DATE, Status
from opd_exporter.report import spans
from opd_exporter.report.values import Report, ReportError, Row, Score, Summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opd_exporter.models import Post
    from opd_exporter.registry import Registry, Site
    from opd_exporter.store import Change, Remembered, Store

HALF = 50.0


class _History:
    """Everything the store says of the month and of the end of the one before, read once for all sites."""

    def __init__(self, store: Store, registry: Registry, first: date, last: date, now: float) -> None:
        zone = registry.timezone
        self.start = spans.midnight(first, zone)
        end = spans.midnight(last + timedelta(days=1), zone)
        self.running = now < end
        self.judged_at = min(now, end - 1)
        self.end = min(now, end)
        self.store = store
        self.remembered = store.load(with_memory=False)
        # Sites may live in other zones than the registry: their own first and last day may lie outside it.
        self.days = store.all_days(first, last)
        previous = first - timedelta(days=1)
        self.watched_before = store.watched_sites(previous.replace(day=1), previous)
        self.changes, self.status_before = _split(store.all_changes(self.start - 1, self.end), self.start)
        self.dates = store.all_publishing_dates()
        self.post_counts = store.post_counts(self.start, self.judged_at + 1)
        self.first, self.last = first, last


def _split(changes: Mapping[str, list[Change]], start: float) -> tuple[dict[str, list[Change]], dict[str, Status]]:
    """Of the changes from just before ``start`` on: those that hold in the month, and the status right before it."""
    during: dict[str, list[Change]] = {}
    before: dict[str, Status] = {}
    for site_id, kept in changes.items():
        place = bisect_right(kept, start, key=lambda change: change.at)
        during[site_id] = kept[max(0, place - 1) :]
        earlier = [change for change in kept[:place] if change.at < start]
        if earlier:
            before[site_id] = earlier[-1].status
    return during, before


def build_report(store: Store, registry: Registry, month: str, now: float) -> Report:
    """Evaluate one month.

    Args:
        store: The history; also one opened read only beside a running exporter.
        registry: The sites as they are written down today.
        month: ``YYYY-MM`` in the registry's zone.
        now: Unix seconds; a month that is not over is judged at this moment.

    Raises:
        ReportError: The month is malformed or has not begun.
        StoreError: The history cannot be read.
    """
    first, last = spans.month_days(month)
    if spans.midnight(first, registry.timezone) > now:
        raise ReportError(f"bulan {month} belum dimulai, sehingga belum ada yang dapat dilaporkan")
    history = _History(store, registry, first, last, now)
    rows = _rank([_row(site, history) for site in registry.sites.values()])
    hours = spans.whole_hours(history.start, history.end)
    watched = 0
    for site in registry.sites.values():
        watched |= spans.watched_hours(history.days.get(site.id, ()), site.timezone, hours.start)
    coverages = [row.coverage for row in rows if row.coverage is not None]
    known_before = any(row.status_before is not None for row in rows)
    return Report(
        month=month,
        first=first,
        last=last,
        zone=registry.timezone,
        judged_at=history.judged_at,
        generated_at=now,
        running=history.running,
        rows=tuple(rows),
        summary=_summarise([row.status for row in rows]),
        before=_summarise([row.status_before or Status.PENDING for row in rows]) if known_before else None,
        coverage=sum(coverages) / len(coverages) if coverages else None,
        gaps=spans.gaps(hours, watched),
        hours=len(hours),
        shard=registry.shard,
    )


def _summarise(statuses: Sequence[Status]) -> Summary:
    counts = Counter(statuses)
    return Summary(MappingProxyType({status: counts[status] for status in Status}))


def _row(site: Site, history: _History) -> Row:
    days = history.days.get(site.id, [])
    changes = history.changes.get(site.id, [])
    remembered = history.remembered.get(site.id)
    row = Row(site=site, status=Status.PENDING, status_before=_status_before(site, history))
    hours = spans.whole_hours(spans.midnight(history.first, site.timezone), history.end)
    if site.url is None or not days:
        unseen = None if site.url is None or not hours else 0.0
        return _with_posts(replace(row, coverage=unseen), history, remembered)
    watched = spans.watched_hours(days, site.timezone, hours.start)
    now_in_force = changes[-1] if changes else None
    up, down = sum(sums.up for sums in days), sum(sums.down for sums in days)
    answered = sum(sums.response_count for sums in days)
    unwatched = spans.gaps(hours, watched)
    row = replace(
        row,
        coverage=spans.coverage(hours, watched),
        uptime=up / (up + down) if up + down else None,
        outages=spans.outages(changes, history.start, history.end, unwatched),
        response_mean=sum(sums.response_seconds_sum for sums in days) / answered if answered else None,
        response_max=max(sums.response_seconds_max for sums in days) if answered else None,
        certificate_not_after=remembered.tls.not_after if remembered and remembered.tls else None,
    )
    if now_in_force is not None:
        row = replace(row, status=now_in_force.status, reason=now_in_force.reason, since=now_in_force.at)
    row = _with_posts(row, history, remembered)
    return replace(row, score=_score(row, changes))


def _status_before(site: Site, history: _History) -> Status | None:
    if site.url is None or site.id not in history.watched_before:
        return None
    return history.status_before.get(site.id)


def _with_posts(row: Row, history: _History, remembered: Remembered | None) -> Row:
    site = row.site
    judged = clock.as_datetime(history.judged_at, site.timezone)
    today = judged.date()
    dates = [day for day in history.dates.get(site.id, ()) if day <= today]
    last_post = _last_post(site, history, remembered, dates)
    if last_post is None:
        return row
    known_since = remembered.known_since if remembered else None
    measured = cadence.measure(dates, site, judged, known_since)
    within, judged_days = _days_within_limit(dates, site, history.first, min(history.last, today))
    return replace(
        row,
        posts=history.post_counts.get(site.id, 0),
        publishing_dates=sum(day >= history.first for day in dates),
        longest_gap_days=None if measured.longest_gap is None else round(measured.longest_gap / cadence.DAY_SECONDS),
        cadence=measured.cadence,
        fulfils=cadence.fulfils(measured.cadence, site.duty),
        days_within_limit=within if judged_days else None,
        days_judged=judged_days,
        last_post=last_post,
        last_post_days=max(0, (today - last_post.published_at.astimezone(site.timezone).date()).days),
    )


def _last_post(site: Site, history: _History, remembered: Remembered | None, dates: list[date]) -> Post | None:
    """The newest post known at the moment of judgement."""
    until = history.judged_at + 1
    kept = history.store.posts(site.id, until=until, limit=1) if dates else []
    candidates = [item.post for item in kept]
    if remembered and remembered.last_post and remembered.last_post.published_at.timestamp() < until:
        candidates.append(remembered.last_post)
    return max(candidates, key=lambda post: post.published_at, default=None)


def _days_within_limit(dates: list[date], site: Site, first: date, last: date) -> tuple[int, int]:
    """Days from ``first`` to ``last`` at whose end the newest post was within the limit, and days of which it is known.

    A day before the oldest known post is not judged: what was published before it is not known.
    """
    within = judged = 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        place = bisect_right(dates, day)
        if place:
            judged += 1
            within += cadence.is_within_limit(dates[place - 1], day, site)
    return within, judged


def _score(row: Row, changes: Sequence[Change]) -> Score | None:
    if row.uptime is None or row.days_within_limit is None or row.status not in _RANKED:
        return None
    return Score(
        availability=HALF * row.uptime,
        publishing=HALF * row.days_within_limit / row.days_judged,
        compromised=any(change.status is Status.COMPROMISED for change in changes),
    )


_RANKED = (BY_DATE - {Status.UNDATED}) | {Status.DOWN, Status.COMPROMISED}


def _rank(rows: list[Row]) -> list[Row]:
    """Places by value to two decimals, as printed; equal values share the better place."""
    values = sorted((round(row.score.total, 2) for row in rows if row.score), reverse=True)
    return [replace(row, rank=values.index(round(row.score.total, 2)) + 1) if row.score else row for row in rows]
