"""Uptime ratios are brought up to date in steps between which probes get their turn."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.app import UPTIMES_AT_ONCE, Exporter, Settings
from opd_exporter.models import ProbeResult

if TYPE_CHECKING:
    from pathlib import Path

    from opd_exporter.state import SiteState

SITES = 100


async def test_no_turn_of_the_loop_holds_more_than_a_few_sites(tmp_path: Path) -> None:
    """A hundred sites with new ratios: all are replaced, at most ``UPTIMES_AT_ONCE`` of them in one turn."""
    names = [f"situs-{number}" for number in range(SITES)]
    file = tmp_path / "sites.yml"
    sites = [{"id": name, "opd": name, "name": name, "url": f"http://{name}.example/"} for name in names]
    file.write_text(json.dumps({"sites": sites}), encoding="utf-8")
    exporter = Exporter(Settings(file, tmp_path / "opd.db"))
    for site in exporter.registry.sites.values():
        exporter.store.record_probe(site, clock.now() - 60, ProbeResult.UP, seconds=0.1, size=1)
    assert await asyncio.to_thread(exporter.store.flush, 10)
    turn, put, per_turn = 0, exporter.fleet.put, Counter[int]()

    def spy(state: SiteState) -> None:
        per_turn[turn] += 1
        put(state)

    async def count() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    exporter.fleet.put = spy  # type: ignore[method-assign]
    counting = asyncio.create_task(count())
    await exporter._refresh_uptime()
    counting.cancel()
    await asyncio.to_thread(exporter.store.close)
    assert sum(per_turn.values()) == SITES
    assert max(per_turn.values()) <= UPTIMES_AT_ONCE
