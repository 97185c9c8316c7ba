"""The software that the imitation sites seem to run: one function per kind, in the table ``ENGINES``.

Each answers the requests of one site: the home page, the list, the articles, and the machine-readable addresses that
the real software offers. What stands beside the posts (clock, agenda, counter...) is the site's ``traps``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from markupsafe import escape

from opd_exporter.demo import feeds
from opd_exporter.demo.hard_engines import json_ld, next_app, profile_only, stubborn
from opd_exporter.demo.pages import build_pages, href_of, time_tag
from opd_exporter.demo.posts import ENGLISH_MONTHS, english_date, long_date, plain_date, relative_date
from opd_exporter.demo.views import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.demo.posts import DemoPost
    from opd_exporter.demo.views import Request, View

    Engine = Callable[[View, Request], Answer]

_ZERO = timedelta()


def wordpress(view: View, request: Request) -> Answer:
    """WordPress: REST, feed, a comments feed as a trap, ``F j, Y`` dates under Indonesian text."""
    base = view.base_url

    href = href_of(view, "wordpress")

    route = request.query.get("rest_route", "").strip("/")
    path = request.path.rstrip("/") or "/"
    if path == "/wp-json/wp/v2/posts" or route == "wp/v2/posts":
        return json_answer([_rest_post(post, href(post)) for post in view.posts])
    if path == "/wp-json" or request.query.get("rest_route") == "/":
        return json_answer({"name": view.name, "url": base, "home": base, "namespaces": ["wp/v2"]})
    if path == "/feed" or request.query.get("feed") == "rss2":
        return feeds.rss(view, href, build_date=view.now, generator="https://wordpress.org/?v=6.8")
    if path == "/comments/feed":
        return feeds.comments_rss(view, href)
    if path in {"/wp-sitemap.xml", "/sitemap.xml"}:
        return feeds.sitemap([(href(post), view.now) for post in view.posts])
    links = [
        {"rel": "https://api.w.org/", "href": f"{base}/wp-json/"},
        {"rel": "alternate", "type": "application/rss+xml", "title": f"{view.name} » Feed", "href": f"{base}/feed/"},
        {
            "rel": "alternate",
            "type": "application/rss+xml",
            "title": f"{view.name} » Umpan Komentar",
            "href": f"{base}/comments/feed/",
        },
    ]
    if "comments_feed_first" in view.traps:
        links[1:] = links[:0:-1]
    view = view.with_(head_links=links, generator="WordPress 6.8", body_class="home blog", list_path="/category/berita")
    answer = build_pages(view, request, href, lambda post: time_tag(post, _month_first(post)), item_class="post hentry")
    return Answer(answer.body, answer.status, headers={"Link": f'<{base}/wp-json/>; rel="https://api.w.org/"'})


def joomla(view: View, request: Request) -> Answer:
    """Joomla: ``?format=feed&type=rss`` and lists with an icon and a published line."""
    base = view.base_url

    href = href_of(view, "joomla")

    if request.query.get("format") == "feed":
        if request.query.get("type") == "atom":
            return feeds.atom(view, href, generator="Joomla! - Open Source Content Management")
        return feeds.rss(view, href, build_date=view.now, generator="Joomla! - Open Source Content Management")
    view = view.with_(
        head_links=[
            {
                "rel": "alternate",
                "type": "application/rss+xml",
                "title": "RSS 2.0",
                "href": f"{base}/index.php?format=feed&type=rss",
            }
        ],
        generator="Joomla! - Open Source Content Management",
        body_class="site com_content view-featured",
        list_path="/index.php/berita",
    )
    return build_pages(
        view,
        request,
        href,
        lambda post: f"Diterbitkan: {time_tag(post, plain_date(post.published_at))}",
        item_class="blog-item",
        extra=lambda post: f"Dilihat: {post.number % 700}",
    )


def own_cms(view: View, request: Request) -> Answer:
    """The regency's own software: ``/baca/berita/<slug>``, ``Kamis, 02 Desember 2021``, no feed at all."""

    def stamp(post: DemoPost) -> str:
        day = post.published_at
        return f'<i class="fa fa-calendar"></i> {long_date(day).replace(f" {day.day} ", f" {day.day:02d} ")}'

    return build_pages(
        view.with_(list_path="/berita"),
        request,
        href_of(view, "own_cms"),
        stamp,
        item_class="berita",
        extra=lambda post: f"{post.number % 400} kali dibaca",
    )


def own_cms_english(view: View, request: Request) -> Answer:
    """The same software with English months: ``04 March 2026 | Admin``."""
    return build_pages(
        view.with_(list_path="/berita"),
        request,
        href_of(view, "own_cms_english"),
        lambda post: f"{english_date(post.published_at)} | Admin",
        item_class="media",
    )


def own_cms_relative(view: View, request: Request) -> Answer:
    """A house build that prints ages instead of dates."""
    return build_pages(
        view.with_(list_path="/kabar"),
        request,
        href_of(view, "own_cms_relative"),
        lambda post: f'<i class="bi bi-clock"></i> {relative_date(post.published_at, view.now)}',
        item_class="card",
        article_stamp=lambda post: long_date(post.published_at),
    )


def blogger(view: View, request: Request) -> Answer:
    """Blogger: Atom with an ``updated`` that moves by itself."""
    base = view.base_url

    href = href_of(view, "blogger")

    if request.path.rstrip("/") == "/feeds/posts/default":
        if request.query.get("alt") == "rss":
            return feeds.rss(view, href, build_date=view.now, generator="Blogger")
        return feeds.atom(view, href)
    view = view.with_(
        head_links=[
            {"rel": "alternate", "type": "application/atom+xml", "title": "Atom", "href": f"{base}/feeds/posts/default"}
        ],
        generator="blogger",
        body_class="mobile-view item-view",
        list_path="/search",
    )
    return build_pages(view, request, href, lambda post: long_date(post.published_at), item_class="post-outer")


def drupal(view: View, request: Request) -> Answer:
    """Drupal: ``/rss.xml`` and month-first dates with a weekday."""
    base = view.base_url

    href = href_of(view, "drupal")

    if request.path == "/rss.xml":
        return feeds.rss(view, href)
    view = view.with_(
        head_links=[{"rel": "alternate", "type": "application/rss+xml", "title": view.name, "href": f"{base}/rss.xml"}],
        generator="Drupal 10 (https://www.drupal.org)",
        body_class="path-frontpage",
        list_path="/node",
    )
    return build_pages(
        view,
        request,
        href,
        lambda post: f"Dikirim oleh admin pada {post.published_at:%a, %m/%d/%Y - %H:%M}",
        item_class="node node--type-article",
    )


def opensid(view: View, request: Request) -> Answer:
    """The village system: ``/artikel/2026/10/8/<slug>``, a feed, many widgets."""
    base = view.base_url

    href = href_of(view, "opensid")

    if request.path.rstrip("/") == "/feed":
        return feeds.rss(view, href, build_date=view.now, generator="OpenSID")
    view = view.with_(
        head_links=[
            {"rel": "alternate", "type": "application/rss+xml", "title": f"Feed {view.name}", "href": f"{base}/feed"}
        ],
        generator="OpenSID",
        list_path="/artikel/kategori/berita",
    )
    return build_pages(
        view,
        request,
        href,
        lambda post: f'<i class="fa fa-clock-o"></i> {plain_date(post.published_at)}',
        item_class="artikel",
        extra=lambda post: f"Dibaca {post.number % 300} kali",
    )


ENGINES: Mapping[str, Engine] = {
    "wordpress": wordpress,
    "joomla": joomla,
    "own_cms": own_cms,
    "own_cms_english": own_cms_english,
    "own_cms_relative": own_cms_relative,
    "blogger": blogger,
    "drupal": drupal,
    "opensid": opensid,
    "next_app": next_app,
    "json_ld": json_ld,
    "stubborn": stubborn,
    "profile_only": profile_only,
}


def _rest_post(post: DemoPost, link: str) -> dict[str, object]:
    return {
        "id": post.number,
        "date": post.published_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_gmt": (post.published_at - (post.published_at.utcoffset() or _ZERO)).strftime("%Y-%m-%dT%H:%M:%S"),
        "link": link,
        "title": {"rendered": str(escape(post.title))},
    }


def _month_first(post: DemoPost) -> str:
    day = post.published_at
    return f"{ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}"
