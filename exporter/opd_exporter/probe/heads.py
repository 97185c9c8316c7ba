"""Status line and headers of an answer, read as tolerantly as browsers read them.

Lines without a colon are passed over, folded lines are joined, line ends may be bare, the reason phrase may be missing
and a few stray bytes may stand before ``HTTP/``. What browsers refuse is refused: no status code, HTTP/0.9, several
different lengths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.models import Reason
from opd_exporter.probe.failures import Failure
from opd_exporter.probe.limits import HEADER_COUNT

STRAY_BYTES: Final = 4
"""Chromium looks for ``HTTP/`` this far into an answer."""
REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
MAX_RETRY_AFTER: Final = 86_400.0

_STATUS_LINE: Final = re.compile(rb"HTTP/(\d{1,2})(?:\.(\d{1,2}))?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """The first part of an answer."""

    status: int
    version: str
    """``1.0`` or ``1.1``..."""
    headers: CIMultiDictProxy[str]
    length: int | None
    """Declared body length in bytes; ``None`` when there is none or the body is chunked."""
    chunked: bool

    @property
    def has_body(self) -> bool:
        """Whether a body follows at all."""
        return not (self.status < 200 or self.status in {204, 304} or self.length == 0)

    @property
    def redirects(self) -> bool:
        """Whether the answer sends the visitor elsewhere."""
        return self.status in REDIRECT_STATUSES and bool(self.headers.get("Location", "").strip())


def starts_like_http(data: bytes | bytearray) -> bool | None:
    """Whether ``data`` begins like an HTTP/1 answer; ``None`` when there are too few bytes to tell."""
    start = bytes(data[: STRAY_BYTES + 32]).lstrip(b"\r\n\t ")[: STRAY_BYTES + 5].upper()
    if b"HTTP/" in start:
        return True
    return None if len(start) < STRAY_BYTES + 5 else False


def parse_head(block: bytes) -> Head:
    """Read everything up to the empty line.

    Raises:
        Failure: ``http_protocol`` for what no browser would show.
    """
    start = block.lstrip(b"\r\n\t ")
    found = _STATUS_LINE.search(start, 0, STRAY_BYTES + 80)
    if found is None or found.start() > STRAY_BYTES:
        raise Failure(Reason.HTTP_PROTOCOL, "the status line is not HTTP")
    status = int(found[3])
    if status < 100:
        raise Failure(Reason.HTTP_PROTOCOL, f"status code {status} does not exist")
    lines = start[found.end() :].split(b"\n")[1:]
    if len(lines) > HEADER_COUNT:
        raise Failure(Reason.HTTP_PROTOCOL, f"more than {HEADER_COUNT} header lines")
    headers: CIMultiDict[str] = CIMultiDict()
    name = ""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and pairs:
            pairs[-1] = (name, f"{pairs[-1][1]} {_text(line)}".strip())
            continue
        key, separator, value = line.partition(b":")
        name = _text(key)
        if separator and name and " " not in name:
            pairs.append((name, _text(value)))
    headers.extend(pairs)
    chunked = any(value.lower().rstrip(" ,").endswith("chunked") for value in headers.getall("Transfer-Encoding", ()))
    version = f"{int(found[1])}.{int(found[2] or 0)}"
    return Head(status, version, CIMultiDictProxy(headers), None if chunked else _length(headers), chunked)


def _text(raw: bytes) -> str:
    """A header part as printable text: UTF-8 where it is, Latin-1 where it is not; never a surrogate."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    text = text.strip()
    if text.isprintable():
        return text
    return "".join(letter for letter in text.replace("\t", " ") if letter.isprintable()).strip()


def _length(headers: CIMultiDict[str]) -> int | None:
    declared = {part.strip() for value in headers.getall("Content-Length", ()) for part in value.split(",")}
    numbers = {int(part) for part in declared if part.isascii() and part.isdigit() and len(part) <= 20}
    if len(numbers) > 1:
        raise Failure(Reason.HTTP_PROTOCOL, "several different content lengths")
    return numbers.pop() if numbers else None


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds that ``Retry-After`` asks to wait, at most a day; ``None`` when absent or unreadable.

    Args:
        value: The header: a number of seconds or an HTTP date.
        now: Unix seconds.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER)
    try:
        when = parsedate_to_datetime(text[:64])
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return min(max(0.0, when.timestamp() - now), MAX_RETRY_AFTER)
    except (ValueError, TypeError, OverflowError):
        return None
