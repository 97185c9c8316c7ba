"""The only module that asks what time it is.

Everything else takes ``now`` as an argument or calls these functions, so that ``check --as-of`` and the tests can judge
a site as of any instant.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo


def now() -> float:
    """Seconds since the Unix epoch."""
    return time.time()


def monotonic() -> float:
    """Seconds on a clock that never jumps; only differences mean anything."""
    return time.monotonic()


def as_datetime(timestamp: float, zone: tzinfo = UTC) -> datetime:
    """The instant ``timestamp`` (Unix seconds) as an aware datetime in ``zone``."""
    return datetime.fromtimestamp(timestamp, zone)
