"""Where a page sends its reader without HTTP: meta refresh, a script's ``location``, a frameset; and the site left."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.broken import foreign_page
from opd_exporter.verdict.domains import host_of, is_same_site
from opd_exporter.verdict.look import Hit, Look, evidence

if TYPE_CHECKING:
    from opd_exporter.models import Exchange, Fetch
    from opd_exporter.registry import Site

MAX_VISIBLE: Final = 120
"""A page with more visible characters is read, not passed through, unless it says so by a quick meta refresh."""
MAX_VISIBLE_REFRESH: Final = 600
MAX_REFRESH_SECONDS: Final = 10.0
MAX_LINKS: Final = 5
MAX_CLIENT_HOPS: Final = 3
_META = re.compile(r"<meta\b([^<>]{0,1500}?)>", re.IGNORECASE)
_IS_REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_CONTENT = re.compile(r"content\s*=\s*(?:\"([^\"]{0,1000})\"|'([^']{0,1000})'|([^\s>]{1,1000}))", re.IGNORECASE)
_REFRESH = re.compile(r"^\s*([\d.]{0,8})\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']*)?", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?:(?:window|document|self|top|parent|this)\s*\.\s*){0,4}\blocation\s*(?:\.\s*(?:href|assign|replace)\s*)?(?:=(?!=)\s*|\(\s*)"
    r"[\"'`]([^\"'`<>\s]{1,1000})[\"'`]",
    re.IGNORECASE,
)
_IN_FUNCTION = re.compile(r"function\s+(\w{1,60})\s*\([^()]{0,100}\)\s*\{[^{}]{0,300}$")
_NOT_PAGES: Final = ("javascript:", "mailto:", "tel:", "data:", "about:", "#")


def refresh_of(look: Look) -> tuple[float, str] | None:
    """(seconds, absolute URL) of the page's refresh to another address, by an HTTP header or its own head."""
    written = [look.exchange.headers.get("Refresh", "")[:1_000]]
    if "refresh" in look.glance.html_lower:
        # Comments and noscript are what a reader's browser does not run.
        markup = re.sub(
            r"<!--.{0,4000}?-->|<noscript\b.{0,4000}?</noscript",
            " ",
            look.glance.html[:60_000],
            flags=re.IGNORECASE | re.DOTALL,
        )
        for attributes in _META.findall(markup)[:100]:
            content = _CONTENT.search(attributes) if _IS_REFRESH.search(attributes) else None
            written.append(html.unescape(next(filter(None, content.groups()), "")) if content else "")
    for told in written:
        found = _REFRESH.match(told)
        if found is None or not found.group(2):
            continue
        try:
            seconds = float(found.group(1) or 0)
            target = urljoin(look.exchange.final_url, found.group(2).strip())
        except ValueError:
            continue
        if target.split("#")[0] != look.exchange.final_url.split("#")[0] and not target.lower().startswith(_NOT_PAGES):
            return seconds, target
    return None


def script_targets(look: Look) -> list[str]:
    """Absolute URLs that the page's scripts assign to ``location``, at most 20."""
    if "location" not in look.glance.html_lower:
        return []
    markup = look.glance.html
    found = []
    for match in islice(_SCRIPT.finditer(markup), 20):
        target = match.group(1)
        if target.lower().startswith(_NOT_PAGES) or _waits_for_a_call(markup, match.start()):
            continue
        try:
            found.append(urljoin(look.exchange.final_url, target.replace("\\/", "/")))
        except ValueError:
            continue
    return found


def _waits_for_a_call(markup: str, at: int) -> bool:
    """Whether the code at ``at`` stands in a named function that nothing on the page calls (a button's, a menu's)."""
    found = _IN_FUNCTION.search(markup[max(0, at - 400) : at])
    return found is not None and markup.count(found.group(1) + "(") + markup.count(found.group(1) + ";") < 2


def client_target(look: Look) -> str | None:
    """Where a reader of this page ends without a click, or ``None`` when it is a page to read."""
    visible = len(look.glance.visible)
    refresh = refresh_of(look)
    if refresh is not None:
        seconds, target = refresh
        if visible < MAX_VISIBLE or (visible < MAX_VISIBLE_REFRESH and seconds <= MAX_REFRESH_SECONDS):
            return target
    if visible >= MAX_VISIBLE or look.glance.link_count > MAX_LINKS:
        return None
    own = look.exchange.final_url.split("#")[0]
    for target in script_targets(look):
        if target.split("#")[0] != own:
            return target
    if "<frameset" in look.glance.html_lower and look.glance.frames:
        return _main_frame(look)
    return None


def _main_frame(look: Look) -> str | None:
    """The frame that holds the content: of the same site, the last one (menus stand first)."""
    for source in reversed(look.glance.frames):
        try:
            target = urljoin(look.exchange.final_url, source)
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and is_same_site(look.site, host_of(target)):
            return target
    return None


async def follow_client_redirects(site: Site, exchange: Exchange, fetch: Fetch) -> Exchange:
    """The exchange at which a reader's browser ends: client-side redirects followed, at most ``MAX_CLIENT_HOPS``.

    The result has the address that was asked for, the hops of all parts and the time of all parts, so that every rule
    judges it as one exchange. An unreachable target off the site leaves the page that points there.
    """
    current = exchange
    visited = {exchange.final_url}
    for _ in range(MAX_CLIENT_HOPS):
        if not current.ok:
            break
        look = Look(site, current)
        target = client_target(look)
        if target is None or target in visited or not target.lower().startswith(("http://", "https://")):
            break
        visited.add(target)
        answer = await fetch(target, None)
        if answer.reason is not None and not is_same_site(site, host_of(target)):
            break
        current = replace(
            answer,
            url=exchange.url,
            started_at=exchange.started_at,
            seconds=current.seconds + answer.seconds,
            hops=(*current.hops, *answer.hops),
            tls=exchange.tls,
        )
    return current


def sent_to_gambling(look: Look) -> Hit | None:
    """The site sends its readers to a gambling host, by HTTP or by the page."""
    final = look.glance.host
    if not is_same_site(look.site, final):
        word = gambling.host_word(final)
        match = None if word else _gambling_landing(look)
        if word or match:
            said = f"dialihkan ke {final}" + (f": {match.text}" if match else "")
            return Hit(Reason.GAMBLING_REDIRECT, (evidence("redirect", said, look.exchange.final_url),))
    refresh = refresh_of(look)
    targets = [refresh[1]] if refresh else []
    targets += script_targets(look)
    if "<frameset" in look.glance.html_lower:
        targets += [urljoin(look.exchange.final_url, source) for source in look.glance.frames if "//" in source]
    for target in targets:
        host = host_of(target)
        if host and not is_same_site(look.site, host) and gambling.host_word(host):
            return Hit(Reason.GAMBLING_REDIRECT, (evidence("redirect", f"halaman mengalihkan ke {host}", target),))
    return None


def _gambling_landing(look: Look) -> gambling.Match | None:
    for text in (look.title, *look.glance.headings):
        if match := gambling.find(text):
            return match
    return None


def left_site(look: Look) -> Hit | None:
    """The reader ends on a host that is not the site's own and not in ``allowed_hosts``."""
    final = look.glance.host
    if not is_same_site(look.site, final):
        known = foreign_page(look)
        if known is not None:
            return known
        return Hit(Reason.LEFT_SITE, (evidence("redirect", f"dialihkan ke {final}", look.exchange.final_url),))
    target = client_target(look)
    host = host_of(target) if target else ""
    if target and host and not is_same_site(look.site, host):
        reason = Reason.PARKED if _is_parking(host, target) else Reason.LEFT_SITE
        return Hit(reason, (evidence("redirect", f"halaman mengalihkan ke {host}", target),))
    return None


_PARKING = re.compile(
    r"(?:^|\.)(?:sedo(?:parking)?|parkingcrew|bodis|above|dan|afternic|hugedomains|undeveloped|parklogic|voodoo|skenzo|domainmarket"
    r"|buydomains|uniregistry|parking-lander|sav|epik|dynadot|namesilo|atom|brandbucket)\.(?:com|net|org|cz)$|^ww\d{1,2}\."
)


def _is_parking(host: str, target: str) -> bool:
    return _PARKING.search(host) is not None or target.rstrip("/").endswith("/lander")
