"""A fetched page, decoded and parsed once, for every rule that looks at it."""

from opd_exporter.page.noscript import without_scripts
from opd_exporter.page.outline import Block, Link, Mark, Outline
from opd_exporter.page.page import FeedLink, Page, Refresh, parse_page

__all__ = ["Block", "FeedLink", "Link", "Mark", "Outline", "Page", "Refresh", "parse_page", "without_scripts"]
