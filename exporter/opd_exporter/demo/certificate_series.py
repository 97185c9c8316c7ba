"""What the exporter would have exposed about a site's certificate in the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.demo.certificates import DEFAULT_LIFETIME, Flavour
from opd_exporter.demo.timeline import DAY
from opd_exporter.demo.troubles import TROUBLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from opd_exporter.demo.past import Past, Value
    from opd_exporter.demo.timeline import Segment


def flavour(past: Past) -> Flavour | None:
    """The site's certificate, ``None`` without HTTPS or connection."""
    spec = past.timeline.spec
    if not spec.https or not past.timeline.probed or spec.reason in {"dns_not_found", "tls_handshake", "timeout"}:
        return None
    trouble = TROUBLES.get(spec.trouble or "")
    return (trouble.flavour if trouble else None) or Flavour.VALID


def not_after(past: Past, moment: float, _segment: Segment) -> Value:
    """When it ends, in Unix seconds."""
    kind = flavour(past)
    if kind is None:
        return None
    if kind is Flavour.EXPIRED:
        return past.timeline.now - 35 * DAY
    if kind is Flavour.EXPIRING:
        return past.timeline.now + 5 * DAY
    # The one that the fleet's server shows now, and those that it followed, each renewed after 60 days.
    begin, end = DEFAULT_LIFETIME
    renewals = max(0.0, -((moment - past.timeline.now - begin * DAY) // (60 * DAY)))
    return past.timeline.now + (end - 60 * renewals) * DAY


def flag(*bad: Flavour) -> Callable[[Past, float, Segment], Value]:
    """Whether it is none of the bad ones, as 0 or 1."""

    def value(past: Past, _moment: float, segment: Segment) -> Value:
        kind = flavour(past)
        if kind is Flavour.EXPIRED and Flavour.EXPIRED in bad:
            return int(segment.reason != "tls_expired")
        return None if kind is None else int(kind not in bad)

    return value


def legacy(past: Past, _moment: float, _segment: Segment) -> Value:
    """Whether the server is one that only old settings reach, as 0 or 1."""
    kind = flavour(past)
    return None if kind is None else int(kind is Flavour.SMALL_KEY)
