"""Rules that read ``signatures.yml``: pages that stand where the site should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason, Status
from opd_exporter.verdict.glance import MAX_BYTES, MAX_TAGS, flat
from opd_exporter.verdict.look import Hit, evidence
from opd_exporter.verdict.signatures import load_signatures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.verdict.look import Look
    from opd_exporter.verdict.signatures import Signature

MIN_LINKS: Final = 4
MIN_TITLE_WORDS: Final = 4
_FULL_DATE: Final = re.compile(
    r"\b\d{1,2}[ ./-](?:[a-z]{3,9}|\d{1,2})[ ./-]20\d\d\b|\b[a-z]{3,9} \d{1,2}, 20\d\d\b|\b20\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"<a\s([^<>]{0,600})>(?:\s{0,40}(?:<[^<>]{0,300}>\s{0,40}){0,6}([^<>]{22,300})<)?", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]")
_IMAGE: Final = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_IMAGE_TEXT: Final = re.compile(
    r"\b(alt|title|src)\s{0,9}=\s{0,9}(?:\"([^\"<>]{1,500})\"|'([^'<>]{1,500})'|([^\s\"'<>]{1,500}))", re.IGNORECASE
)
_FILE_NAME: Final = re.compile(r"(?:^|/)([^/?#]{1,120}?)(?:\.[a-z0-9]{2,5})?(?:[?#].*)?$", re.IGNORECASE)
_REPAIR: Final = re.compile(
    r"(?:(?:web ?site|site|situs|web|page|halaman|laman|portal|aplikasi|sistem|ini|this|is|our|kami|mohon maaf|maaf"
    r"|sedang|masih|img|image|gambar|banner|bg|background|logo) ){0,6}"
    r"(?:under ?(?:construction|maintenance)|maintenance(?: mode)?|mode pemeliharaan|(?:coming|opening|launching) ?soon"
    r"|(?:akan )?segera hadir|(?:sedang|dalam) (?:dalam )?(?:tahap |masa |proses )?"
    r"(?:perbaikan|pemeliharaan|perawatan|pengembangan|pembangunan|maintenance))"
    r"(?: (?:web ?site|site|situs|web|page|halaman|img|image|gambar|banner|bg|background|sign|id|en|v\d|x|\d{1,4}"
    r"|\d{1,4}x\d{1,4}))*"
)
MAX_PICTURES: Final = 6
MAX_LINKS: Final = 200
_PLACES: Final = {
    "title": "judul halaman",
    "h1": "judul besar",
    "text": "isi halaman",
    "head": "awal kode halaman",
    "html": "kode halaman",
    "header": "header HTTP",
    "host": "nama host",
    "path": "alamat",
}


def first_hit(look: Look, signatures: Iterable[Signature]) -> Hit | None:
    """The first of ``signatures`` that hits."""
    for signature in signatures:
        found = signature.search(look.glance)
        if found is not None:
            title = look.title
            shown = f"{found} ({title})" if title and found not in title.lower() else (title or found)
            return Hit(signature.reason, (evidence("signature", shown, _PLACES[signature.main.where]),))
    return None


def blocking_page(look: Look) -> Hit | None:
    """A firewall or challenge service answered, or the access provider's block page: nothing is known of the site."""
    prose = look.exchange.ok and shows_life(look)
    return first_hit(look, _BLOCKING_BUT_PROSE if prose else _BLOCKING)


def foreign_page(look: Look) -> Hit | None:
    """A page of a known kind that is not the site: parked, suspended, default, broken, installer, maintenance."""
    if shows_life(look):
        return first_hit(look, _FOREIGN_BUT_PROSE)
    return first_hit(look, _FOREIGN) or repair_picture(look)


def repair_picture(look: Look) -> Hit | None:
    """A page without any text whose picture says, in its text or its file name, that the site is being built."""
    exchange, glance = look.exchange, look.glance
    if not exchange.ok or glance.is_binary or len(exchange.body) > MAX_BYTES or glance.tag_count >= MAX_TAGS:
        return None
    if _WORD.search(glance.visible) or glance.link_count > MIN_LINKS or glance.frames or glance.has_mount_point:
        return None
    images = _IMAGE.findall(glance.html)
    if len(images) > MAX_PICTURES:
        return None
    for image in images:
        for name, *values in _IMAGE_TEXT.findall(image):
            value = flat("".join(values))
            if name.lower() == "src":
                found = _FILE_NAME.search(value)
                value = found.group(1) if found else ""
            words = " ".join(re.split(r"[\W_]+|%20", value.lower())).strip()
            if words and _REPAIR.fullmatch(words):
                return Hit(Reason.MAINTENANCE, (evidence("signature", value, "gambar di halaman tanpa teks"),))
    return None


def shows_life(look: Look) -> bool:
    """Whether the page lists dated items and links: words of repair or of parking then stand in a title or a teaser.

    Only links that stay on the site count: the signs of hosting firms like to show news of the firm.
    """
    glance = look.glance
    dates = len(_FULL_DATE.findall(glance.visible)) if glance.link_count > 1 else 0
    if not dates:
        return False
    own = [text for attributes, text in _LINK.findall(glance.html)[:MAX_LINKS] if glance.stays(attributes)]
    if dates > 1 and len(own) > MIN_LINKS:
        return True
    titles = sum(1 for text in own if len(text.split()) >= MIN_TITLE_WORDS)
    return titles >= (1 if len(own) > MIN_LINKS else 2) and dates >= min(titles, 2)


_BLOCKING = tuple(
    signature
    for signature in load_signatures()
    if signature.reason.status is Status.BLOCKED or signature.reason is Reason.ISP_BLOCK
)
_BLOCKING_BUT_PROSE = tuple(signature for signature in _BLOCKING if signature.main.where not in {"text", "h1"})
_FOREIGN = tuple(signature for signature in load_signatures() if signature not in _BLOCKING)
_PROSE: Final = {
    Reason.MAINTENANCE: frozenset({"text", "h1", "html"}),
    **dict.fromkeys(
        (Reason.PARKED, Reason.SUSPENDED, Reason.DEFAULT_PAGE, Reason.INSTALLER), frozenset({"text", "h1"})
    ),
}
"""Areas in which a living page may use the words of a sign by chance: in the title of a post, in a teaser."""
_FOREIGN_BUT_PROSE = tuple(
    signature for signature in _FOREIGN if signature.main.where not in _PROSE.get(signature.reason, ())
)
