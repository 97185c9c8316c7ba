"""What a reading leaves behind for the next one, and what it tells the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from opd_exporter.freshness.urls import url_key
from opd_exporter.models import Post, PostSource

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from opd_exporter.models import Candidate

MAX_FIRST_DAYS: Final = 400
MAX_ARTICLE_URLS: Final = 600
MAX_KEPT_POSTS: Final = 20


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store keeps for the freshness engine, per site."""

    source: PostSource | None = None
    """Source of the newest post at the last reading that found one."""
    source_url: str = ""
    """The document in which it stood (may be the home page)."""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    """Validators and SHA-256 (hex) of that document, when it is not the home page."""
    first_days: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Post URL key -> ISO day on which it was dated first; the oldest entries are dropped."""
    article_urls: tuple[str, ...] = ()
    """Same-host article URL keys seen so far, the latest last."""
    discovered_at: float | None = None
    """Unix seconds of the last full discovery."""
    posts: tuple[Post, ...] = ()
    """The newest posts of the last reading, given again while the document is unchanged."""

    def to_json(self) -> dict[str, Any]:
        """A value that ``json.dumps`` takes and ``from_json`` reads back."""
        return {
            "source": self.source.value if self.source else None,
            "source_url": self.source_url,
            "etag": self.etag,
            "last_modified": self.last_modified,
            "body_hash": self.body_hash,
            "first_days": dict(self.first_days),
            "article_urls": list(self.article_urls),
            "discovered_at": self.discovered_at,
            "posts": [
                [post.url, post.title, post.published_at.isoformat(), post.source.value, post.date_only]
                for post in self.posts
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Memory:
        """The memory that ``to_json`` wrote; an empty one when the value is not of that form."""
        try:
            return cls(
                source=PostSource(value["source"]) if value.get("source") else None,
                source_url=str(value.get("source_url", "")),
                etag=str(value.get("etag", "")),
                last_modified=str(value.get("last_modified", "")),
                body_hash=str(value.get("body_hash", "")),
                first_days=MappingProxyType({str(url): str(day) for url, day in value.get("first_days", {}).items()}),
                article_urls=tuple(str(url) for url in value.get("article_urls", ())),
                discovered_at=value.get("discovered_at"),
                posts=tuple(
                    Post(url, title, datetime.fromisoformat(moment), PostSource(source), bool(date_only))
                    for url, title, moment, source, date_only in value.get("posts", ())
                ),
            )
        except (ValueError, TypeError, AttributeError, KeyError):
            return cls()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one content check read of a site's posts."""

    posts: tuple[Post, ...] = ()
    """Credible, newest first, one per URL."""
    candidates: tuple[Candidate, ...] = ()
    """Every date considered, taken or refused, each with an Indonesian note; bounded."""
    memory: Memory = field(default_factory=Memory)
    requests: int = 0
    """Requests made beyond the home page."""
    titles: tuple[tuple[str, str], ...] = ()
    """(title, URL) of every item seen in feeds and lists, for the verdict's look at injected posts."""
    article_urls: tuple[str, ...] = ()
    """Same-host article URL keys on the pages read."""
    new_article_urls: tuple[str, ...] = ()
    """Those that no earlier reading had seen."""
    moved: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    """URL keys whose date moved with the days -> the day that was shown this time."""
    moved_from: frozenset[date] = frozenset()
    """The days under which those URLs were first reported."""
    unchanged: bool = False
    """The winning document was the same as before: ``posts`` are those of the last reading."""

    @property
    def newest(self) -> Post | None:
        """The newest credible post."""
        return self.posts[0] if self.posts else None

    @property
    def disproved_dates(self) -> frozenset[date]:
        """Days that were shown by dates which turned out to be clocks."""
        return frozenset(self.moved.values()) | self.moved_from

    def disproves(self, post: Post) -> bool:
        """Whether ``post``, reported earlier, stood on a date that turned out to move."""
        return url_key(post.url) in self.moved
