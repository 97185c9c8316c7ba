"""What a rule is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Evidence, Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.glance import Glance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opd_exporter.models import Exchange
    from opd_exporter.page import Page
    from opd_exporter.registry import Site

MAX_EVIDENCE_CHARS: Final = 300


class Look:
    """One answer of one site, seen as cheaply as each rule allows."""

    def __init__(
        self, site: Site, exchange: Exchange, page: Page | None = None, posts: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.site = site
        self.exchange = exchange
        self.page = page
        """The parsed page; ``None`` in a probe."""
        self.posts = posts
        """(title, url) of every post seen on the page and in feeds."""

    @cached_property
    def glance(self) -> Glance:
        """The cheap look."""
        return Glance(self.exchange)

    @cached_property
    def suspicious(self) -> frozenset[str]:
        """Texts of the page (anchors, headings, titles and addresses of posts) that may hold a gambling phrase."""
        texts = {title for title, _ in self.posts} | {url for _, url in self.posts}
        if self.page is not None:
            texts.update(link.text for link in self.page.links)
            texts.update(self.page.headings[:60])
        listed = list(texts)
        return frozenset(listed[position] for position in gambling.suspects(listed))

    @property
    def title(self) -> str:
        """The page's title."""
        return self.glance.title


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's answer: the reason, what proves it, and whether the site's own content can still be read."""

    reason: Reason
    evidence: tuple[Evidence, ...] = field(default=())
    readable: bool = False


def evidence(kind: str, text: str, where: str = "") -> Evidence:
    """One observation with its text made printable and short."""
    flat = "".join(char if char.isprintable() else " " for char in text)
    return Evidence(kind, " ".join(flat.split())[:MAX_EVIDENCE_CHARS], where[:MAX_EVIDENCE_CHARS])
