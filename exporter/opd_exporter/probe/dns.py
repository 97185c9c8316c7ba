"""Names to addresses: asynchronous, cached by TTL, and honest about what a failure means.

"There is no such name" (``dns_not_found``) is told from "the name servers did not say" (``dns_temporary``), which is
asked again inside the budget. ``/etc/hosts`` and ``localhost`` work as everywhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiodns
import pycares

from opd_exporter.clock import monotonic
from opd_exporter.models import Reason
from opd_exporter.probe.addresses import is_local_name, literal_address
from opd_exporter.probe.failures import Failure, ensure_descriptors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opd_exporter.probe.addresses import Address

HOSTS_FILE: Final = Path("/etc/hosts")
CACHE_ENTRIES: Final = 20_000
MAX_TTL: Final = 300.0
MAX_ADDRESSES: Final = 16
AAAA_GRACE: Final = 0.05
"""How long a known IPv4 answer waits for its IPv6 sister (RFC 8305, section 3)."""
TRY_SECONDS: Final = 1.0
"""A lost packet costs this much before it is asked again."""
TRIES: Final = 6
RETRY_PAUSE: Final = 0.2
_HOSTS_FRESH: Final = 5.0

_ABSENT: Final = frozenset(
    {pycares.errno.ARES_ENOTFOUND, pycares.errno.ARES_ENODATA, pycares.errno.ARES_EBADNAME, pycares.errno.ARES_ENONAME}
)


class Resolver:
    """Resolves names for the whole prober.

    Args:
        nameservers: Addresses of DNS servers, ``host`` or ``host:port``; empty for the system's.
        hosts_file: Where the machine's own names stand.
    """

    def __init__(self, nameservers: Sequence[str] = (), hosts_file: Path = HOSTS_FILE) -> None:
        # No EDNS surprises, no search domains: names in a registry are complete.
        self._client = aiodns.DNSResolver(
            nameservers=list(nameservers) or None, timeout=TRY_SECONDS, tries=1, rotate=False
        )
        self._cache: OrderedDict[str, tuple[float, tuple[Address, ...]]] = OrderedDict()
        self._running: dict[str, asyncio.Task[tuple[Address, ...]]] = {}
        self._hosts = HostsFile(hosts_file)

    async def resolve(self, host: str, seconds: float) -> tuple[Address, ...]:
        """Addresses of ``host``, IPv4 first.

        Args:
            host: ASCII name or literal address.
            seconds: How long this may take, retries included.

        Raises:
            Failure: ``dns_not_found`` or ``dns_temporary``.
            MonitorFault: The monitor has no descriptors left to ask with.
        """
        literal = literal_address(host)
        if literal is not None:
            return (literal,)
        name = host.rstrip(".").lower()
        own = self._hosts.lookup(name)
        if own:
            return own
        if is_local_name(name):
            return (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
        cached = self._cache.get(name)
        if cached is not None and cached[0] > monotonic():
            return cached[1]
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.create_task(self._ask(name))
            task.add_done_callback(lambda done: self._forget(name, done))
        try:
            # Shielded: another probe may be waiting for the same answer.
            async with asyncio.timeout(seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            ensure_descriptors()
            raise Failure(Reason.DNS_TEMPORARY, f"no DNS answer in {seconds:.1f} s") from None

    async def answers(self, host: str, seconds: float) -> bool:
        """Whether the name servers say anything definite about ``host`` now, "no such name" included."""
        self._forget_absence()
        try:
            async with asyncio.timeout(seconds):
                await self._ask_once(host.rstrip(".").lower())
        except Failure as failure:
            return failure.reason is Reason.DNS_NOT_FOUND
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Stop every query."""
        for task in tuple(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._client.close()

    def clear(self) -> None:
        """Forget every cached answer."""
        self._cache.clear()

    def _forget(self, name: str, task: asyncio.Task[tuple[Address, ...]]) -> None:
        self._running.pop(name, None)
        if not task.cancelled():
            task.exception()  # seen here even when every waiter gave up

    async def _ask(self, name: str) -> tuple[Address, ...]:
        """Ask until something definite is known; the waiters bound the time, this bounds the tries."""
        failure = Failure(Reason.DNS_TEMPORARY, "no DNS answer")
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(RETRY_PAUSE * attempt)
            try:
                addresses, ttl = await self._ask_once(name)
            except Failure as error:
                failure = error
                if error.reason is Reason.DNS_NOT_FOUND:
                    self._forget_absence()
                    raise
                ensure_descriptors()
                continue
            self._keep(name, addresses, ttl)
            return addresses
        raise failure

    def _forget_absence(self) -> None:
        """Make c-ares drop its own cache, which keeps "no such name" for up to an hour (SOA minimum).

        A name that comes back must be seen at the next probe, and the confirming probe must ask anew.
        """
        channel = getattr(self._client, "_channel", None)
        if channel is not None:
            channel.reinit()

    def _keep(self, name: str, addresses: tuple[Address, ...], ttl: float) -> None:
        self._cache[name] = (monotonic() + min(ttl, MAX_TTL), addresses)
        self._cache.move_to_end(name)
        while len(self._cache) > CACHE_ENTRIES:
            self._cache.popitem(last=False)

    async def _ask_once(self, name: str) -> tuple[tuple[Address, ...], float]:
        four = asyncio.ensure_future(self._query(name, "A"))
        six = asyncio.ensure_future(self._query(name, "AAAA"))
        try:
            return await self._join(four, six)
        finally:
            for task in (four, six):
                if not task.done():
                    task.cancel()
            await asyncio.gather(four, six, return_exceptions=True)

    async def _join(
        self, four: asyncio.Task[_Records | Failure], six: asyncio.Task[_Records | Failure]
    ) -> tuple[tuple[Address, ...], float]:
        first = await four
        if isinstance(first, _Records) and first.addresses:
            await asyncio.wait({six}, timeout=AAAA_GRACE)
            second = six.result() if six.done() else None
        else:
            second = await six
        found = [records for records in (first, second) if isinstance(records, _Records) and records.addresses]
        if found:
            addresses = tuple(address for records in found for address in records.addresses)
            return addresses[:MAX_ADDRESSES], min(records.ttl for records in found)
        # Only when both kinds are known to be absent is the name known to have no address.
        for records in (first, second):
            if isinstance(records, Failure) and records.reason is Reason.DNS_TEMPORARY:
                raise records
        raise first if isinstance(first, Failure) else Failure(Reason.DNS_NOT_FOUND, "the name has no address")

    async def _query(self, name: str, kind: str) -> _Records | Failure:
        try:
            result = await self._client.query_dns(name, kind)
        except aiodns.error.DNSError as error:
            code = error.args[0] if error.args else 0
            text = str(error.args[1])[:80] if len(error.args) > 1 else "error"
            reason = Reason.DNS_NOT_FOUND if code in _ABSENT else Reason.DNS_TEMPORARY
            return Failure(reason, f"DNS {kind}: {text}")
        addresses: list[Address] = []
        ttl = MAX_TTL
        for record in result.answer:
            if isinstance(record.data, pycares.ARecordData | pycares.AAAARecordData):
                addresses.append(ipaddress.ip_address(record.data.addr))
            ttl = min(ttl, float(record.ttl))
        return _Records(addresses, ttl)


class _Records:
    """The addresses of one kind, with the time they may be kept."""

    __slots__ = ("addresses", "ttl")

    def __init__(self, addresses: list[Address], ttl: float) -> None:
        self.addresses = addresses
        self.ttl = ttl


class HostsFile:
    """``/etc/hosts``, read again when it changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: dict[str, tuple[Address, ...]] = {}
        self._stamp: tuple[int, int] | None = None
        self._checked = float("-inf")

    def lookup(self, name: str) -> tuple[Address, ...]:
        """Addresses of ``name`` in the file, IPv4 first; empty when it is not there."""
        now = monotonic()
        if now - self._checked > _HOSTS_FRESH:
            self._checked = now
            self._refresh()
        return self._names.get(name, ())

    def _refresh(self) -> None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._stamp:
                return
            text = self._path.read_text("utf-8", "replace")[:1_048_576]
        except OSError:
            self._names, self._stamp = {}, None
            return
        self._stamp = stamp
        names: dict[str, list[Address]] = {}
        for line in text.splitlines():
            fields = line.partition("#")[0].split()
            if len(fields) < 2:
                continue
            try:
                address = ipaddress.ip_address(fields[0].partition("%")[0])
            except ValueError:
                continue
            for name in fields[1:]:
                names.setdefault(name.rstrip(".").lower(), []).append(address)
        self._names = {
            name: tuple(sorted(set(found), key=lambda a: (a.version, int(a)))) for name, found in names.items()
        }
