"""Gambling that only a script shows: addresses to which some visitors are sent, anchors written when the page opens.

Public kits hide both: base64, percent escapes, hexadecimal escapes, lists of character codes.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from opd_exporter.models import Reason
from opd_exporter.verdict import gambling
from opd_exporter.verdict.domains import host_of, is_same_site
from opd_exporter.verdict.look import Hit, evidence

if TYPE_CHECKING:
    from opd_exporter.verdict.look import Look

MAX_SCRIPT_CHARS: Final = 200_000
"""Characters of all scripts of a page that are read."""
MAX_EXAMPLES: Final = 4
_ENCODED = re.compile(
    r"(?:atob|base64_decode|b64decode)\(\s*[\"']([A-Za-z0-9+/=]{16,4000})[\"']|(?:unescape|decodeURIComponent)\(\s*[\"']([^\"']{16,4000})[\"']"
)
_URL = re.compile(r"(?:https?:)?\\?/\\?/([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_ANCHOR = re.compile(
    r"<a\s[^<>]{0,400}?href\s*=\s*\\?[\"']?(?:https?:)?//([^\"'\s<>/\\]{3,200})[^<>]{0,400}>([^<>]{2,200})<",
    re.IGNORECASE,
)
_CHAR_CODES = re.compile(r"fromCharCode\(\s*((?:\d{1,5}\s*,\s*){8,2000}\d{1,5})")


def gambling_script(look: Look) -> Hit | None:
    """A script that holds a gambling address, in clear or encoded (it sends some visitors there)."""
    page = look.page
    if page is None:
        return None
    left = MAX_SCRIPT_CHARS
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
        for number, told in enumerate((chunk, *_decoded(chunk))):
            if (hit := _script_hit(look, told, page.url, encoded=number > 0)) is not None:
                return hit
    return None


def _script_hit(look: Look, text: str, url: str, *, encoded: bool) -> Hit | None:
    """What a script, or what it hides, does: write gambling anchors, or hold a gambling address beside ``location``."""
    if "href" in text:
        written = [(host, match) for host, label in _ANCHOR.findall(text)[:200] if (match := gambling.find(label))]
        if len(written) >= 2:
            shown = tuple(
                evidence("script_link", f"{match.text} -> {host}", url) for host, match in written[:MAX_EXAMPLES]
            )
            return Hit(Reason.GAMBLING_LINKS, shown, readable=True)
    if not encoded and "location" not in text and "window.open" not in text and "src" not in text:
        return None
    for host in _URL.findall(text)[:80]:
        if gambling.host_word(host.lower()) and not is_same_site(look.site, host.lower()):
            shown = (evidence("script", f"skrip memuat alamat {host}", url),)
            return Hit(Reason.GAMBLING_REDIRECT, shown, readable=True)
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
    if "fromCharCode" in script:
        found.extend(
            "".join(chr(int(code)) for code in codes.split(",") if int(code) < 0x110000)
            for codes in _CHAR_CODES.findall(script)[:10]
        )
    if "\\x68\\x74\\x74\\x70" in script:
        found.append(re.sub(r"\\x([0-9a-fA-F]{2})", lambda code: chr(int(code.group(1), 16)), script[:20_000]))
    return found
