"""The report for programs: snake_case keys, ISO times in the registry's zone, ratios from 0 to 1, null for unknown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opd_exporter import clock
from opd_exporter.report.values import ORDER

if TYPE_CHECKING:
    from opd_exporter.report.values import Outage, Report, Row, Summary


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "month": report.month,
        "timezone": str(report.zone),
        "first_day": report.first.isoformat(),
        "last_day": report.last.isoformat(),
        "running": report.running,
        "judged_at": _iso(report, report.judged_at),
        "generated_at": _iso(report, report.generated_at),
        "coverage": report.coverage,
        "gaps": [
            {"from": _iso(report, gap.start), "to": _iso(report, gap.end), "hours": gap.hours} for gap in report.gaps
        ],
        "summary": _summary(report.summary),
        "summary_before": _summary(report.before) if report.before else None,
        "past_180_days": [row.site.id for row in report.past_law],
        "ranking": [row.site.id for row in report.ranked],
        "sites": [_row(report, row) for row in report.rows],
    }


def write_json(report: Report) -> bytes:
    """``as_json``, indented for people who look."""
    return json.dumps(as_json(report), ensure_ascii=False, indent=2).encode("utf-8", "replace")


def _iso(report: Report, timestamp: float | None) -> str | None:
    return None if timestamp is None else clock.as_datetime(timestamp, report.zone).isoformat(timespec="seconds")


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "sites": summary.sites,
        "active": summary.active,
        "not_active": summary.not_active,
        "not_assessable": summary.not_assessable,
        "by_status": {status.value: summary.by_status[status] for status in ORDER},
    }


def _outage(report: Report, outage: Outage) -> dict[str, Any]:
    return {
        "from": _iso(report, outage.start),
        "to": None if outage.goes_on else _iso(report, outage.end),
        "seconds": outage.seconds,
        "reason": outage.reason,
        "began_before": outage.began_before,
        "goes_on": outage.goes_on,
    }


def _row(report: Report, row: Row) -> dict[str, Any]:
    site, post, score, note = row.site, row.last_post, row.score, row.site.note
    return {
        "site": site.id,
        "opd": site.opd,
        "name": site.name,
        "url": site.url,
        "category": site.category,
        "connection": site.connection,
        "status": row.status,
        "reason": row.reason,
        "since": _iso(report, row.since),
        "status_before": row.status_before,
        "turn": row.turn,
        "rank": row.rank,
        "score": round(score.total, 2) if score else None,
        "score_availability": round(score.availability, 2) if score else None,
        "score_publishing": round(score.publishing, 2) if score else None,
        "uptime": row.uptime,
        "coverage": row.coverage,
        "outage_count": len(row.outages) if row.coverage else None,
        "outage_seconds": row.outage_seconds if row.coverage else None,
        "outages": [_outage(report, outage) for outage in row.outages],
        "response_mean_seconds": row.response_mean,
        "response_max_seconds": row.response_max,
        "tls_not_after": _iso(report, row.certificate_not_after),
        "duty": site.duty,
        "cadence": row.cadence,
        "fulfils_duty": row.fulfils,
        "posts": row.posts,
        "publishing_dates": row.publishing_dates,
        "longest_gap_days": row.longest_gap_days,
        "days_within_limit": row.days_within_limit,
        "days_judged": row.days_judged,
        "last_post": (
            {
                "published_at": post.published_at.isoformat(),
                "url": post.url,
                "title": post.title,
                "source": post.source,
                "age_days": row.last_post_days,
            }
            if post
            else None
        ),
        "past_180_days": row.past_law if post else None,
        "kendala": note.kendala,
        "tindak_lanjut": note.tindak_lanjut or None,
        "penanggung_jawab": note.penanggung_jawab or None,
        "note_since": note.since.isoformat() if note.since else None,
    }
