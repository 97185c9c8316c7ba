"""Rules that read ``signatures.yml``: pages that stand where the site should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason, Status
from opd_exporter.verdict.look import Hit, evidence
from opd_exporter.verdict.signatures import load_signatures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opd_exporter.verdict.look import Look
    from opd_exporter.verdict.signatures import Signature

MIN_LINKS: Final = 4
_FULL_DATE: Final = re.compile(r"\b\d{1,2}[ /-](?:[a-z]{3,9}|\d{1,2})[ /-]20\d\d\b", re.IGNORECASE)
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
    return first_hit(look, _BLOCKING)


def foreign_page(look: Look) -> Hit | None:
    """A page of a known kind that is not the site: parked, suspended, default, broken, installer, maintenance."""
    return first_hit(look, _FOREIGN_BUT_PROSE if shows_life(look) else _FOREIGN)


def shows_life(look: Look) -> bool:
    """Whether the page lists dated items and links: a sentence about repairs is then about something else."""
    glance = look.glance
    return glance.link_count > MIN_LINKS and len(_FULL_DATE.findall(glance.visible)) > 1


_BLOCKING = tuple(
    signature
    for signature in load_signatures()
    if signature.reason.status is Status.BLOCKED or signature.reason is Reason.ISP_BLOCK
)
_FOREIGN = tuple(signature for signature in load_signatures() if signature not in _BLOCKING)
_FOREIGN_BUT_PROSE = tuple(
    signature for signature in _FOREIGN if signature.reason is not Reason.MAINTENANCE or signature.main.where != "text"
)
