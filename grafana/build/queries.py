"""Pieces of PromQL that several boards share.

Two exporters on one registry count a site once; those of a divided registry (``--shard``) are added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from words import STATUS_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBES_FRESH = "on () (time() - max(opd_site_last_probe_timestamp_seconds) < 600)"
"""After ``and``: true while anything was probed within ten minutes, as OPDProbesStalled has it."""
NAMES = "group by (site, opd) (opd_site_info)"
"""1 for each site, with its display name: the right side of ``* on (site) group_left (opd)``."""
SINCE = "max by (site) (opd_site_status_since_timestamp_seconds)"
ADDRESSED = 'count(group by (site) (opd_site_info{url!=""}))'


EXPORTERS = (
    "(1 + (count(group by (shard) (opd_exporter_shard_info)) < bool max(opd_exporter_shards)))"
    ' and on () max(up{job="opd-exporter"}) == 1 or max(up{job="opd-exporter"}) or vector(0)'
)
"""1: every site has an exporter that answers; 2: a part of the registry has none; 0: no exporter answers."""


def fleet_sites(selector: str = "") -> str:
    """How many sites there are, or those of ``selector`` (``{...}``)."""
    return f"sum(max by (shard, status) (opd_fleet_sites{selector}))"


def named(vector: str, *more: str) -> str:
    """``vector`` (with the label ``site``) with the display name as ``opd``, and other facts of the registry."""
    facts = ", ".join(("opd", *more))
    return f"({vector}) * on (site) group_left ({facts}) group by (site, {facts}) (opd_site_info)"


def fresh(vector: str) -> str:
    """``vector`` while the monitor is looking; nothing once it has stopped, so that nothing stays green."""
    return f"({vector}) and {PROBES_FRESH}"


def count_of(status: str) -> str:
    """How many sites have ``status`` (a regular expression), 0 included, while the monitor is looking."""
    return fresh(fleet_sites(f'{{status=~"{status}"}}'))


def status_codes(selector: str = "") -> str:
    """One code of ``STATUS_CODES`` per site; the worst where two exporters disagree."""
    inner = f", {selector}" if selector else ""
    return " or ".join(
        f'max by (site) (opd_site_status{{status="{status}"{inner}}} == 1) * {code}'
        for status, code in STATUS_CODES.items()
    )


def translated(vector: str, label: str, table: Mapping[str, str]) -> str:
    """``vector`` with the values of ``label`` replaced by words, for legends, which know no value mappings."""
    for raw, text in table.items():
        vector = f'label_replace({vector}, "{label}", "{text}", "{label}", "{raw}")'
    return vector


def numbered(vector: str, label: str = "n", by: str = "") -> str:
    """The value of ``vector`` as the label ``label``: the way from a number into a sentence."""
    return f'count_values by ({by}) ("{label}", {vector})' if by else f'count_values("{label}", {vector})'


def spelled_age(age: str) -> str:
    """``age`` (seconds, by site) as the label ``lama``: "3 hari", "5 jam", "12 menit"."""
    steps = (
        (f"floor(({age} >= 172800) / 86400)", "hari"),
        (f"floor(({age} >= 3600 < 172800) / 3600)", "jam"),
        (f"floor(({age} < 3600) / 60)", "menit"),
    )
    parts = " or ".join(
        f'label_replace({numbered(vector, by="site")}, "lama", "$1 {unit}", "n", "(.*)")' for vector, unit in steps
    )
    return f"group by (site, lama) ({parts})"
