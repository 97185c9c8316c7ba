"""Once a day: does the site show other visitors something else than it shows the monitor?

Public kits for gambling injection look at the visitor: search engines get keyword pages, people who come from a search
result or with a telephone are sent to a gambling host. Each is one more polite request; a refusal means nothing (some
firewalls block whoever pretends to be a search engine).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opd_exporter.models import Check, Finding, Reason, Status
from opd_exporter.offload import offload
from opd_exporter.page import parse_page
from opd_exporter.verdict.defaced import signed_title
from opd_exporter.verdict.domains import host_of
from opd_exporter.verdict.injected import (
    gambling_links,
    gambling_meta,
    gambling_takeover,
    gambling_text,
    gambling_title,
)
from opd_exporter.verdict.look import Look, evidence
from opd_exporter.verdict.redirects import follow_client_redirects, sent_to_gambling

if TYPE_CHECKING:
    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.registry import Site
    from opd_exporter.verdict.look import Hit

_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
VISITORS: Final = (
    (
        "mesin pencari",
        {
            "User-Agent": f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {_WEBKIT} Chrome/131.0.0.0 "
            "Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
        },
    ),
    (
        "pengunjung dari hasil pencarian",
        {
            "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Referer": "https://www.google.com/search?q={host}",
        },
    ),
    (
        "pengunjung dengan ponsel",
        {"User-Agent": f"Mozilla/5.0 (Linux; Android 14; SM-A155F) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36"},
    ),
)
"""(who, headers): ``{host}`` stands for the site's host."""
_RULES: Final = (
    sent_to_gambling,
    gambling_title,
    gambling_takeover,
    gambling_meta,
    gambling_links,
    gambling_text,
    signed_title,
)


async def look_as_others(site: Site, exchange: Exchange, fetch: Fetch) -> Finding | None:
    """The finding ``gambling_cloaked`` when one of ``VISITORS`` is shown gambling, else ``None``.

    Args:
        site: The site.
        exchange: What the monitor itself was shown: when that holds the same, it is no cloak and other rules say so.
        fetch: Fetches a URL with replaced headers.
    """
    # Parsing takes too long for the event loop when the page is made to cost time.
    own = await offload(_compromise, Look(site, exchange, parse_page(exchange)))
    if own is not None:
        return None
    for who, headers in VISITORS:
        sent = {name: value.format(host=host_of(site.url or "")) for name, value in headers.items()}
        answer = await fetch(site.url or exchange.url, sent)
        if answer.reason is not None or not answer.body:
            continue
        answer = await follow_client_redirects(site, answer, fetch)
        hit = await offload(_compromise, Look(site, answer, parse_page(answer)))
        if hit is not None:
            shown = evidence("cloaking", f"{who} melihat halaman lain", answer.final_url)
            return Finding(
                Check.DAILY,
                answer.started_at + answer.seconds,
                Reason.GAMBLING_CLOAKED,
                (shown, *hit.evidence),
                readable=True,
            )
    return None


def _compromise(look: Look) -> Hit | None:
    for rule in _RULES:
        hit = rule(look)
        if hit is not None and hit.reason.status is Status.COMPROMISED:
            return hit
    return None
