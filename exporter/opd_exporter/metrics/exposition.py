"""The page of ``/metrics``.

A plain custom collector blocks the event loop for 0.9 s at ten thousand sites. Here every site's lines are kept
rendered, in one column per family; a site whose state is the same object costs one comparison, a family in which
nothing changed is copied whole, and only ages are worked out at the scrape. ``steps`` hands the page over in pieces, so
that a server can let probes run in between.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client.exposition import choose_encoder

from opd_exporter.catalog import CATALOG, SITE_METRICS
from opd_exporter.clock import as_datetime
from opd_exporter.metrics.lines import header
from opd_exporter.metrics.site_lines import NO_LINE, PARTS, last_post_at
from opd_exporter.models import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client import CollectorRegistry

    from opd_exporter.metrics.exporter import ExporterMetrics
    from opd_exporter.state import SiteState, Snapshot

    Encoder = Callable[[CollectorRegistry], bytes]

AGE = "opd_site_seconds_since_last_post"
MAINTENANCE = "opd_site_maintenance"
_STEP_SITES = 64
"""Changed sites rendered between two pauses: about two milliseconds of work."""
_COLUMNS = {name: index for index, name in enumerate(name for part in PARTS for name in part.families)}
_PART_COLUMNS = tuple(tuple(_COLUMNS[name] for name in part.families) for part in PARTS)


class _Rows:
    """Every site's lines, one column per family, in the order of the snapshot."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] = ()
        self.states: list[SiteState | None] = []
        self.sources: list[list[object]] = []
        self.columns: list[list[bytes]] = [[] for _ in _COLUMNS]
        self.blocks: list[bytes | None] = [None] * len(_COLUMNS)
        self.posts: list[tuple[bytes, float] | None] = []

    def arrange(self, ids: tuple[str, ...]) -> None:
        """Follow the registry: sites that are gone lose their lines, new ones get empty ones."""
        if ids == self.ids:
            return
        old = {site_id: index for index, site_id in enumerate(self.ids)}
        kept = [old.get(site_id) for site_id in ids]
        self.states = [None if i is None else self.states[i] for i in kept]
        self.sources = [[_NOTHING] * len(PARTS) if i is None else self.sources[i] for i in kept]
        self.posts = [None if i is None else self.posts[i] for i in kept]
        self.columns = [[NO_LINE if i is None else column[i] for i in kept] for column in self.columns]
        self.blocks = [None] * len(_COLUMNS)
        self.ids = ids

    def update(self, index: int, state: SiteState) -> None:
        """Render again the parts of one site that differ."""
        sources = self.sources[index]
        for number, part in enumerate(PARTS):
            source = part.source(state)
            if source is sources[number] or source == sources[number]:
                continue
            sources[number] = source
            for column, fragment in zip(_PART_COLUMNS[number], part.render(state), strict=True):
                lines = self.columns[column]
                if lines[index] != fragment:
                    lines[index] = fragment
                    self.blocks[column] = None
        posted_at = last_post_at(state)
        self.posts[index] = None if posted_at is None else (f'{AGE}{{site="{state.site.id}"}} '.encode(), posted_at)
        self.states[index] = state

    def block(self, name: str) -> bytes:
        """All lines of a family."""
        column = _COLUMNS[name]
        block = self.blocks[column]
        if block is None:
            block = self.blocks[column] = b"".join(self.columns[column])
        return block


_NOTHING = object()


class Exposition:
    """Renders snapshots; keeps what it has rendered. Not to be used by two renderings at the same time."""

    def __init__(self, exporter: ExporterMetrics) -> None:
        self._exporter = exporter
        self._rows = _Rows()

    def render(self, snapshot: Snapshot, accept: str = "", *, now: float | None = None) -> tuple[bytes, str]:
        """The whole page and its content type.

        Args:
            snapshot: What is true now; its ``at`` is the instant of ages unless ``now`` is given.
            accept: The ``Accept`` header of the scraper.
            now: Unix seconds of the scrape.
        """
        content_type, steps = self.steps(snapshot, accept, now=now)
        return b"".join(steps), content_type

    def steps(self, snapshot: Snapshot, accept: str = "", *, now: float | None = None) -> tuple[str, Iterator[bytes]]:
        """The content type, and the page in pieces: each takes about a millisecond to make."""
        encode, content_type = choose_encoder(accept)
        openmetrics = content_type.startswith("application/openmetrics-text")
        instant = snapshot.at if now is None else now
        return content_type, self._pieces(snapshot, instant, openmetrics, encode)

    def _pieces(self, snapshot: Snapshot, now: float, openmetrics: bool, encode: Encoder) -> Iterator[bytes]:
        rows = self._rows
        rows.arrange(tuple(snapshot.sites))
        changed = 0
        for index, state in enumerate(snapshot.sites.values()):
            if state is not rows.states[index]:
                rows.update(index, state)
                changed += 1
                if changed % _STEP_SITES == 0:
                    yield b""
        yield from _families(rows, snapshot.sites, now, openmetrics)
        yield _fleet_lines(snapshot, openmetrics=openmetrics)
        yield encode(self._exporter.registry)


def render_site(state: SiteState, now: float, *, openmetrics: bool) -> list[bytes]:
    """The families of one site, for a page about it alone."""
    rows = _Rows()
    rows.arrange((state.site.id,))
    rows.update(0, state)
    return list(_families(rows, {state.site.id: state}, now, openmetrics))


def _families(rows: _Rows, sites: Mapping[str, SiteState], now: float, openmetrics: bool) -> Iterator[bytes]:
    for metric in SITE_METRICS:
        title = header(metric, openmetrics=openmetrics)
        if metric.name == AGE:
            yield from _age_lines(rows.posts, now, title)
            continue
        block = rows.block(metric.name)
        if metric.name == MAINTENANCE:
            block += _maintenance_lines(sites, now)
        if block:
            yield title
            yield block


def _age_lines(posts: list[tuple[bytes, float] | None], now: float, title: bytes) -> Iterator[bytes]:
    """The only lines that differ at every scrape, a thousand at a time."""
    for start in range(0, len(posts), 1_000):
        chunk = b"".join(
            [b"%b%d\n" % (post[0], max(0.0, now - post[1])) for post in posts[start : start + 1_000] if post]
        )
        if chunk:
            yield title + chunk
            title = b""


def _maintenance_lines(sites: Mapping[str, SiteState], now: float) -> bytes:
    """Of the sites that have windows; the others' lines never change."""
    return "".join(
        f'{MAINTENANCE}{{site="{site_id}"}} {int(state.site.in_maintenance(as_datetime(now)))}\n'
        for site_id, state in sites.items()
        if state.site.maintenance
    ).encode()


def _fleet_lines(snapshot: Snapshot, *, openmetrics: bool) -> bytes:
    counts = Counter(state.status for state in snapshot.sites.values())
    shard = snapshot.registry.shard
    # Counts of parts are to be added, those of two exporters on one whole registry are not: the label tells which.
    part = f'shard="{shard.index}"' if shard.is_part else ""
    mine = f",{part}" if part else ""
    network = f"{{{part}}}" if part else ""
    sites = "".join(f'opd_fleet_sites{{status="{status}"{mine}}} {counts[status]}\n' for status in Status)
    return b"".join(
        (
            header(CATALOG["opd_fleet_sites"], openmetrics=openmetrics),
            sites.encode(),
            header(CATALOG["opd_exporter_network_up"], openmetrics=openmetrics),
            f"opd_exporter_network_up{network} {int(snapshot.network_up)}\n".encode(),
        )
    )
