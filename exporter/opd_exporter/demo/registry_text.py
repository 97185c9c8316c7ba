"""The ``sites.yml`` of a running fleet, in the format that an operations team would write."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from opd_exporter.demo.fleet import DemoSite

_DEFAULTS: Mapping[str, object] = {
    "timezone": "Asia/Jakarta",
    # Short intervals: a demo shows a change within seconds.
    "probe_interval": "10s",
    "probe_timeout": "5s",
    "confirm_after": "2s",
    "content_interval": "30s",
    "duty": "weekly",
    "dormant_after": "90d",
    "slow_after": "2s",
    "certificate_warning": "14d",
    "off_days": [],
}


def registry_text(
    sites: Sequence[DemoSite], *, ca_file: Path, now: datetime, scenario: str, overrides: Mapping[str, object]
) -> str:
    """YAML for ``sites``; ``now`` is aware and places the maintenance window."""
    document = {
        "defaults": {**_DEFAULTS, "ca_file": str(ca_file), **overrides},
        # The demo must run without internet, so there is nothing outside to compare with.
        "canaries": [],
        "sites": [_entry(site, now) for site in sites],
    }
    head = f"# Armada tiruan OPD Exporter, skenario {scenario}. Semua alamat berada di mesin ini sendiri.\n"
    return head + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def _entry(site: DemoSite, now: datetime) -> dict[str, Any]:
    spec = site.spec
    entry: dict[str, Any] = {
        "id": spec.id,
        "opd": spec.department.opd,
        "name": spec.department.name,
        "url": site.url,
        "category": spec.department.category,
        "duty": spec.duty,
        "connection": spec.connection,
    }
    entry.update(spec.registry)
    if str(entry.get("news_url", "")).startswith("/"):
        entry["news_url"] = site.base_url + entry["news_url"]
    if entry.get("maintenance") == "now":
        begin, end = (now.replace(tzinfo=None, microsecond=0) + timedelta(days=days) for days in (-1, 30))
        entry["maintenance"] = [
            {
                "from": begin.isoformat(timespec="minutes"),
                "to": end.isoformat(timespec="minutes"),
                "reason": "pindah server",
            }
        ]
    return entry
