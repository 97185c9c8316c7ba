"""A page replaced or signed by an intruder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.look import Hit, evidence
from opd_exporter.verdict.vocabulary import pattern

if TYPE_CHECKING:
    from opd_exporter.verdict.look import Look

MAX_VISIBLE: Final = 600
"""Words that a news item may hold count only on a page this small."""
MAX_LINKS: Final = 10
MAX_HEADLINES: Final = 2
"""A page with three titles of posts is a site, whatever one of them quotes."""
MAX_WARNINGS: Final = 2
"""Words of a report beside a single mark: from here on it is news."""
MAX_POST_TITLE: Final = 80
_SIGNED = pattern("signed", flags=re.IGNORECASE)
_SIGNED_SMALL = pattern("signed_small", flags=re.IGNORECASE)
_MARKS = pattern("marks", flags=re.IGNORECASE)
_STAGE = pattern("stage", flags=re.IGNORECASE)
_OWN_WORDS = re.compile(r"\b(?:hacked|diretas|retas|hukum)\b", re.IGNORECASE)


def signed_title(look: Look) -> Hit | None:
    """The title or the first heading is an intruder's signature."""
    if not look.exchange.body:
        return None
    glance = look.glance
    small = len(glance.visible) < MAX_VISIBLE and glance.link_count <= MAX_LINKS
    for where, text in (("judul halaman", glance.title), *(("judul besar", heading) for heading in glance.headings)):
        if not text or len(text) > 160 or (where != "judul halaman" and not small and not _SIGNED.search(text)):
            continue
        if (_SIGNED.search(text) or (small and _SIGNED_SMALL.search(text))) and not _is_news(text):
            readable = not small and glance.link_count > MAX_LINKS
            return Hit(Reason.DEFACED, (evidence("title", text, where),), readable=readable)
    return None


def small_signed_page(look: Look) -> Hit | None:
    """A page of a few lines with an intruder's words: two marks, or one on a stage of black and noise."""
    glance = look.glance
    if len(glance.visible) >= MAX_VISIBLE or glance.link_count > MAX_LINKS or glance.headline_count > MAX_HEADLINES:
        return None
    text = f"{glance.title} | {glance.visible}"
    marks = list(dict.fromkeys(match.group().lower() for match in _MARKS.finditer(text)))
    if not marks:
        return None
    stage = _STAGE.search(glance.html[:60_000])
    if len(marks) >= 2 or (stage and gambling.count_warnings(_OWN_WORDS.sub(" ", text)) < MAX_WARNINGS):
        return Hit(Reason.DEFACED, (evidence("text", ", ".join(marks[:3]), "isi halaman"),))
    return None


def signed_post(look: Look) -> Hit | None:
    """A post title that is an intruder's signature, among the site's own posts."""
    for title, url in look.posts:
        if len(title) <= MAX_POST_TITLE and _SIGNED.search(title) and not _is_news(title):
            return Hit(Reason.DEFACED, (evidence("post_title", title, url),), readable=True)
    return None


def is_intruders_title(title: str) -> bool:
    """Whether the title of a post is an intruder's: gambling, or a signature. Such a post is no sign of life."""
    return gambling.is_gambling(title) or (
        len(title) <= MAX_POST_TITLE and _SIGNED.search(title) is not None and not _is_news(title)
    )


def _is_news(text: str) -> bool:
    """Whether the line reports a hack (it has the words of a report beside the signature)."""
    return gambling.is_warning(_OWN_WORDS.sub(" ", text)) and len(text.split()) > 6
