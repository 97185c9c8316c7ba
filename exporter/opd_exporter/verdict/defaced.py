"""A page replaced or signed by an intruder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.look import Hit, evidence

if TYPE_CHECKING:
    from opd_exporter.verdict.look import Look

MAX_VISIBLE: Final = 600
"""Words that a news item may hold count only on a page this small."""
MAX_LINKS: Final = 10
_H = "h[4a@][c(k]?k(?:[e3]d|[e3]r)?"
_SIGNED = re.compile(
    r"^\W{0,12}(?:(?:site|website|web|page|you(?:'?ve|r)?|this)\s+(?:\w+\s+){0,3})?(?:(?:got|been|was|is|were)\s+)?"
    r"(?:h[4a@](?:c|\()?k[e3]d|d[e3]f[4a@]c[e3]d?|p[wv]n[e3]?d|0wn[e3]d|own[e3]d|t[o0]uch[e3]d|r[o0][o0]t[e3]d|stamp[e3]d|owned|deface)\s*(?:by|w[i1]th|with|oleh|[:=|\-~])\s*\W{0,6}\S",
    re.IGNORECASE,
)
_TITLE_ONLY = re.compile(
    r"^\W{0,12}(?:h[4a@](?:c|\()?k[e3]d|d[e3]f[4a@]c[e3]d|p[wv]n[e3]?d|0wn[e3]d|own[e3]d|g[0o]t h[4a@]ck[e3]d|y[0o]u (?:have been|'?ve been|got|are|were) "
    r"h[4a@]ck[e3]d|kena (?:hack|retas|deface)|di-?hack|di-?retas oleh .{1,40}|security breached|was here)\W{0,12}$",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"\b(?:h[4a@](?:c|\()?k[e3]d by|d[e3]f[4a@]c[e3]d?\s+by|t[o0]uch[e3]d by|p[wv]n[e3]?d by|0wn[e3]d by|own[e3]d by|r[o0][o0]t[e3]d by|stamp[e3]d by"
    r"|your (?:security|website|site|system|server) (?:is|was|has been) (?:low|weak|bad|hacked|owned|pwned|down|very low|not (?:safe|secure))"
    r"|you(?:r site)? (?:have been|has been|got|'ve been) h[4a@]ck[e3]d|this (?:site|website|page) (?:has been|was|is|got) (?:h[4a@]ck[e3]d|d[e3]f[4a@]c[e3]d|seized by)"
    r"|h[4a@]ck[e3]d\s*(?:!|:\)|\.\.)|security breach(?:ed)?|greetz? ?(?::|to\b|-)|gr33tz|shout ?outz?\b|we are (?:anonymous|legion)|expect us|\bwas here\b|patch (?:it|your|this)"
    r"|kena (?:hack|retas|deface)|(?:situs|website|web|halaman) (?:ini|anda|kalian) (?:telah |sudah |berhasil |kena )?(?:di-?hack|di-?retas|di-?deface|hack)"
    r"|telah (?:di-?hack|di-?retas|di-?deface) oleh|keamanan (?:anda|website|web|situs)(?: \w+)? (?:lemah|rendah|payah|buruk)|admin (?:bodoh|goblok|tolol|tidur|lalai)|(?:maaf|sorry) (?:min|admin)\b"
    r"|\w+ (?:cyber|hacker|hacking|xploiter|exploiter|attacker|phantom|heker)s? (?:team|army|crew|group|squad|squads|community|system|force|reborn)\b"
    r"|c[y]b[e3]r (?:t[e3][4a]m|[4a]rmy|cr[e3]w)|indoxploit|hacktivist|mr\.?\s?\w+ (?:was here|hacker)|[\w.]{2,20} was here|defacer|hacktivism|free palestine)",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"<audio\b[^<>]{0,300}autoplay|autoplay=1|<embed\b[^<>]{0,300}\.mp3|oncontextmenu|contextmenu|bgcolor\s*=\s*[\"']?(?:black|#0{3,6}\b)|background(?:-color)?\s*:\s*(?:black|#0{3,6}\b)"
    r"|text\s*=\s*[\"']?(?:lime|red|#0f0)|color\s*:\s*(?:lime|red|#0f0|#00ff00)|<marquee|zone-h|defacer\.id|pastebin",
    re.IGNORECASE,
)


def signed_title(look: Look) -> Hit | None:
    """The title or the first heading is an intruder's signature."""
    if not look.exchange.body:
        return None
    glance = look.glance
    small = len(glance.visible) < MAX_VISIBLE and glance.link_count <= MAX_LINKS
    for where, text in (("judul halaman", glance.title), *(("judul besar", heading) for heading in glance.headings)):
        if not text or len(text) > 160 or (where != "judul halaman" and not small and not _SIGNED.search(text)):
            continue
        if (_SIGNED.search(text) or (small and _TITLE_ONLY.search(text))) and not _is_news(text):
            readable = not small and glance.link_count > MAX_LINKS
            return Hit(Reason.DEFACED, (evidence("title", text, where),), readable=readable)
    return None


def small_signed_page(look: Look) -> Hit | None:
    """A page of a few lines with an intruder's words: two marks, or one on a stage of black and noise."""
    glance = look.glance
    if len(glance.visible) >= MAX_VISIBLE or glance.link_count > MAX_LINKS:
        return None
    text = f"{glance.title} | {glance.visible}"
    marks = list(dict.fromkeys(match.group().lower() for match in _MARKS.finditer(text)))
    if not marks:
        return None
    stage = _STAGE.search(glance.html[:60_000])
    if len(marks) >= 2 or stage:
        return Hit(Reason.DEFACED, (evidence("text", ", ".join(marks[:3]), "isi halaman"),))
    return None


def signed_post(look: Look) -> Hit | None:
    """A post title that is an intruder's signature, among the site's own posts."""
    for title, url in look.posts:
        if len(title) <= 80 and _SIGNED.search(title) and not _is_news(title):
            return Hit(Reason.DEFACED, (evidence("post_title", title, url),), readable=True)
    return None


def _is_news(text: str) -> bool:
    """Whether the line reports a hack (it has the words of a report beside the signature)."""
    return gambling.is_warning(re.sub(r"(?i)\b(?:hacked|diretas|retas|hukum)\b", " ", text)) and len(text.split()) > 6
