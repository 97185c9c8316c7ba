"""Gambling placed into a site that still stands: its title, its links, its posts, its canonical address, its scripts."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.domains import host_of, is_same_site
from opd_exporter.verdict.look import Hit, evidence

if TYPE_CHECKING:
    from opd_exporter.models import Evidence
    from opd_exporter.page import Link
    from opd_exporter.verdict.look import Look

LINK_SCORE: Final = 3
"""Points from which links are an injection: 1 for a gambling anchor, 1 for a gambling host, 1 when hidden."""
TEXT_PHRASES: Final = 4
"""Distinct strong phrases in running text, none of them warned of, that make a page an advertisement."""
MAX_EXAMPLES: Final = 4
_SENTENCE = re.compile(r"[^.!?\n|•]{1,400}")
_WORDS = re.compile(r"\w{3,}")
_TRUSTED: Final = (
    "aduankonten.id",
    "komdigi.go.id",
    "kominfo.go.id",
    "trustpositif.kominfo.go.id",
    "patrolisiber.id",
    "cekrekening.id",
)
_ENCODED = re.compile(
    r"(?:atob|base64_decode|b64decode)\(\s*[\"']([A-Za-z0-9+/=]{16,4000})[\"']|(?:unescape|decodeURIComponent)\(\s*[\"']([^\"']{16,4000})[\"']"
)
_URL = re.compile(r"(?:https?:)?\\?/\\?/([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


def gambling_title(look: Look) -> Hit | None:
    """The title says gambling: cheap, so every probe looks."""
    match = gambling.find(look.title)
    if match is None:
        return None
    return Hit(
        Reason.GAMBLING_LINKS, (evidence("title", match.text, "judul halaman"),), readable=_own_content_left(look)
    )


def gambling_meta(look: Look) -> Hit | None:
    """The description, the social title or a large heading says gambling."""
    page = look.page
    if page is None:
        return None
    for name in (
        "og:title",
        "description",
        "og:description",
        "twitter:title",
        "twitter:description",
        "keywords",
        "og:site_name",
    ):
        content = page.meta.get(name, "")
        match = gambling.find(content[:500]) if content else None
        if match is not None:
            # Keywords are lists: one phrase among them may be the topic of a campaign.
            if name == "keywords" and len(gambling.strong_phrases(content)) < 2:
                continue
            return Hit(Reason.GAMBLING_LINKS, (evidence("meta", match.text, name),), readable=_own_content_left(look))
    return None


def gambling_takeover(look: Look) -> Hit | None:
    """Canonical, AMP or hreflang address on a foreign gambling host. A foreign host alone is sloppiness, not gambling."""
    page = look.page
    if page is None:
        return None
    targets = [("canonical", page.canonical), ("amphtml", page.amphtml), ("og:url", page.meta.get("og:url"))]
    targets += [(f"hreflang {language}", url) for language, url in page.hreflangs[:40]]
    for name, url in targets:
        host = host_of(url) if url else ""
        if not url or not host or is_same_site(look.site, host):
            continue
        word = gambling.host_word(host)
        if word or gambling.find(_path_words(url)):
            return Hit(
                Reason.GAMBLING_LINKS,
                (evidence(name.split()[0].replace(":", "_"), url, name),),
                readable=_own_content_left(look),
            )
    return None


def gambling_links(look: Look) -> Hit | None:
    """Links that advertise gambling, on other hosts or hidden on the site's own."""
    page = look.page
    if page is None:
        return None
    score = 0
    examples: list[Evidence] = []
    seen: set[tuple[str, str]] = set()
    inner = 0
    suspicious = look.suspicious
    for link in page.links:
        suspect = link.text in suspicious
        if not suspect and link.host == page.host:
            continue
        points, why = _link_points(look, link, text=link.text if suspect else "")
        key = (link.host, link.text.lower()[:60])
        if not points or key in seen:
            continue
        seen.add(key)
        if link.host and is_same_site(look.site, link.host) and not link.hidden:
            inner += 1
        score += points
        kind = "hidden_link" if link.hidden else "link_text"
        if len(examples) < MAX_EXAMPLES:
            examples.append(
                evidence(kind, f"{why} -> {link.host}", f"{link.url} ({link.hidden})" if link.hidden else link.url)
            )
    for frame in page.frames:
        host = host_of(frame)
        if host and not is_same_site(look.site, host) and gambling.host_word(host):
            score += LINK_SCORE
            examples.insert(0, evidence("frame", f"bingkai memuat {host}", frame))
    if score < LINK_SCORE:
        return None
    first = evidence("links", f"{len(seen) or 1} tautan judi", page.url)
    return Hit(Reason.GAMBLING_LINKS, (*examples[:MAX_EXAMPLES], first), readable=_own_content_left(look))


def _link_points(look: Look, link: Link, *, text: str) -> tuple[int, str]:
    if not link.host and not link.url.startswith("http"):
        return 0, ""
    foreign = bool(link.host) and not is_same_site(look.site, link.host)
    if foreign and link.host.removeprefix("www.").endswith(_TRUSTED):
        return 0, ""
    match = gambling.find(text) if text else None
    word = gambling.host_word(link.host) if foreign else None
    if word and link.text and gambling.is_warning(link.text):
        word = None
    if not match and not word:
        return 0, ""
    if not foreign:
        # The site's own address: an injected deep page, or the title of a post (which has its own rule).
        in_path = gambling.find(_path_words(link.url)) is not None
        points = (1 if match and (in_path or link.hidden) else 0) + (1 if link.hidden and match else 0)
        return points, match.text if match else ""
    points = (1 if match else 0) + (1 if word else 0) + (1 if link.hidden else 0)
    return points, match.text if match else (link.text[:60] or word or "")


def gambling_posts(look: Look) -> Hit | None:
    """Titles of posts, list entries, feed or sitemap items that advertise gambling."""
    found: list[Evidence] = []
    count = 0
    for title, url in look.posts:
        if title not in look.suspicious and url not in look.suspicious:
            continue
        match = gambling.find(title) if title else None
        if match is None and not (title and gambling.is_warning(title)):
            match = gambling.find(_path_words(url))
        if match is not None:
            count += 1
            if len(found) < MAX_EXAMPLES:
                found.append(evidence("post_title", title or match.text, url))
    if not count:
        return None
    return Hit(
        Reason.GAMBLING_POSTS,
        (*found, evidence("posts", f"{count} judul bermuatan judi", look.exchange.final_url)),
        readable=True,
    )


def gambling_text(look: Look) -> Hit | None:
    """Headings or running text that advertise: an own page of gambling, or a block without links."""
    page = look.page
    if page is None:
        return None
    for heading in page.headings[:60]:
        match = gambling.find(heading) if heading in look.suspicious else None
        if match is not None and not _near_warning(page.visible_text, heading):
            shown = (evidence("heading", match.text, page.url),)
            return Hit(Reason.GAMBLING_POSTS, shown, readable=_own_content_left(look))
    text = page.outline.text
    if not gambling.may_hold_phrase(text):
        return None
    phrases: dict[str, str] = {}
    for sentence in _SENTENCE.findall(text)[:4000]:
        if len(sentence) < 6:
            continue
        match = gambling.find(sentence.strip())
        if match is not None:
            for phrase in gambling.strong_phrases(sentence):
                phrases.setdefault(phrase, match.text)
            if len(phrases) >= TEXT_PHRASES * 3:
                break
    if len(phrases) < TEXT_PHRASES:
        return None
    if _warned_in_whole(text, len(phrases)):
        return None
    quotes = tuple(evidence("text", value, page.url) for value in dict.fromkeys(phrases.values()))[:MAX_EXAMPLES]
    return Hit(Reason.GAMBLING_LINKS, quotes, readable=_own_content_left(look))


def gambling_script(look: Look) -> Hit | None:
    """A script that holds a gambling address, in clear or encoded (it sends some visitors there)."""
    page = look.page
    if page is None:
        return None
    left = 200_000
    for attributes, text in page.scripts:
        source = attributes.get("src", "")
        host = host_of(source if "://" in source else "https:" + source) if source.startswith(("http", "//")) else ""
        if host and not is_same_site(look.site, host) and (word := gambling.host_word(host)):
            return Hit(
                Reason.GAMBLING_REDIRECT, (evidence("script", f"skrip dari {host} ({word})", source),), readable=True
            )
        if not text or left <= 0 or "ld+json" in attributes.get("type", ""):
            continue
        chunk = text[:left]
        left -= len(chunk)
        for decoded in (chunk if "location" in chunk else "", *_decoded(chunk)):
            for found in _URL.findall(decoded)[:50] if decoded else ():
                if not is_same_site(look.site, found.lower()) and gambling.host_word(found):
                    return Hit(
                        Reason.GAMBLING_REDIRECT,
                        (evidence("script", f"skrip memuat alamat {found}", page.url),),
                        readable=True,
                    )
    return None


def _decoded(script: str) -> list[str]:
    """The texts that a script keeps encoded, at most ten."""
    found = []
    if "atob" in script or "unescape" in script or "decodeURI" in script:
        for packed, escaped in _ENCODED.findall(script)[:10]:
            try:
                found.append(
                    base64.b64decode(packed + "==", validate=False).decode("utf-8", "replace")
                    if packed
                    else unquote(escaped)
                )
            except (binascii.Error, ValueError):
                continue
    if "\\x68\\x74\\x74\\x70" in script:
        found.append(re.sub(r"\\x([0-9a-fA-F]{2})", lambda code: chr(int(code.group(1), 16)), script[:20_000]))
    return found


def _path_words(url: str) -> str:
    """The path of ``url`` as words: ``/2026/slot-gacor-hari-ini/`` -> ``slot gacor hari ini``."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return " ".join(word for word in re.split(r"[/\-_.+]|%20", path[:300]) if word and not word.isdigit())


def _near_warning(text: str, heading: str) -> bool:
    at = text.find(heading)
    return at >= 0 and gambling.is_warning(text[max(0, at - 120) : at + len(heading) + 300])


def _warned_in_whole(text: str, phrases: int) -> bool:
    """Whether the page as a whole speaks of fighting gambling (an article that quotes many phrases)."""
    return gambling.count_warnings(text[:40_000]) >= max(3, phrases)


def _own_content_left(look: Look) -> bool:
    """Whether a citizen still reads the department: enough text that is not the advertisement, and links of the site itself."""
    page = look.page
    if page is None:
        return look.glance.link_count > 8
    own = sum(
        1 for link in page.links if link.host and is_same_site(look.site, link.host) and not gambling.find(link.text)
    )
    return own >= 5 and len(_WORDS.findall(page.visible_text[:4000])) >= 25
