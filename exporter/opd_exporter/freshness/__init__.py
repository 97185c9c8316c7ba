"""The newest credible post of a site, from which source, and why one should believe it."""

from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.memory import Memory, Reading
from opd_exporter.freshness.reader import read_posts

__all__ = ["Memory", "Reading", "Refusal", "read_posts"]
