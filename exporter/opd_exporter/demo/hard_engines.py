"""Imitation sites whose dates do not simply stand in a list: in embedded data, in the wrong frame, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from opd_exporter.demo.pages import build_pages, href_of, plain_or_missing, time_tag
from opd_exporter.demo.posts import plain_date
from opd_exporter.demo.views import Answer, json_script, static_page

if TYPE_CHECKING:
    from opd_exporter.demo.views import Request, View


def next_app(view: View, request: Request) -> Answer:
    """A Next application: rendered on the server, with its data embedded as JSON."""
    href = href_of(view, "next_app")

    data = {
        "props": {
            "pageProps": {
                "posts": [
                    {
                        "id": post.number,
                        "title": post.title,
                        "slug": post.slug,
                        "url": f"/informasi/{post.slug}",
                        "publishedAt": post.published_at.isoformat(),
                    }
                    for post in view.posts
                ]
            }
        },
        "page": "/",
        "buildId": "demo",
    }
    view = view.with_(
        json_blocks=[{"id": "__NEXT_DATA__", "type": "application/json", "json": json_script(data)}],
        list_path="/informasi",
    )
    return build_pages(
        view, request, href, lambda post: time_tag(post, plain_date(post.published_at)), item_class="flex-card"
    )


def json_ld(view: View, request: Request) -> Answer:
    """A house build whose list shows no dates; they stand in JSON-LD only."""
    href = href_of(view, "json_ld")

    block = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": view.name, "url": view.base_url, "dateModified": view.now.isoformat()},
            *(
                {
                    "@type": "NewsArticle",
                    "headline": post.title,
                    "url": href(post),
                    "datePublished": post.published_at.isoformat(),
                    "dateModified": view.now.isoformat(),
                }
                for post in view.posts
            ),
        ],
    }
    view = view.with_(
        json_blocks=[{"id": "", "type": "application/ld+json", "json": json_script(block)}], list_path="/warta"
    )
    return build_pages(view, request, href, lambda _post: "Baca selengkapnya", item_class="warta")


def stubborn(view: View, request: Request) -> Answer:
    """A theme that shows its news in the frame of its agenda, where nobody looks for news; needs ``post_selector``."""
    href = href_of(view, "stubborn")
    rows = "".join(
        f'<div class="event"><a href="{href(post)}">{escape(post.title)}</a> '
        f'<span class="waktu-terbit kecil">{plain_date(post.published_at)}</span></div>'
        for post in view.posts
    )
    if request.path in {"/", "/kabar"}:
        heading = "Kabar Terkini" if request.path == "/" else "Semua Kabar"
        frame = static_page(view.with_(list_path="/kabar"), heading, "@@KABAR@@")
        return Answer(frame.replace("<p>@@KABAR@@</p>", f'<section id="agenda" class="agenda">{rows}</section>'))
    return build_pages(view.with_(list_path="/kabar"), request, href, lambda _post: "", item_class="event")


def profile_only(view: View, request: Request) -> Answer:
    """A site without news: nothing on it says how old it is."""
    if request.path == "/":
        body = static_page(
            view.with_(list_path="/layanan"),
            "Profil",
            f"{view.name} melaksanakan urusan pemerintahan sesuai tugas dan fungsinya.",
            "Layanan diberikan pada hari kerja. Berkas persyaratan tersedia di loket.",
            "Pengaduan masyarakat diterima melalui loket dan surat.",
        )
        return Answer(body)
    return plain_or_missing(view, request)
