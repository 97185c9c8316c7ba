"""What intruders do to an imitation site: gambling links, posts, redirects, cloaking and defacement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.demo.posts import DemoPost
from opd_exporter.demo.views import Answer, bare_page

if TYPE_CHECKING:
    from opd_exporter.demo.views import Request, View

_GAMBLING_WORDS = (
    *("slot gacor hari ini", "rtp live slot", "togel online resmi", "slot depo 10k", "scatter hitam", "slot88"),
    *(
        "situs gampang menang",
        "pola gacor maxwin",
        "mahjong ways",
        "slot thailand",
        "bonus new member 100",
        "toto macau",
    ),
)


def gambling_links(view: View, _request: Request) -> View:
    """Links to gambling sites, placed outside the screen."""
    links = " ".join(
        f'<a href="https://slot-gacor-{number}.example/">{word}</a>' for number, word in enumerate(_GAMBLING_WORDS)
    )
    block = f'<div style="position:absolute;left:-9999px;top:-9999px;height:1px;overflow:hidden">{links}</div>'
    return view.with_(injected=block)


def gambling_posts(view: View, _request: Request) -> View:
    """Two posts about gambling among the news."""
    titles = (
        "Slot gacor hari ini gampang menang",
        "Daftar togel online resmi terpercaya",
    )
    newest = view.posts[0] if view.posts else None
    number = newest.number if newest else 1
    moment = newest.published_at if newest else view.now
    injected = [DemoPost(number + 9000 + place, title, moment, title) for place, title in enumerate(titles)]
    return view.with_(posts=[*injected, *view.posts])


def _gambling_page(view: View) -> Answer:
    words = "".join(f"<li>{word}</li>" for word in _GAMBLING_WORDS)
    return bare_page(
        "SLOT GACOR MAXWIN: situs slot88 gampang menang",
        f"<h1>Situs slot gacor server thailand</h1><p>{view.id} rtp live slot</p><ul>{words}</ul>",
        head='<meta name="description" content="Daftar situs slot gacor maxwin hari ini">',
    )


def gambling_redirect(_view: View, _request: Request) -> Answer:
    """The home page leads to a gambling site."""
    # By the page and not by HTTP: a demo must not need a name that resolves to the gambling host.
    target = "https://slot-gacor-maxwin.invalid/daftar"
    return bare_page(
        "Mengalihkan",
        f"<script>location.href='{target}'</script>",
        head=f'<meta http-equiv="refresh" content="0; url={target}">',
    )


def gambling_cloaked(view: View, request: Request) -> Answer | None:
    """Search engines get a page that citizens never see."""
    from_search = "google." in request.referer or "bing." in request.referer
    return _gambling_page(view) if "Googlebot" in request.user_agent or from_search else None


def defaced(_view: View, _request: Request) -> Answer:
    """The home page is replaced."""
    return Answer(
        '<html><head><title>Hacked by Demo_Crew</title><meta name="description" content="Touched by Demo_Crew"></head>'
        '<body bgcolor="black" text="lime" oncontextmenu="return false"><center><h1>Hacked by Demo_Crew</h1>'
        "<p>Your security is low, admin.</p></center></body></html>"
    )
