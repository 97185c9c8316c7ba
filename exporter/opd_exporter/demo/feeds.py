"""The feeds that imitation sites offer: RSS and Atom, honest ones and ones with the usual false heads."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from opd_exporter.demo.views import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from opd_exporter.demo.posts import DemoPost
    from opd_exporter.demo.views import View


def rss(
    view: View,
    href: Callable[[DemoPost], str],
    *,
    title: str | None = None,
    build_date: datetime | None = None,
    generator: str = "",
) -> Answer:
    """An RSS 2.0 feed of the view's posts; ``build_date`` is the head's date, which says nothing about posts."""
    head = f"<lastBuildDate>{format_datetime(build_date)}</lastBuildDate>" if build_date else ""
    if generator:
        head += f"<generator>{escape(generator)}</generator>"
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{escape(href(post))}</link>"
        f"<pubDate>{format_datetime(post.published_at)}</pubDate>"
        f'<guid isPermaLink="true">{escape(href(post))}</guid>'
        f"<description>{escape(post.summary)}</description></item>"
        for post in view.posts
    )
    return _xml(
        '<rss version="2.0"><channel>'
        f"<title>{escape(title or view.name)}</title><link>{escape(view.base_url)}/</link>"
        f"<description>Kabar {escape(view.name)}</description><language>id</language>{head}{items}</channel></rss>",
        "application/rss+xml",
    )


def comments_rss(view: View, href: Callable[[DemoPost], str]) -> Answer:
    """The feed of visitors' comments: always newer than the posts, and no post at all."""
    target = href(view.posts[0]) if view.posts else view.base_url
    items = "".join(
        f"<item><title>Oleh: Warga {number}</title><link>{escape(target)}#comment-{number}</link>"
        f"<pubDate>{format_datetime(view.now)}</pubDate><description>{escape(text)}</description></item>"
        for number, (_, text, _) in enumerate(view.comments, 1)
    )
    return _xml(
        f'<rss version="2.0"><channel><title>Komentar pada: {escape(view.name)}</title>'
        f"<link>{escape(view.base_url)}/</link><description/>{items}</channel></rss>",
        "application/rss+xml",
    )


def atom(view: View, href: Callable[[DemoPost], str], *, generator: str = "Blogger") -> Answer:
    """An Atom feed whose ``updated`` moves with every template edit, as Blogger's does."""
    moved = view.now.isoformat()
    entries = "".join(
        f"<entry><id>tag:{escape(view.id)},post-{post.number}</id><title>{escape(post.title)}</title>"
        f"<published>{post.published_at.isoformat()}</published><updated>{moved}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(href(post))}/>'
        f"<summary>{escape(post.summary)}</summary></entry>"
        for post in view.posts
    )
    return _xml(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:{escape(view.id)},blog</id>'
        f"<title>{escape(view.name)}</title><updated>{moved}</updated><generator>{escape(generator)}</generator>"
        f'<link rel="alternate" href={quoteattr(view.base_url + "/")}/>{entries}</feed>',
        "application/atom+xml",
    )


def sitemap(urls: Sequence[tuple[str, datetime]]) -> Answer:
    """A sitemap whose ``lastmod`` is the moment of building."""
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{moment.date().isoformat()}</lastmod></url>" for url, moment in urls
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>', "application/xml")


def _xml(body: str, content_type: str) -> Answer:
    return Answer(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type=f"{content_type}; charset=UTF-8", cacheable=True
    )
