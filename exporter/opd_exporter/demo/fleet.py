"""The imitation fleet: starts every site of a scenario on loopback, and lets a presenter break and mend them."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from opd_exporter.demo.certificates import Authority, Flavour
from opd_exporter.demo.control import ControlPort
from opd_exporter.demo.engines import ENGINES
from opd_exporter.demo.posts import WIB, Newsroom
from opd_exporter.demo.registry_text import registry_text
from opd_exporter.demo.scenarios import host_of, shares_port, sites_of
from opd_exporter.demo.servers import EVERY_ADDRESS, Listener, open_port
from opd_exporter.demo.troubles import TROUBLES, Port, Trouble
from opd_exporter.demo.views import Answer, Request, View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opd_exporter.demo.scenarios import SiteSpec

_HEALTHY = Trouble()
_POSTS_SHOWN = 10
_ISSUER_PATH = "/intermediate.der"


@dataclass(slots=True)
class DemoSite:
    """One running imitation site."""

    spec: SiteSpec
    newsroom: Newsroom
    listener: Listener | None
    """``None``: the registry names an address that the demo does not serve."""
    shared_host: str | None = None
    """The site's own loopback address when ``listener`` serves the whole fleet on one port."""
    trouble: str | None = None
    slow_seconds: float = 0.0
    hits: int = 0
    """Requests answered so far."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        if self.listener is None:
            return (self.spec.url or "").rstrip("/")
        host = self.shared_host or self.listener.host
        return f"{'https' if self.spec.https else 'http'}://{host}:{self.listener.port}"

    @property
    def url(self) -> str | None:
        """What the registry says."""
        return self.spec.url if self.listener is None else f"{self.base_url}/"


class Fleet:
    """Every site of ``scenario`` on loopback, with a control port.

    An async context manager; or ``start`` and ``stop``. ``clock`` gives the present as an aware datetime. From
    ``base_port`` on sites take consecutive ports that outlive a restart, or free ones where those are taken.
    ``directory`` gets the CA (default: a temporary one, removed on stop).
    """

    def __init__(
        self,
        scenario: str = "2020",
        *,
        clock: Callable[[], datetime] | None = None,
        size: int | None = None,
        base_port: int = 0,
        control_port: int = 0,
        directory: Path | None = None,
    ) -> None:
        """Choose the sites; ``ValueError``: no such scenario."""
        self.scenario = scenario
        self.specs = sites_of(scenario, size)
        self.sites: dict[str, DemoSite] = {}
        """By id, in the order of the scenario; filled by ``start``."""
        self._clock = clock or (lambda: datetime.now(UTC))
        self._base_port = base_port
        self._directory = directory
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._authority: Authority | None = None
        self._elsewhere = Listener("127.0.0.1")
        self._control = ControlPort(self, control_port)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def ca_file(self) -> Path:
        """PEM of the demo's own CA: the ``ca_file`` of the registry's defaults."""
        if self._authority is None:
            raise RuntimeError("the fleet has not started")
        return self._authority.ca_file

    @property
    def control_address(self) -> str:
        """``http://127.0.0.1:PORT`` of the control port."""
        return self._control.address

    async def start(self) -> None:
        """Open every port; when one fails, close the others again."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close every port and connection; may be called twice."""
        await self._control.stop()
        listeners = {id(site.listener): site.listener for site in self.sites.values() if site.listener is not None}
        await asyncio.gather(*(listener.close() for listener in [*listeners.values(), self._elsewhere]))
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def registry_text(self, **defaults: object) -> str:
        """The ``sites.yml`` of this fleet; ``defaults`` override its defaults (``probe_interval="1s"``...)."""
        return registry_text(
            list(self.sites.values()), ca_file=self.ca_file, now=self._now(), scenario=self.scenario, overrides=defaults
        )

    def address_of(self, site: str) -> str | None:
        """The URL of ``site`` as the registry gives it."""
        return self._site(site).url

    def expected(self) -> Mapping[str, tuple[str, str | None]]:
        """Site -> the status and reason that an exporter should find at the start."""
        return {site_id: (site.spec.status, site.spec.reason) for site_id, site in self.sites.items()}

    # --- what a presenter does --------------------------------------------------------------------------------------

    async def fail(self, site: str, mode: str = "http_server_error") -> None:
        """Break ``site``: ``mode`` is a name of ``TROUBLES``.

        Raises:
            KeyError: no such site. ValueError: no such mode, or the demo does not serve this site.
        """
        if mode not in TROUBLES:
            raise ValueError(f"unknown mode {mode!r}: use one of {', '.join(TROUBLES)}")
        await self._change(self._site(site), mode)

    async def recover(self, site: str) -> None:
        """Mend ``site`` in every way, also one that was broken from the start; it publishes if it had stopped."""
        found = self._site(site)
        found.slow_seconds = 0.0
        await self._change(found, None)
        if found.spec.habit.stopped_days:
            found.newsroom.publish(self._now())

    async def hack(self, site: str, mode: str = "gambling_links") -> None:
        """Let an intruder into ``site``."""
        await self.fail(site, mode)

    async def publish(self, site: str, title: str | None = None) -> str:
        """Add a post to ``site``, dated now; returns its title."""
        return self._site(site).newsroom.publish(self._now(), title).title

    async def slow(self, site: str, seconds: float = 6.0) -> None:
        """Make ``site`` think for ``seconds`` (0 to 3600) before it answers."""
        self._site(site).slow_seconds = min(max(float(seconds), 0.0), 3600.0)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return self._clock().astimezone(WIB)

    def _site(self, site: str) -> DemoSite:
        if site not in self.sites:
            raise KeyError(f"unknown site {site!r}")
        return self.sites[site]

    async def _start(self) -> None:
        if self._directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="opd-demo-")
            self._directory = Path(self._temporary.name)
        self._authority = Authority(self._directory)
        await self._elsewhere.open_http(self._answer_elsewhere, None)
        if shares_port(self.scenario):
            await self._start_shared()
        else:
            await self._start_apart()
        await self._control.start()

    async def _start_shared(self) -> None:
        """One port for the whole fleet, told apart by address: thousands of sites must not need thousands of ports."""
        listener = Listener(EVERY_ADDRESS, self._base_port)
        by_address: dict[str, DemoSite] = {}

        async def answer(request: Request) -> Answer:
            site = by_address.get(request.address)
            return Answer(status=404) if site is None else await self._answer(site, request)

        try:
            await listener.open_http(answer, None)
        except OSError:
            listener.port = 0
            await listener.open_http(answer, None)
        for number, spec in enumerate(self.specs):
            newsroom = Newsroom(spec.id, spec.department.sector, spec.habit, self._now())
            host = host_of(spec, number)
            self.sites[spec.id] = by_address[host] = DemoSite(spec, newsroom, listener, shared_host=host)

    async def _start_apart(self) -> None:
        """A port for every site."""
        for number, spec in enumerate(self.specs):
            site = DemoSite(
                spec,
                Newsroom(spec.id, spec.department.sector, spec.habit, self._now()),
                Listener(host_of(spec, number)) if spec.url == "" else None,
                slow_seconds=spec.slow_seconds,
            )
            self.sites[spec.id] = site
            await self._open(site, number)

    async def _open(self, site: DemoSite, number: int) -> None:
        if site.listener is None:
            return
        if self._base_port:
            site.listener.port = self._base_port + number
            try:
                await self._change(site, site.spec.trouble)
            except OSError:
                site.listener.port = 0
            else:
                return
        await self._change(site, site.spec.trouble)

    async def _change(self, site: DemoSite, trouble_name: str | None) -> None:
        if site.listener is None or self._authority is None:
            raise ValueError(f"the demo does not serve {site.spec.id}: its address is {site.url}")
        trouble = TROUBLES[trouble_name] if trouble_name else _HEALTHY
        if trouble.https_only and not site.spec.https:
            raise ValueError(f"{site.spec.id} is an http:// site: {trouble_name} needs an https:// one")
        if site.shared_host is not None:
            if trouble.port is not Port.HTTP:
                raise ValueError(f"{trouble_name} needs a port of its own; in this scenario all sites share one")
            site.trouble = trouble_name
            return
        async with site.lock:
            site.trouble = trouble_name
            context = None
            if site.spec.https and trouble.port is Port.HTTP:
                issuer_url = f"http://{self._elsewhere.host}:{self._elsewhere.port}{_ISSUER_PATH}"
                context = self._authority.context(
                    site.listener.host, trouble.flavour or Flavour.VALID, issuer_url=issuer_url
                )
            await open_port(
                site.listener,
                trouble.port,
                lambda request: self._answer(site, request),
                context=context,
                talk=trouble.talk,
            )

    async def _answer(self, site: DemoSite, request: Request) -> Answer:
        site.hits += 1
        if site.slow_seconds:
            await asyncio.sleep(site.slow_seconds)
        now = self._now()
        view = View(
            id=site.spec.id,
            name=site.spec.department.name,
            opd=site.spec.department.opd,
            base_url=site.base_url,
            posts=site.newsroom.posts(now, _POSTS_SHOWN),
            now=now,
            traps=site.spec.traps,
            elsewhere_url=f"http://{self._elsewhere.host}:{self._elsewhere.port}",
        )
        trouble = TROUBLES[site.trouble] if site.trouble else _HEALTHY
        if trouble.answer is not None:
            answer = trouble.answer(view, request)
            if answer is not None:
                return answer
        if trouble.alter is not None:
            view = trouble.alter(view, request)
        return ENGINES[site.spec.engine](view, request)

    async def _answer_elsewhere(self, request: Request) -> Answer:
        """Another host: where a lost site redirects to, and where the intermediate certificate lies."""
        if request.path == _ISSUER_PATH and self._authority is not None:
            return Answer(self._authority.intermediate_der, content_type="application/pkix-cert")
        return Answer("<html><head><title>Portal lain</title></head><body><h1>Portal lain</h1></body></html>")
