"""``opd-exporter demo``: the imitation fleet and the real exporter on it, in one process, with nothing kept."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from opd_exporter import clock
from opd_exporter.app import Settings, serve
from opd_exporter.demo import BASE_PORT, Fleet
from opd_exporter.demo.history import History
from opd_exporter.models import Post, PostSource, Reason, Status
from opd_exporter.registry.site import JAKARTA
from opd_exporter.store import Change, DaySums, Remembered, Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.app import Exporter
    from opd_exporter.web import WebServer

CONTROL_PORT = 19716
HISTORY_DAYS = 90
UNSEEN = frozenset({Status.DOWN, Status.BLOCKED, Status.PENDING})
PROBE_INTERVALS: Mapping[str, str] = {"probe_interval": "15s", "confirm_after": "3s", "content_interval": "60s"}
"""Shorter than in earnest, so that a newcomer sees a change while looking."""

INTRODUCTION = """
The demo fleet is up: {sites} imitation sites on this machine (scenario {scenario}), {active} meant to be active.

  Fleet page   {url}/
  Metrics      {url}/metrics   (look for opd_fleet_sites)
  Report       {url}/report

Within half a minute every site has been looked at. Then break something and watch the page:

  {program} demo-control{address} {site} fail      the site answers with an error
  {program} demo-control{address} {site} hack      gambling links are injected
  {program} demo-control{address} {site} recover
  {program} demo-control{address}                  every site with its address

Ctrl-C ends it; nothing is kept.
"""


async def demonstrate(*, scenario: str, listen_address: str, program: str = "opd-exporter") -> None:
    """Run until SIGINT or SIGTERM.

    Args:
        scenario: A name of ``demo.SCENARIOS``.
        listen_address: Where the exporter's pages are.
        program: How the reader calls the command line.

    Raises:
        OSError: The address is taken.
    """
    with tempfile.TemporaryDirectory(prefix="opd-demo-") as folder:
        config_file = Path(folder) / "sites.yml"
        async with Fleet(scenario, base_port=BASE_PORT, control_port=CONTROL_PORT) as fleet:
            config_file.write_text(fleet.registry_text(**PROBE_INTERVALS), encoding="utf-8")

            def introduce(exporter: Exporter, server: WebServer) -> None:
                port = fleet.control_address.rsplit(":", 1)[1]
                address = "" if port == str(CONTROL_PORT) else f" --address {fleet.control_address}"
                expected = fleet.expected()
                text = INTRODUCTION.format(
                    sites=len(exporter.registry.sites),
                    scenario=scenario,
                    active=sum(1 for status, _reason in expected.values() if status == "active"),
                    url=server.url,
                    program=program,
                    address=address,
                    site=next(site for site, (status, _reason) in expected.items() if status == "active"),
                )
                click.echo(text)

            storage_path = Path(folder) / "demo.db"
            await asyncio.to_thread(seed, storage_path, fleet)
            settings = Settings(config_file, storage_path, listen_address=listen_address, enable_lifecycle=True)
            await serve(settings, on_start=introduce)


def seed(storage_path: Path, fleet: Fleet) -> None:
    """Fill a new store with ninety invented days, so that the report and the plots have something to show.

    The current statuses are remembered too: the exporter takes over as after a restart.
    """
    now = clock.as_datetime(clock.now(), JAKARTA)
    first_day = (now - timedelta(days=HISTORY_DAYS)).date()
    history = History(
        fleet.scenario, now=now, days=HISTORY_DAYS, urls={site: fleet.address_of(site) for site in fleet.sites}
    )
    store = Store.open(storage_path)
    try:
        last: dict[str, Change] = {}
        for change in history.changes():
            reason = Reason(change.reason) if change.reason else None
            last[change.site] = Change(change.site, change.at, Status(change.status), reason, readable=change.readable)
            store.record_change(last[change.site])
        for day in history.days():
            facts = asdict(day)
            store.add_day(DaySums(site_id=facts.pop("site"), **facts))
        posts: dict[str, list[Post]] = {site: [] for site in last}
        for post in history.posts():
            kept = Post(post.url, post.title, post.published_at, PostSource(post.source), post.date_only)
            # What came out while nobody could read the site was not seen.
            latest = last[post.site]
            unseen = latest.status in UNSEEN or latest.readable is False
            if unseen and post.published_at.timestamp() > latest.at:
                continue
            posts[post.site].append(kept)
            store.save_posts(post.site, [kept], post.first_seen)
        for site, present in last.items():
            newest = max(posts[site], key=lambda post: post.published_at, default=None)
            oldest = min((post.published_at.date() for post in posts[site]), default=first_day)
            store.save_state(
                Remembered(
                    site,
                    present.status,
                    present.reason,
                    present.at,
                    readable=present.readable,
                    last_post=newest,
                    last_content_at=None if fleet.address_of(site) is None else now.timestamp() - 3600,
                    known_since=min(oldest, first_day),
                    extra={"url": fleet.address_of(site)},
                )
            )
        store.flush()
    finally:
        store.close()
