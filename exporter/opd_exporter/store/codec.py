"""Values of the program as JSON columns, and back; a damaged column reads as "not known", never as an exception."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from opd_exporter.models import Check, Evidence, Finding, Post, PostSource, Reason, TlsFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVIDENCE_ITEMS = 8
EVIDENCE_CHARACTERS = 300
TITLE_CHARACTERS = 300
URL_CHARACTERS = 2000


def dump(value: Any) -> str:
    """Compact JSON. Lone surrogates of hostile pages are escaped, so that SQLite takes every string."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def parse(text: str | None) -> Any:
    """The value of a JSON column; ``None`` when it is absent or damaged."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def pack(value: Any) -> bytes:
    """A compressed JSON blob, for what is large and seldom read."""
    return zlib.compress(dump(value).encode(), 1)


def unpack(blob: bytes | None) -> Any:
    """The value of a compressed blob; ``None`` when it is absent or damaged."""
    if not blob:
        return None
    try:
        return json.loads(zlib.decompress(blob))
    except (ValueError, zlib.error):
        return None


def clean(text: str, limit: int) -> str:
    """``text`` shortened and without lone surrogates."""
    return text[:limit].encode("utf-8", "replace").decode()


def dump_evidence(evidence: Iterable[Evidence]) -> list[list[str]]:
    """Evidence as ``[[kind, text, where], ...]``, bounded."""
    return [
        [clean(item.kind, 40), clean(item.text, EVIDENCE_CHARACTERS), clean(item.where, EVIDENCE_CHARACTERS)]
        for item in list(evidence)[:EVIDENCE_ITEMS]
    ]


def load_evidence(value: Any) -> tuple[Evidence, ...]:
    """The reverse of ``dump_evidence``."""
    if not isinstance(value, list):
        return ()
    return tuple(Evidence(*map(str, item)) for item in value if isinstance(item, list) and len(item) == 3)


def load_reason(value: Any) -> Reason | None:
    """A reason, or ``None`` for an absent one or one that this version does not know."""
    return Reason(value) if value in Reason.__members__.values() else None


def dump_findings(findings: Mapping[Check, Finding]) -> str:
    """Findings as a JSON object by check."""
    return dump(
        {
            check.value: {
                "at": finding.at,
                "reason": finding.reason,
                "evidence": dump_evidence(finding.evidence),
                "readable": finding.readable,
            }
            for check, finding in findings.items()
        }
    )


def load_findings(text: str | None) -> dict[Check, Finding]:
    """The reverse of ``dump_findings``; checks that cannot be read are left out."""
    value = parse(text)
    found: dict[Check, Finding] = {}
    for name, item in value.items() if isinstance(value, dict) else ():
        if name not in Check.__members__.values() or not isinstance(item, dict):
            continue
        check = Check(name)
        found[check] = Finding(
            check=check,
            at=float(item.get("at") or 0.0),
            reason=load_reason(item.get("reason")),
            evidence=load_evidence(item.get("evidence")),
            readable=bool(item.get("readable", True)),
        )
    return found


def dump_post(post: Post | None) -> str | None:
    """A post as a JSON object."""
    if post is None:
        return None
    return dump(
        {
            "url": clean(post.url, URL_CHARACTERS),
            "title": clean(post.title, TITLE_CHARACTERS),
            "published_at": post.published_at.isoformat(),
            "source": post.source,
            "date_only": post.date_only,
        }
    )


def load_post(text: str | None) -> Post | None:
    """The reverse of ``dump_post``."""
    value = parse(text)
    if not isinstance(value, dict):
        return None
    try:
        return Post(
            url=str(value["url"]),
            title=str(value["title"]),
            published_at=datetime.fromisoformat(value["published_at"]),
            source=PostSource(value["source"]),
            date_only=bool(value["date_only"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def dump_tls(tls: TlsFacts | None) -> str | None:
    """Certificate facts as a JSON object."""
    return None if tls is None else dump(asdict(tls))


_TLS_FIELDS = frozenset(field.name for field in fields(TlsFacts))


def load_tls(text: str | None) -> TlsFacts | None:
    """The reverse of ``dump_tls``."""
    value = parse(text)
    if not isinstance(value, dict) or "not_after" not in value or "verified" not in value:
        return None
    known = {name: item for name, item in value.items() if name in _TLS_FIELDS}
    known["reason"] = load_reason(known.get("reason"))
    return TlsFacts(**known)


def load_date(text: str | None) -> date | None:
    """A date column."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
