"""Gambling placed into a site that still stands: its title, its links, its posts, its text, its canonical address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.broken import foreign_page
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
MIN_ASIAN: Final = 4
MAX_HIDDEN_CHARS: Final = 60_000
MAX_SENTENCES: Final = 600
MAX_EXAMPLES: Final = 4
MAX_LAYERS: Final = 6
"""How far above a link a layer fixed over the page is looked for."""
_META_NAMES: Final = (
    *("og:title", "description", "og:description", "twitter:title", "twitter:description", "keywords", "og:site_name"),
)
_FIXED = re.compile(r"\bposition\s{0,9}:\s{0,9}fixed\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n|•]{1,400}")
_NAMES = re.compile(r"\"(?:name|headline|description|alternateName)\"\s*:\s*\"([^\"]{3,300})\"")
_ASIAN = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORDS = re.compile(r"\w{3,}")
_TRUSTED: Final = (
    "aduankonten.id",
    "komdigi.go.id",
    "kominfo.go.id",
    "trustpositif.kominfo.go.id",
    "patrolisiber.id",
    "cekrekening.id",
)


def gambling_title(look: Look) -> Hit | None:
    """The title says gambling: cheap, so every probe looks."""
    match = gambling.find(look.title, own_title=True)
    if match is None:
        return None
    return Hit(
        Reason.GAMBLING_LINKS, (evidence("title", match.text, "judul halaman"),), readable=_own_content_left(look)
    )


def foreign_title(look: Look) -> Hit | None:
    """A title in Thai, Chinese, Japanese or Korean letters: no department here has one, keyword spam does."""
    title = look.title
    letters = sum(1 for char in title if char.isalpha())
    foreign = len(_ASIAN.findall(title))
    if foreign < MIN_ASIAN or foreign < letters * 0.6 or foreign_page(look) is not None:
        return None
    shown = (evidence("title", title, "judul halaman berhuruf asing"),)
    return Hit(Reason.GAMBLING_LINKS, shown, readable=_own_content_left(look))


def gambling_meta(look: Look) -> Hit | None:
    """The description, the social title or a large heading says gambling."""
    page = look.page
    if page is None:
        return None
    for name in _META_NAMES:
        content = page.meta.get(name, "")
        match = gambling.find(content[:500], own_title=True) if content else None
        if match is not None:
            # Keywords are lists: one phrase among them may be the topic of a campaign.
            if name == "keywords" and len(gambling.strong_phrases(content)) < 2:
                continue
            return Hit(Reason.GAMBLING_LINKS, (evidence("meta", match.text, name),), readable=_own_content_left(look))
    for block in page.json_ld[:20]:
        for value in _NAMES.findall(block[:20_000])[:60]:
            if match := gambling.find(value):
                return Hit(Reason.GAMBLING_LINKS, (evidence("json_ld", match.text, page.url),), readable=True)
    return None


def gambling_takeover(look: Look) -> Hit | None:
    """Canonical, AMP or hreflang address on a gambling host. A foreign host alone is sloppiness, not gambling."""
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
        if word or gambling.find(gambling.path_words(url)):
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
        # Anchors inside noscript and templates have no text that a reader sees; search engines do read it.
        text = link.text or ("" if link.host == page.host else _silent_text(link))
        suspect = link.text in suspicious or (not link.text and bool(text)) or bool(link.hidden)
        if not suspect and link.host == page.host:
            continue
        points, why = _link_points(look, link, text=text if suspect else "")
        key = (link.host, text.lower()[:60])
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


def _silent_text(link: Link) -> str:
    return " ".join("".join(link.element.itertext()).split())[:200]


def _floats(link: Link) -> bool:
    """Whether the link stands in a layer fixed over the page, and does not lead to another public body."""
    if link.host.endswith((".go.id", ".desa.id", ".ac.id", ".sch.id", ".mil.id")):
        return False
    element = link.element
    for _ in range(MAX_LAYERS):
        if element is None:
            return False
        if _FIXED.search(str(element.get("style") or "")[:600]):
            return True
        element = element.getparent()
    return False


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
        if foreign and gambling.is_brand(link.text, link.host):
            return 1 + bool(link.hidden), link.text
        weak = foreign and link.hidden and gambling.is_weak(text or link.text)
        return (2, text or link.text) if weak else (0, "")
    if not foreign:
        # The site's own address: an injected deep page, or the title of a post (which has its own rule).
        in_path = gambling.find(gambling.path_words(link.url)) is not None
        points = (1 if match and (in_path or link.hidden) else 0) + (1 if link.hidden and match else 0)
        return points, match.text if match else ""
    # A strong phrase that leads to a gambling host leaves no doubt, nor do two strong phrases on one banner.
    # A fixed layer over the page that carries the phrase is an advertisement as well.
    sure = match is not None and (word is not None or len(gambling.strong_phrases(text)) > 1 or _floats(link))
    points = LINK_SCORE if sure else 1
    return points + (1 if link.hidden else 0), match.text if match else (text[:60] or link.text[:60] or word or "")


def gambling_posts(look: Look) -> Hit | None:
    """Titles of posts, list entries, feed or sitemap items that advertise gambling."""
    found: list[Evidence] = []
    count = 0
    for title, url in look.posts:
        if title not in look.suspicious and url not in look.suspicious:
            continue
        match = gambling.find(title) if title else None
        if match is None and not (title and gambling.is_warning(title)):
            match = gambling.find(gambling.path_words(url))
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
    phrases = _advertised(text)
    if len(phrases) < TEXT_PHRASES:
        return None
    if _warned_in_whole(text, len(phrases)):
        return None
    quotes = tuple(evidence("text", value, page.url) for value in dict.fromkeys(phrases.values()))[:MAX_EXAMPLES]
    return Hit(Reason.GAMBLING_LINKS, quotes, readable=_own_content_left(look))


def hidden_advertisement(look: Look) -> Hit | None:
    """A hidden block whose words are an advertisement, with or without links."""
    page = look.page
    if page is None:
        return None
    outline = page.outline
    left = MAX_HIDDEN_CHARS
    for block in outline.blocks:
        if not block.hidden or (block.parent is not None and block.parent.hidden) or block.text_end <= block.text_start:
            continue
        text = outline.text[block.text_start : min(block.text_end, block.text_start + gambling.MAX_TEXT)]
        left -= len(text)
        if left < 0:
            break
        if (
            gambling.may_hold_phrase(text)
            and (match := gambling.find(text))
            and len(gambling.strong_phrases(text)) >= 2
        ):
            shown = (evidence("hidden_text", match.text, f"{page.url} ({block.hidden})"),)
            return Hit(Reason.GAMBLING_LINKS, shown, readable=_own_content_left(look))
    return None


def _advertised(text: str) -> dict[str, str]:
    """Strong phrase -> its sentence, of sentences that do not warn."""
    phrases: dict[str, str] = {}
    for sentence in _SENTENCE.findall(text)[:MAX_SENTENCES]:
        if len(sentence) < 6 or not gambling.suspects([sentence]):
            continue
        match = gambling.find(sentence.strip())
        if match is not None:
            for phrase in gambling.strong_phrases(sentence):
                phrases.setdefault(phrase, match.text)
            if len(phrases) >= TEXT_PHRASES * 3:
                break
    return phrases


def _near_warning(text: str, heading: str) -> bool:
    at = text.find(heading)
    return at >= 0 and gambling.is_warning(text[max(0, at - 120) : at + len(heading) + 300])


def _warned_in_whole(text: str, phrases: int) -> bool:
    """Whether the page as a whole speaks of fighting gambling (an article that quotes many phrases)."""
    return gambling.count_warnings(text[:40_000]) >= max(3, phrases)


def _own_content_left(look: Look) -> bool:
    """Whether a citizen still reads the department: enough text that is no advertisement, and the site's own links."""
    page = look.page
    if page is None:
        return look.glance.link_count > 8
    own = sum(
        1 for link in page.links if link.host and is_same_site(look.site, link.host) and not gambling.find(link.text)
    )
    return own >= 5 and len(_WORDS.findall(page.visible_text[:4000])) >= 25
