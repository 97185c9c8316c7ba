"""The past that `opd-exporter demo` invents for its store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from opd_exporter import cadence, clock
from opd_exporter.demo import Fleet
from opd_exporter.demonstration import seed
from opd_exporter.models import Status
from opd_exporter.registry.site import JAKARTA, Site
from opd_exporter.store import Store

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_past_does_not_contradict_itself(tmp_path: Path) -> None:
    """A site that is down has a last known post from before; one without an address was never looked at."""
    async with Fleet("all") as fleet:
        await asyncio.to_thread(seed, tmp_path / "demo.db", fleet)
        unaddressed = {site for site in fleet.sites if fleet.address_of(site) is None}
    store = Store.open(tmp_path / "demo.db", read_only=True)
    remembered = store.load()
    now = clock.as_datetime(clock.now(), JAKARTA)
    assert unaddressed
    with_posts = measured = 0
    for site, facts in remembered.items():
        posts = store.posts(site)
        assert (facts.last_post is None) == (not posts), site
        assert (facts.last_content_at is None) == (site in unaddressed), site
        if not posts:
            continue
        with_posts += 1
        assert facts.last_post == posts[0].post
        if facts.status is Status.DOWN or facts.readable is False:
            assert posts[0].post.published_at.timestamp() <= facts.since, site
        entry = Site(site, site, site, f"https://{site}.example.go.id/")
        known = cadence.measure(store.publishing_dates(site), entry, now, facts.known_since)
        measured += known.cadence is not None
    store.close()
    assert measured > 0.9 * with_posts
