"""The prober: the one door to the network.

``Prober`` owns what exchanges share (contexts, DNS answers, slots per address) and nothing of a site; every exchange is
a fresh connection with a full handshake.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

from yarl import URL

from opd_exporter.clock import now
from opd_exporter.logs import get_logger
from opd_exporter.models import Exchange
from opd_exporter.probe.addresses import is_local_name, literal_address
from opd_exporter.probe.connect import Connector
from opd_exporter.probe.dns import Resolver
from opd_exporter.probe.exchange import Visit
from opd_exporter.probe.failures import Failure, MonitorFault
from opd_exporter.probe.limits import READING_REQUESTS, Pace
from opd_exporter.probe.requests import DEFAULT_USER_AGENT
from opd_exporter.probe.trust import Trust
from opd_exporter.registry.site import Registry, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from opd_exporter.models import Fetch

MAX_IN_FLIGHT: Final = 256
CANARY_SECONDS: Final = 5.0
RESOLVE_SECONDS: Final = 5.0

log = get_logger(__name__)


class Prober:
    """Makes exchanges; an async context manager.

    Args:
        registry: Whose ``user_agent``, ``ca_file`` and ``nameservers`` apply; ``None`` for the defaults.
        max_in_flight: Most requests at once; others wait, and their clocks with them.

    Raises:
        OSError: ``ca_file`` cannot be read (``ssl.SSLError``: it holds no certificate).
    """

    def __init__(self, registry: Registry | None = None, *, max_in_flight: int = MAX_IN_FLIGHT) -> None:
        self._registry = registry or Registry(sites={})
        self._trust = Trust(self._registry.ca_file)
        self._max_in_flight = max_in_flight
        self._connector: Connector | None = None
        self._received: dict[str, int] = {}
        self._servers: dict[str, str] = {}
        self._retired: list[Resolver] = []
        """Resolvers of earlier registries: exchanges may still wait for them."""

    async def __aenter__(self) -> Self:
        pace = Pace.of(self._registry.content_requests_per_minute)
        self._connector = Connector(self._trust, Resolver(self._registry.nameservers), self._max_in_flight, pace)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.close()
            for resolver in (connector.resolver, *self._retired):
                await resolver.close()
            self._retired.clear()

    async def get(
        self, site: Site, url: str | None = None, headers: Mapping[str, str] | None = None, *, further: bool = False
    ) -> Exchange:
        """GET ``url`` (by default the site's own) with the site's settings; redirects followed; never raises.

        What is ``further`` than the probe itself waits for the pace of its address.

        An exchange without ``reason`` and without ``status`` means that the monitor could not ask
        (``Exchange.is_unknown``): nothing was learned about the site.
        """
        target = url or site.url
        connector = self._connector
        if target is None or connector is None:
            detail = "monitor: the site has no address" if target is None else "monitor: the prober is closed"
            return Exchange(target or "", target or "", now(), 0.0, detail=detail)
        try:
            agent = self._registry.user_agent or DEFAULT_USER_AGENT
            visit = Visit(connector, site, target, headers, agent, further=further)
            exchange = await visit.run()
        except Exception as error:
            log.exception("probe_bug", site=site.id, error=type(error).__name__)
            return Exchange(target, target, now(), 0.0, detail=f"monitor: {type(error).__name__}")
        self._received[site.id] = self._received.get(site.id, 0) + exchange.received
        if not further:
            self._servers[site.id] = visit.server
        return exchange

    def server_of(self, site_id: str) -> str:
        """What tells that two sites share a server; a site that was not asked has one of its own."""
        return self._servers.get(site_id) or f"of {site_id}"

    def has_room(self, site_id: str) -> bool:
        """Whether a whole reading of a site that was just probed would wait for nobody at its server."""
        connector = self._connector
        return connector is None or connector.pace.has_room(self.server_of(site_id), READING_REQUESTS)

    def received(self, site_id: str) -> int:
        """Bytes that all exchanges of a site brought so far, as ``Exchange.received`` counts them."""
        return self._received.get(site_id, 0)

    def fetcher(self, site: Site, *, part_of_probe: bool = False) -> Fetch:
        """The function that fetches more pages of ``site``: its own hosts, or public ones.

        Args:
            site: Whose.
            part_of_probe: Whether the status waits for them, so that they keep the probe's time.
        """

        async def fetch(url: str, headers: Mapping[str, str] | None = None) -> Exchange:
            return await self.get(site, url, headers, further=not part_of_probe)

        return fetch

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Addresses of ``host`` as text; empty when it has none or cannot be looked up."""
        connector = self._connector
        if connector is None:
            return ()
        try:
            return tuple(str(address) for address in await connector.resolver.resolve(host, RESOLVE_SECONDS))
        except (Failure, MonitorFault):
            return ()

    async def names_alive(self, urls: Iterable[str]) -> bool:
        """Whether the name servers say anything definite about one of the hosts of ``urls``, asked afresh.

        True as well when none of them has a name: then nothing is known against the name servers.
        """
        connector = self._connector
        hosts = {URL(url).raw_host or "" for url in urls}
        names = [host for host in hosts if host and literal_address(host) is None and not is_local_name(host)]
        if connector is None or not names:
            return True
        return any(await asyncio.gather(*(connector.resolver.answers(name, CANARY_SECONDS) for name in names)))

    def reconfigure(self, registry: Registry) -> None:
        """Take over a reloaded registry; running exchanges end under the old settings.

        Raises:
            OSError: ``ca_file`` cannot be used; the old settings stay.
        """
        connector, previous = self._connector, self._registry
        # Everything that can fail comes first: a bad registry must not be taken over by half.
        trust = self._trust if registry.ca_file == previous.ca_file else Trust(registry.ca_file)
        asks_others = connector is not None and registry.nameservers != previous.nameservers
        resolver = Resolver(registry.nameservers) if asks_others else None
        self._registry, self._trust = registry, trust
        self._received = {name: count for name, count in self._received.items() if name in registry.sites}
        self._servers = {name: server for name, server in self._servers.items() if name in registry.sites}
        if connector is not None:
            if registry.content_requests_per_minute != previous.content_requests_per_minute:
                connector.pace = Pace.of(registry.content_requests_per_minute)
            connector.trust = trust
            if resolver is not None:
                self._retired.append(connector.resolver)
                connector.resolver = resolver

    async def network_alive(self, canaries: Iterable[str]) -> bool:
        """Whether any of ``canaries`` (URLs) answers; ``False`` when there are none.

        An answer under a certificate that nobody trusts comes from whoever stands in between (a captive portal, a
        filtering proxy), not from the canary: it proves no way out.
        """
        proxies = {site.proxy_url for site in self._registry.sites.values() if site.url}
        shared = proxies.pop() if len(proxies) == 1 else None
        probes = [
            asyncio.ensure_future(
                self.get(Site(f"canary-{index}", "", "", url, probe_timeout=CANARY_SECONDS, proxy_url=shared))
            )
            for index, url in enumerate(canaries)
        ]
        try:
            for probe in asyncio.as_completed(probes):
                exchange = await probe
                if exchange.status is not None and (exchange.tls is None or exchange.tls.reason is None):
                    return True
            return False
        finally:
            for probe in probes:
                probe.cancel()
            await asyncio.gather(*probes, return_exceptions=True)
