"""Is the page the site at all? Ordered rules over an exchange and its parsed page; the first hit wins."""

from opd_exporter.verdict.blocked import REFUSALS, judge_refusal
from opd_exporter.verdict.defaced import is_intruders_title
from opd_exporter.verdict.domains import host_of, is_same_site, registrable
from opd_exporter.verdict.judge import CONTENT_RULES, PROBE_RULES, judge_content, judge_daily, judge_posts, judge_probe
from opd_exporter.verdict.redirects import follow_client_redirects

__all__ = [
    "CONTENT_RULES",
    "PROBE_RULES",
    "REFUSALS",
    "follow_client_redirects",
    "host_of",
    "is_intruders_title",
    "is_same_site",
    "judge_content",
    "judge_daily",
    "judge_posts",
    "judge_probe",
    "judge_refusal",
    "registrable",
]
