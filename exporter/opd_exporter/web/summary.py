"""The fleet counted as an evaluation does: active, not active split by kind, not assessable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opd_exporter.models import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.state import Snapshot

INACTIVE = (Status.COMPROMISED, Status.DOWN, Status.DORMANT, Status.LATE)
NOT_ASSESSABLE = (Status.BLOCKED, Status.UNDATED, Status.PENDING)
TROUBLE_FIRST = (*INACTIVE, *NOT_ASSESSABLE, Status.ACTIVE)
"""The order of statuses on pages: what needs a person comes first."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a fleet."""

    total: int
    counts: Mapping[Status, int]
    """All eight statuses."""
    newest_probe_at: float | None
    """Unix seconds; how old the picture is at best."""

    @property
    def active(self) -> int:
        """Readable and updated in time."""
        return self.counts[Status.ACTIVE]

    @property
    def inactive(self) -> int:
        """Late, dormant, down or compromised."""
        return sum(self.counts[status] for status in INACTIVE)

    @property
    def not_assessable(self) -> int:
        """Undated, blocked or never probed."""
        return sum(self.counts[status] for status in NOT_ASSESSABLE)


def summarise(snapshot: Snapshot) -> Summary:
    """Count ``snapshot``."""
    found = Counter(state.status for state in snapshot.sites.values())
    probed = [state.last_probe_at for state in snapshot.sites.values() if state.last_probe_at is not None]
    return Summary(
        total=len(snapshot.sites),
        counts={status: found[status] for status in TROUBLE_FIRST},
        newest_probe_at=max(probed, default=None),
    )
