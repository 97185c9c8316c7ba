"""A page on which there is nothing to read, and answers that are not a page at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from opd_exporter.models import Reason
from opd_exporter.verdict.glance import MAX_BYTES, MAX_TAGS
from opd_exporter.verdict.look import Hit, evidence
from opd_exporter.verdict.redirects import client_target

if TYPE_CHECKING:
    from opd_exporter.verdict.look import Look

_BLANK: Final = b"\x00\x0b\x0c \t\r\n\xef\xbb\xbf"
"""Bytes that show nothing: NUL, white space, the byte order mark of UTF-8."""
_WORD = re.compile(r"[^\W_]")
_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|title|div|p|a|h[1-6]|table|span|meta|frameset|script|center|br|ul|img|form|section|main|b|pre)\b",
    re.IGNORECASE,
)


def nothing_to_read(look: Look) -> Hit | None:
    """No bytes, or no visible text, picture, frame or mount point."""
    exchange, glance = look.exchange, look.glance
    if not exchange.ok:
        return None
    if not exchange.body.strip(_BLANK):
        shown = f"{len(exchange.body)} byte kosong" if exchange.body.strip() else "isi 0 byte"
        return Hit(Reason.EMPTY, (evidence("body", f"HTTP {exchange.status}, {shown}", exchange.final_url),))
    if glance.is_binary or exchange.truncated or len(exchange.body) > MAX_BYTES or glance.tag_count >= MAX_TAGS:
        # The look ends in the middle of a long page or a cut answer: what it did not see may well be there.
        return None
    if _WORD.search(glance.visible) or glance.has_picture or glance.frames or glance.has_mount_point:
        return None
    if client_target(look) is not None:
        return None
    return Hit(
        Reason.EMPTY, (evidence("body", f"{len(exchange.body)} byte tanpa teks yang terbaca", exchange.final_url),)
    )


def not_a_page(look: Look) -> Hit | None:
    """Source code, a JSON answer or a word of plain text where the home page should be."""
    exchange, glance = look.exchange, look.glance
    if not exchange.ok or glance.is_binary:
        return None
    text = glance.html.lstrip()
    if text.startswith(("<?php", "<%@", "<?=")) or (text.startswith("<?") and not text.startswith("<?xml")):
        return Hit(
            Reason.APPLICATION_ERROR,
            (evidence("body", "kode program tampil sebagai teks: " + text[:60], exchange.final_url),),
        )
    if text[:1] in {"{", "["} and not _MARKUP.search(text[:2000]):
        return Hit(
            Reason.APPLICATION_ERROR, (evidence("body", "jawaban berupa data JSON: " + text[:80], exchange.final_url),)
        )
    if text.strip() and len(text) < 200 and len(text.split()) <= 6 and not _MARKUP.search(text):
        return Hit(Reason.DEFAULT_PAGE, (evidence("body", "hanya teks: " + text[:80], exchange.final_url),))
    return None
