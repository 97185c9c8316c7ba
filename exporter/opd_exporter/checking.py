"""``opd-exporter check``: one round over all sites now, nothing kept; the result as table, JSON or Nagios line."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from opd_exporter import clock, wording
from opd_exporter.models import Status
from opd_exporter.pipeline import NetworkWatch, Pipeline
from opd_exporter.probe import Prober
from opd_exporter.state import Fleet
from opd_exporter.store import Store
from opd_exporter.web import site_as_json

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from opd_exporter.registry import Registry
    from opd_exporter.state import SiteState, Snapshot

CONCURRENT_SITES = 64
CONFIRM_AFTER_SECONDS = 1.0
"""Nobody waits 20 s at a terminal for the second look at a broken site."""
NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN = range(4)
NAGIOS_CODES = {
    Status.ACTIVE: NAGIOS_OK,
    Status.LATE: NAGIOS_WARNING,
    Status.UNDATED: NAGIOS_WARNING,
    Status.BLOCKED: NAGIOS_WARNING,
    Status.DORMANT: NAGIOS_CRITICAL,
    Status.DOWN: NAGIOS_CRITICAL,
    Status.COMPROMISED: NAGIOS_CRITICAL,
    Status.PENDING: NAGIOS_UNKNOWN,
}
NAGIOS_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_SEVERITY = (NAGIOS_CRITICAL, NAGIOS_WARNING, NAGIOS_UNKNOWN, NAGIOS_OK)


async def check_all(registry: Registry, *, as_of: datetime | None = None) -> Snapshot:
    """Probe every site of ``registry`` thoroughly once.

    Args:
        registry: The sites; those without an address stay ``pending``.
        as_of: Judge ages as of this instant (aware) instead of now.
    """
    instant = as_of.timestamp() if as_of else None
    sites = {
        site.id: replace(site, confirm_after=min(site.confirm_after, CONFIRM_AFTER_SECONDS))
        for site in registry.sites.values()
    }
    registry = replace(registry, sites=sites)
    fleet = Fleet(registry)
    store = Store.open(None)
    try:
        async with Prober(registry) as prober:

            async def canaries_alive() -> bool:
                return await prober.network_alive(registry.canaries)

            async def names_alive() -> bool:
                return await prober.names_alive(registry.canaries)

            watch = NetworkWatch(canaries_alive, has_canaries=bool(registry.canaries), names_alive=names_alive)
            pipeline = Pipeline(fleet, prober, store, watch, now=clock.now if instant is None else lambda: instant)
            pipeline.restore(registry, {})
            await _run_rounds(pipeline, list(sites))
        return fleet.snapshot(clock.now() if instant is None else instant)
    finally:
        store.close()


async def _run_rounds(pipeline: Pipeline, site_ids: list[str]) -> None:
    slots = asyncio.Semaphore(CONCURRENT_SITES)
    console = Console(stderr=True)
    with Progress(
        TextColumn("Memeriksa situs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[site]}", style="dim"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(site_ids), site="")

        async def run(site_id: str) -> None:
            async with slots:
                await pipeline.run(site_id, thorough=True)
            progress.update(task, advance=1, site=site_id)

        await asyncio.gather(*(run(site_id) for site_id in site_ids))


def exit_code(snapshot: Snapshot, *, nagios: bool = False) -> int:
    """0 when every site is active; 1 otherwise, or with ``nagios`` the worst site's plugin code."""
    if nagios:
        return _worst(snapshot)
    return int(any(state.status is not Status.ACTIVE for state in snapshot.sites.values()))


def as_json(snapshot: Snapshot) -> str:
    """One array, an element a site (contract, section 4)."""
    return json.dumps([site_as_json(state) for state in snapshot.sites.values()], ensure_ascii=False, indent=2)


def as_nagios(snapshot: Snapshot) -> str:
    """A Nagios plugin's output: one line with performance data, then a line for each site that is not active."""
    states = list(snapshot.sites.values())
    active = snapshot.count(Status.ACTIVE)
    troubled = [state for state in states if state.status is not Status.ACTIVE]
    names = ", ".join(f"{state.site.id} {wording.status_label(state.status).lower()}" for state in troubled[:5])
    more = f" dan {len(troubled) - 5} lainnya" if len(troubled) > 5 else ""
    summary = f"OPD {NAGIOS_WORDS[_worst(snapshot)]}: {active} dari {len(states)} situs aktif"
    data = [f"active={active};;;0;{len(states)}"]
    for state in states:
        if state.probe is not None and state.probe.http_status is not None:
            data.append(f"'{state.site.id}_response'={state.probe.seconds:.3f}s;{state.site.slow_after:g};;0")
        post = state.publishing.last_post
        if post is not None and state.publishing.dated:
            age = max(0.0, snapshot.at - post.published_at.timestamp())
            data.append(
                f"'{state.site.id}_age'={age:.0f}s;{state.freshness_limit:.0f};{state.site.dormant_after:.0f};0"
            )
    lines = [f"{summary}{': ' + names + more if troubled else ''} | {' '.join(data)}"]
    lines += [_pipeless(f"{state.site.id}: {why(state)}") for state in troubled]
    return "\n".join(lines)


def as_table(snapshot: Snapshot) -> str:
    """A table for people, worst sites first, and the count of active sites."""
    table = Table(header_style="bold")
    for column in ("Situs", "Status", "Sebab", "Respons", "Berita terakhir", "Sumber"):
        table.add_column(column, overflow="fold")
    order = [Status.COMPROMISED, Status.DOWN, Status.BLOCKED, Status.DORMANT, Status.LATE, Status.UNDATED]
    order += [Status.PENDING, Status.ACTIVE]
    for state in sorted(snapshot.sites.values(), key=lambda state: order.index(state.status)):
        post = state.publishing.last_post
        answered = state.probe is not None and state.probe.http_status is not None
        table.add_row(
            state.site.id,
            Text(wording.status_label(state.status), style=wording.status_colour(state.status)),
            wording.reason_label(state.reason) if state.reason else "",
            wording.format_seconds(state.probe.seconds) if state.probe and answered else "",
            wording.format_date(post.published_at) if post else wording.UNKNOWN,
            wording.source_label(post.source) if post else "",
        )
    active = snapshot.count(Status.ACTIVE)
    return render(table, Text(f"{active} dari {len(snapshot.sites)} situs aktif", style="bold"))


FORMATS = {"table": as_table, "json": as_json, "nagios": as_nagios}


def why(state: SiteState) -> str:
    """The status in words, with its cause where there is one."""
    label = wording.status_label(state.status)
    return f"{label} ({wording.reason_label(state.reason)})" if state.reason else label


def _worst(snapshot: Snapshot) -> int:
    codes = {NAGIOS_CODES[state.status] for state in snapshot.sites.values()} or {NAGIOS_UNKNOWN}
    return next(code for code in _SEVERITY if code in codes)


def _pipeless(line: str) -> str:
    """Plugin output without the character that begins performance data."""
    return line.replace("|", "/")


def render(*parts: RenderableType) -> str:
    """Parts as they would be printed, in colour on a terminal."""
    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(Group(*parts))
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))
