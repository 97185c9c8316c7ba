"""The pages that every engine has: home, list, articles, the plain ones and a real 404; and the posts' addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opd_exporter.demo.views import Answer, not_found, render, static_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.demo.posts import DemoPost
    from opd_exporter.demo.views import Request, View

    Stamp = Callable[[DemoPost], str]
    Href = Callable[[DemoPost], str]

_PLAIN_PAGES = {"/profil": "Profil", "/layanan": "Layanan", "/ppid": "PPID", "/kontak": "Kontak"}


PATHS: Mapping[str, Href] = {
    "wordpress": lambda post: f"/{post.published_at:%Y/%m/%d}/{post.slug}/",
    "joomla": lambda post: f"/index.php/berita/{post.slug}",
    "own_cms": lambda post: f"/baca/berita/{post.slug}",
    "own_cms_english": lambda post: f"/baca/{post.slug}",
    "own_cms_relative": lambda post: f"/kabar/{post.slug}",
    "blogger": lambda post: f"/{post.published_at:%Y/%m}/{post.slug}.html",
    "drupal": lambda post: f"/node/{post.number}",
    "opensid": lambda post: (
        f"/artikel/{post.published_at.year}/{post.published_at.month}/{post.published_at.day}/{post.slug}"
    ),
    "next_app": lambda post: f"/informasi/{post.slug}",
    "json_ld": lambda post: f"/warta/{post.slug}",
    "stubborn": lambda post: f"/kabar/{post.slug}",
    "profile_only": lambda post: f"/{post.slug}",
}
"""Engine -> the path of one of its posts."""


class Item(NamedTuple):
    """One post in a list."""

    post: DemoPost
    href: str
    stamp: str
    """HTML of its date."""
    extra: str = ""


def build_pages(
    view: View,
    request: Request,
    href: Href,
    stamp: Stamp,
    *,
    item_class: str,
    extra: Stamp | None = None,
    article_stamp: Stamp | None = None,
) -> Answer:
    """Home, list, articles and the plain pages of a site; everything else is a real 404."""
    if request.path in {"/", "/index.php", view.list_path, f"{view.list_path}/"}:
        heading = "Berita Terbaru" if request.path in {"/", "/index.php"} else "Berita"
        items = [Item(post, href(post), stamp(post), extra(post) if extra else "") for post in view.posts]
        return Answer(render("home_cards.html", view, heading=heading, items=items, item_class=item_class))
    for post in view.posts:
        if href(post).removeprefix(view.base_url).rstrip("/") == request.path.rstrip("/"):
            shown = (article_stamp or stamp)(post)
            return Answer(render("article.html", view, post=post, stamp=shown, page_title=post.title))
    return plain_or_missing(view, request)


def href_of(view: View, engine: str) -> Href:
    """The absolute address of a post of ``view`` as ``engine`` builds it."""
    path = PATHS[engine]
    return lambda post: view.base_url + path(post)


def plain_or_missing(view: View, request: Request) -> Answer:
    """A page without news, or the site's real 404."""
    heading = _PLAIN_PAGES.get(request.path.rstrip("/"))
    if heading is None:
        return not_found(view)
    return Answer(static_page(view, heading, f"{heading} {view.name}.", "Isi laman ini karangan untuk demonstrasi."))


def time_tag(post: DemoPost, shown: str) -> str:
    """A ``time`` element with the machine-readable moment."""
    return f'<time datetime="{post.published_at.isoformat()}">{shown}</time>'
