"""Bytes to text: UTF-8 where it is UTF-8, what was declared, and Windows-1252 for every byte that is neither.

Pages that declare UTF-8 and are stored as Windows-1252 are common on hand-written sites, and so are UTF-8 pages with a
few foreign bytes pasted in by a user. Replacing the wrong bytes one by one keeps the rest of both kinds right.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

MAX_BYTES: Final = 2_000_000
"""More than the probe's cap; a second fence for bodies that come from elsewhere."""
MAX_REPAIRS: Final = 20_000
"""More foreign bytes than this are no accident: the whole body is then read as Windows-1252."""
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"""(?:charset\s*=\s*|<\?xml[^>]{0,80}encoding\s*=\s*)["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_LATIN: Final = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252", "latin-1"})
"""Declarations that the byte-by-byte repair covers at least as well as the declared codec."""
_BINARY_MAGIC: Final = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x7fELF",
    b"RIFF",
    b"Rar!",
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LONG_RUN: Final = 33
_BLANKS = re.compile(rf"\s{{{_LONG_RUN},}}+")
_MAYBE_BLANK: Final = bytes(32 if byte >= 0x80 or chr(byte).isspace() else byte for byte in range(256))
"""Maps to a space every byte of UTF-8 that may be part of a white space."""


def _repair(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("opd-cp1252", _repair)


def looks_binary(body: bytes) -> bool:
    """Whether ``body`` is a picture, an archive or the like rather than text."""
    head = body[:2048]
    if head.startswith(_BINARY_MAGIC):
        return True
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not head:
        return False
    return len(_CONTROL.findall(head)) > len(head) * 0.1 and b"<" not in head[:64].lstrip(b"\x00")


def decode_body(body: bytes, content_type: str = "") -> str:
    """The text of ``body`` (at most ``MAX_BYTES`` of it), without NULs; never raises.

    Args:
        body: The raw bytes, as received.
        content_type: The ``Content-Type`` header, which may name a charset.
    """
    body = body[:MAX_BYTES]
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _clean(body[len(bom) :].decode(name, "replace"))
    try:
        return _clean(body.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    codec = _declared_codec(body, content_type)
    if codec is not None:
        try:
            return _clean(body.decode(codec, "replace"))
        except (LookupError, UnicodeError, ValueError):
            pass
    if body.decode("utf-8", "replace").count("\ufffd") > MAX_REPAIRS:
        return _clean(body.decode("cp1252", "replace"))
    return _clean(body.decode("utf-8", "opd-cp1252"))


def _declared_codec(body: bytes, content_type: str) -> str | None:
    """The declared charset when it is known and is not one that the repair handles."""
    names = [found.group(1) for found in _HEADER.finditer(content_type)]
    names += [found.group(1).decode("ascii") for found in _DECLARED.finditer(body[:4096])]
    for name in names:
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if info.name in _LATIN or not getattr(info, "_is_text_encoding", True):
            return None
        return info.name
    return None


def squeeze_blanks(text: str) -> str:
    """``text`` with long runs of white space cut to one character: a megabyte of it makes patterns quadratic."""
    # The pattern takes a millisecond for 60 KB, the question whether it can match at all a twentieth of that.
    if b" " * _LONG_RUN not in text.encode("utf-8", "surrogatepass").translate(_MAYBE_BLANK):
        return text
    return _BLANKS.sub(lambda run: "\n" if "\n" in run.group() else " ", text)


def _clean(text: str) -> str:
    return squeeze_blanks(text.replace("\x00", "") if "\x00" in text else text)
