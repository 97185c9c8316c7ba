"""The three checks: ordered tables of rules, first hit wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opd_exporter.models import Check, Finding
from opd_exporter.verdict.blank import not_a_page, nothing_to_read
from opd_exporter.verdict.blocked import challenge, cookie_challenge, too_many_requests
from opd_exporter.verdict.broken import foreign_page
from opd_exporter.verdict.cloaking import look_as_others
from opd_exporter.verdict.deep_pages import look_at_sitemap
from opd_exporter.verdict.defaced import signed_post, signed_title, small_signed_page
from opd_exporter.verdict.injected import (
    foreign_title,
    gambling_links,
    gambling_meta,
    gambling_posts,
    gambling_takeover,
    gambling_text,
    gambling_title,
    hidden_advertisement,
)
from opd_exporter.verdict.injected_scripts import gambling_script
from opd_exporter.verdict.look import Hit, Look
from opd_exporter.verdict.redirects import left_site, sent_to_gambling
from opd_exporter.verdict.soft404 import Resolve, probe_soft_404, probe_wildcard
from opd_exporter.verdict.transport import http_error, no_answer, refused_certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opd_exporter.models import Evidence, Exchange, Fetch
    from opd_exporter.page import Page
    from opd_exporter.registry import Site

PROBE_RULES: Final[tuple[Callable[[Look], Hit | None], ...]] = (
    no_answer,
    challenge,
    sent_to_gambling,
    gambling_title,
    foreign_title,
    signed_title,
    small_signed_page,
    refused_certificate,
    left_site,
    foreign_page,
    too_many_requests,
    http_error,
    cookie_challenge,
    not_a_page,
    nothing_to_read,
)
"""What every probe asks, in this order."""

CONTENT_RULES: Final[tuple[Callable[[Look], Hit | None], ...]] = (
    sent_to_gambling,
    gambling_title,
    foreign_title,
    signed_title,
    small_signed_page,
    gambling_takeover,
    gambling_links,
    gambling_posts,
    gambling_meta,
    gambling_script,
    hidden_advertisement,
    gambling_text,
    signed_post,
)
"""What a content check asks of the parsed page: compromise first, so that the strongest proof is named."""

POST_RULES: Final[tuple[Callable[[Look], Hit | None], ...]] = (gambling_posts, signed_post)
"""Those that look at the posts found on the site, which are known only after its lists and feeds were read."""


def _first(look: Look, rules: tuple[Callable[[Look], Hit | None], ...], check: Check) -> Finding:
    at = look.exchange.started_at + look.exchange.seconds
    for rule in rules:
        hit = rule(look)
        if hit is not None:
            return Finding(check, at, hit.reason, hit.evidence, hit.readable)
    return Finding(check, at)


def judge_probe(site: Site, exchange: Exchange) -> Finding:
    """What one exchange alone says of ``site`` (cheap: no page is parsed).

    An answer 304 says nothing, nor does an exchange that the monitor could not make: the caller keeps what it has.
    """
    if exchange.is_unknown:
        return Finding(Check.PROBE, exchange.started_at + exchange.seconds)
    return _first(Look(site, exchange), PROBE_RULES, Check.PROBE)


def judge_content(site: Site, exchange: Exchange, page: Page, posts_seen: Sequence[tuple[str, str]] = ()) -> Finding:
    """What the full page and the titles seen in lists and feeds say of ``site``.

    Args:
        site: The site.
        exchange: The exchange at which a reader ends (``follow_client_redirects`` applied).
        page: ``exchange`` parsed.
        posts_seen: (title, URL) of every item that a list, feed or sitemap showed.
    """
    look = Look(site, exchange, page, posts_seen)
    if exchange.is_unknown or no_answer(look) is not None or challenge(look) is not None:
        return Finding(Check.CONTENT, exchange.started_at + exchange.seconds)
    finding = _first(look, CONTENT_RULES, Check.CONTENT)
    if finding.reason is not None or exchange.redirects == 0:
        return finding
    # A page that only a client-side redirect reaches is new to this check: the probe saw the page before it.
    foreign = _first(look, (left_site, foreign_page, http_error, nothing_to_read), Check.CONTENT)
    return foreign if foreign.reason is not None else finding


def judge_posts(site: Site, exchange: Exchange, posts_seen: Sequence[tuple[str, str]]) -> Finding:
    """What the titles seen in lists and feeds say of ``site``, whose page ``judge_content`` found in order.

    Args:
        site: The site.
        exchange: The exchange at which a reader ends.
        posts_seen: (title, URL) of every item that a list, feed or sitemap showed.
    """
    return _first(Look(site, exchange, posts=posts_seen), POST_RULES, Check.CONTENT)


async def judge_daily(
    site: Site, exchange: Exchange, page: Page, fetch: Fetch, resolve: Resolve | None = None
) -> Finding:
    """What a second look says: cloaking, answers to paths and names that do not exist.

    Args:
        site: The site.
        exchange: Today's home page as the monitor sees it.
        page: ``exchange`` parsed.
        fetch: Fetches a URL with replaced headers (``Prober.fetcher``).
        resolve: Looks up addresses; ``None`` leaves the wildcard check out.
    """
    at = exchange.started_at + exchange.seconds
    if not exchange.ok or not page.is_html:
        return Finding(Check.DAILY, at)
    cloaked = await look_as_others(site, exchange, fetch)
    if cloaked is not None:
        return cloaked
    deep = await look_at_sitemap(site, exchange, fetch)
    if deep is not None:
        return deep
    notes: list[Evidence] = []
    soft = await probe_soft_404(site, exchange, fetch)
    if soft is not None:
        notes.append(soft)
    if resolve is not None:
        wildcard = await probe_wildcard(site, exchange, fetch, resolve)
        if isinstance(wildcard, Hit):
            return Finding(Check.DAILY, at, wildcard.reason, (*wildcard.evidence, *notes), wildcard.readable)
        if wildcard is not None:
            notes.append(wildcard)
    return Finding(Check.DAILY, at, None, tuple(notes))
