"""Told apart from down: a firewall, a challenge or a rate limit answered the monitor. Nothing is known of the site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Check, Finding, Reason, Status
from opd_exporter.verdict.broken import blocking_page
from opd_exporter.verdict.look import Hit, Look, evidence

if TYPE_CHECKING:
    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.registry import Site

BROWSER_HEADERS: Final = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Language": "id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7",
    "Sec-Ch-Ua": '"Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"',
    "Sec-Ch-Ua-Mobile": "?0",
    "Sec-Ch-Ua-Platform": '"Windows"',
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
}
"""What a citizen's browser sends, for the second look at a refusal."""
REFUSALS: Final = frozenset({401, 403, 405, 406, 410, 412, 418, 444, 451, 503})
"""Statuses by which firewalls refuse a monitor and let a browser pass."""
_RELOAD = re.compile(
    r"(?:location\.(?:reload|replace|href)|location\s*=|window\.location|setTimeout\([^)]{0,80}reload|\.submit\(\))",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"document\.cookie\s*=|cookie\s*\+?=|tonumbers\(|slowaes|challenge", re.IGNORECASE)


def challenge(look: Look) -> Hit | None:
    """A known challenge or block page, or a header that says so."""
    headers = look.exchange.headers
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return Hit(Reason.WAF_CHALLENGE, (evidence("header", "cf-mitigated: challenge", "header HTTP"),))
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return Hit(Reason.WAF_CHALLENGE, (evidence("header", "x-amzn-waf-action", "header HTTP"),))
    return blocking_page(look)


def cookie_challenge(look: Look) -> Hit | None:
    """A page without any text whose script sets a cookie and loads the page again: a challenge of no known maker."""
    glance = look.glance
    if (
        len(look.exchange.body) > 40_000
        or len(glance.visible) > 100
        or glance.link_count
        or "<script" not in glance.html_lower
    ):
        return None
    if glance.has_mount_point or not (_COOKIE.search(glance.html) and _RELOAD.search(glance.html)):
        return None
    return Hit(
        Reason.WAF_CHALLENGE, (evidence("script", "skrip menyetel cookie lalu memuat ulang halaman", "kode halaman"),)
    )


def too_many_requests(look: Look) -> Hit | None:
    """HTTP 429 whatever the page says."""
    if look.exchange.status != 429:
        return None
    wait = look.exchange.retry_after
    return Hit(
        Reason.RATE_LIMITED,
        (evidence("status", "HTTP 429" + (f", coba lagi setelah {wait:.0f} detik" if wait else "")),),
    )


async def judge_refusal(site: Site, exchange: Exchange, fetch: Fetch) -> Finding | None:
    """Look once more with a browser's own headers at a refusal that no signature explains.

    Returns:
        A finding of the probe that says ``blocked``, when the browser-like request was answered (or challenged) and
        the monitor's was not; ``None`` when the refusal stands for everybody, or ``exchange`` is no refusal.
    """
    if exchange.reason is not None or exchange.status not in REFUSALS:
        return None
    if challenge(Look(site, exchange)) is not None:
        return None
    second = await fetch(exchange.url, BROWSER_HEADERS)
    at = second.started_at + second.seconds
    hit = None
    if second.ok:
        said = f"HTTP {exchange.status} untuk pemantau, HTTP {second.status} untuk peramban"
        hit = Hit(Reason.FORBIDDEN_TO_MONITOR, (evidence("status", said, exchange.final_url),))
    elif second.reason is None:
        look = Look(site, second)
        hit = challenge(look) or too_many_requests(look)
    if hit is None or hit.reason.status is not Status.BLOCKED:
        return None
    return Finding(Check.PROBE, at, hit.reason, hit.evidence, hit.readable)
