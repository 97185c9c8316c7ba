"""The running exporter: builds its parts once, wires them, reacts to signals and file changes, and stops cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from opd_exporter import allocator, clock
from opd_exporter.logs import get_logger
from opd_exporter.metrics import ExporterMetrics, Exposition
from opd_exporter.offload import renew_threads
from opd_exporter.pipeline import NetworkWatch, Pipeline
from opd_exporter.probe import Prober
from opd_exporter.registry import WHOLE, RegistryError, RegistryFile, Shard
from opd_exporter.report import KeptReports
from opd_exporter.schedule import Schedule
from opd_exporter.state import Fleet, SiteState, Snapshot
from opd_exporter.store import Store, StoreError
from opd_exporter.web import Services, WebConfigFile, WebServer, build_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from opd_exporter.models import Exchange
    from opd_exporter.registry import Registry

FILE_CHECK_SECONDS = 5.0
UPTIME_REFRESH_SECONDS = 60.0
UPTIMES_AT_ONCE = 20
"""Sites that are brought up to date in one turn of the loop: a thousand at once held up every probe for 45 ms."""
TRIM_SECONDS = 30.0
THREAD_LIFE_SECONDS = 600.0
"""How long threads that parse may live."""
SWITCH_SECONDS = 0.0005
"""How long a thread that parses may keep the interpreter (Python's default is ten times as much).

Each turn of the event loop waits so long for every busy thread: hostile pages would delay the probes of others.
"""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says about ``serve``."""

    config_file: Path
    storage_path: Path | None
    listen_address: str = ":19715"
    web_config_file: Path | None = None
    enable_lifecycle: bool = False
    public_read: bool = False
    shard: Shard = WHOLE


class Exporter:
    """The object graph of one running exporter.

    Raises:
        RegistryError: The registry file has mistakes at the start (later ones keep the last good registry).
        StoreError: The store cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.registry_file = RegistryFile(settings.config_file, settings.shard)
        registry = self.registry_file.reload()
        if isinstance(registry, RegistryError):
            raise registry
        if settings.storage_path is not None:
            with contextlib.suppress(OSError):  # the store itself says what is wrong, and what to do
                settings.storage_path.parent.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(settings.storage_path)
        self.fleet = Fleet(registry)
        self.metrics = ExporterMetrics(lambda: self.store.health, shard=settings.shard)
        self.exposition = Exposition(self.metrics)
        self.prober = Prober(registry)
        self.watch = NetworkWatch(
            self._canaries_alive, has_canaries=bool(registry.canaries), names_alive=self._names_alive
        )
        self.pipeline = Pipeline(self.fleet, self.prober, self.store, self.watch, on_probe=self.metrics.observe_probe)
        self.schedule = Schedule(
            self.pipeline.run,
            on_lag=self.metrics.observe_lag,
            on_running=self.metrics.set_running,
        )
        self._reloading = asyncio.Lock()
        self._signalled: asyncio.Task[object] | None = None
        self._note_reload()

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self.fleet.registry

    def snapshot(self) -> Snapshot:
        """The whole fleet now."""
        return self.fleet.snapshot(clock.now())

    @property
    def ready(self) -> bool:
        """Whether the first round over all sites is done."""
        return self.schedule.first_round_done.is_set()

    async def reload(self) -> RegistryError | None:
        """Read the registry again; a bad file keeps the one in force and is returned as its error."""
        async with self._reloading:
            outcome = await asyncio.to_thread(self.registry_file.reload)
            self._note_reload()
            if isinstance(outcome, RegistryError):
                return outcome
            self.prober.reconfigure(outcome)
            self.watch.has_canaries = bool(outcome.canaries)
            self.pipeline.adopt(outcome)
            self.schedule.adopt(outcome.sites.values(), unread=self.pipeline.unread())
            log.info("registry reloaded", sites=len(outcome.sites))
            return None

    def reload_soon(self) -> None:
        """``reload`` for SIGHUP; a storm of signals makes one more reload, not a queue of them."""
        if self._signalled is None or self._signalled.done():
            self._signalled = asyncio.create_task(self.reload(), name="reload on SIGHUP")

    async def recheck(self, site_id: str) -> SiteState | None:
        """One thorough round of a site now; ``None`` when it is not in the registry."""
        return await self.pipeline.run(site_id, thorough=True)

    async def probe(self, site_id: str, timeout_seconds: float) -> Exchange:
        """One live exchange with a registered site, for ``/probe``; changes no status and is not kept."""
        site = self.registry.sites[site_id]
        return await self.prober.get(replace(site, probe_timeout=min(site.probe_timeout, timeout_seconds)))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Probe in the background while the block runs; drain and save everything at its end."""
        try:
            remembered = await asyncio.to_thread(self.store.load)
            self.pipeline.restore(self.registry, remembered)
            self.schedule.adopt(self.registry.sites.values(), unread=self.pipeline.unread())
            async with self.prober:
                tasks = [
                    asyncio.create_task(self.schedule.run(), name="schedule"),
                    asyncio.create_task(_forever(self._watch_file, FILE_CHECK_SECONDS), name="registry file"),
                    asyncio.create_task(_forever(self._refresh_uptime, UPTIME_REFRESH_SECONDS), name="uptime"),
                    asyncio.create_task(_forever(_give_back_memory, TRIM_SECONDS), name="memory"),
                    asyncio.create_task(_forever(_renew_threads, THREAD_LIFE_SECONDS), name="threads"),
                    asyncio.create_task(self._settle_after_first_round(), name="settle"),
                ]
                try:
                    yield
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                    await self.schedule.drain()
        finally:
            await asyncio.to_thread(self.store.close)

    async def _canaries_alive(self) -> bool:
        return await self.prober.network_alive(self.registry.canaries)

    async def _names_alive(self) -> bool:
        return await self.prober.names_alive(self.registry.canaries)

    def _note_reload(self) -> None:
        result = self.registry_file.last_reload
        self.metrics.reloaded(ok=result.successful, at=result.at)

    async def _watch_file(self) -> None:
        if await asyncio.to_thread(self.registry_file.changed):
            await self.reload()

    async def _settle_after_first_round(self) -> None:
        """What is known of every site now is known for long."""
        allocator.keep_for_good()
        await self.schedule.first_round_done.wait()
        allocator.keep_for_good()

    async def _refresh_uptime(self) -> None:
        """Bring the uptime ratios and the counters of every site up to date; the windows move even without probes."""
        try:
            ratios = await asyncio.to_thread(self.store.uptime, list(self.registry.sites.values()), clock.now())
        except StoreError as error:
            log.warning("uptime could not be read", error=str(error))
            return
        for number, (site_id, uptime) in enumerate(ratios.items()):
            if number % UPTIMES_AT_ONCE == 0:
                await asyncio.sleep(0)
            if site_id in self.fleet:
                state = self.fleet[site_id]
                totals = self.store.probes_total(site_id)
                if state.uptime != uptime or state.probes_total != totals:
                    self.fleet.put(replace(state, uptime=uptime, probes_total=totals))


async def serve(settings: Settings, *, on_start: Callable[[Exporter, WebServer], None] | None = None) -> None:
    """Run the exporter until SIGTERM or SIGINT.

    Args:
        settings: What the command line says.
        on_start: Told once pages can be opened.

    Raises:
        RegistryError, StoreError, WebConfigError: Something that a person must put right before it can start.
        OSError: The address is taken.
    """
    allocator.settle()
    sys.setswitchinterval(SWITCH_SECONDS)
    exporter = Exporter(settings)
    web_config = WebConfigFile(settings.web_config_file) if settings.web_config_file else None
    services = Services(
        snapshot=exporter.snapshot,
        exposition=exporter.exposition,
        history=exporter.store,
        reload=exporter.reload,
        recheck=exporter.recheck,
        probe=exporter.probe,
        reports=KeptReports(exporter.store, lambda: exporter.registry),
        ready=lambda: exporter.ready,
    )
    app = build_app(
        services,
        web_config=web_config,
        enable_lifecycle=settings.enable_lifecycle,
        public_read=settings.public_read,
    )
    server = WebServer(app, settings.listen_address, web_config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with exporter.running():
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, exporter.reload_soon)
        await server.start()
        log.info("exporter started", url=server.url, sites=len(exporter.registry.sites), shard=str(settings.shard))
        try:
            if on_start is not None:
                on_start(exporter, server)
            await stop.wait()
        finally:
            log.info("exporter stops; running probes may finish")
            await asyncio.gather(server.stop(), exporter.schedule.drain())


async def _renew_threads() -> None:
    renew_threads()


async def _give_back_memory() -> None:
    await asyncio.to_thread(allocator.give_back)


async def _forever(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Do ``work`` every ``seconds``; what it raises is logged and does not end it."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("background work failed")
        await asyncio.sleep(seconds)
