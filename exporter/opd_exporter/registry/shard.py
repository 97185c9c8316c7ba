"""Which part of the registry one of several exporters looks at.

Every node has the same file; the hash of a site's id alone says which node has it, so that nothing need be agreed on
between them. Jump consistent hashing (Lamping and Veach, 2014) spreads the sites evenly, and one node more takes only
its own share from the others: with ``n + 1`` nodes instead of ``n``, one site in ``n + 1`` moves.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opd_exporter.registry.site import Registry

MAX_SHARDS = 1_000
_FORM = re.compile(r"(\d{1,6})/(\d{1,6})", re.ASCII)
_STEP = 2862933555777941757
"""The multiplier of the generator in the paper."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``index``-th of ``count`` parts, counted from 1."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard that ``i/n`` writes.

        Raises:
            ValueError: It is no shard; the message says why.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no shard; write i/n, for example 1/3 for the first of three")
        index, count = int(found[1]), int(found[2])
        if not 1 <= count <= MAX_SHARDS:
            raise ValueError(f"{text!r} is no shard: there can be 1 to {MAX_SHARDS} of them")
        if not 1 <= index <= count:
            raise ValueError(f"{text!r} is no shard: the first number goes from 1 to {count}")
        return cls(index, count)

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    @property
    def is_part(self) -> bool:
        """Whether there are other shards at all."""
        return self.count > 1

    def owns(self, site_id: str) -> bool:
        """Whether this shard looks at the site."""
        return shard_of(site_id, self.count) == self.index

    def part_of(self, registry: Registry) -> Registry:
        """The registry with the sites of this shard alone; what belongs to others is known by its id only."""
        if not self.is_part:
            return registry
        mine = {site_id: site for site_id, site in registry.sites.items() if self.owns(site_id)}
        elsewhere = frozenset(registry.sites.keys() - mine.keys())
        return replace(registry, sites=MappingProxyType(mine), shard=self, elsewhere=elsewhere)


WHOLE = Shard()
"""The registry is not divided."""


def shard_of(site_id: str, count: int) -> int:
    """The number, from 1 to ``count``, of the shard that has the site; the same on every machine and version."""
    key = int.from_bytes(hashlib.blake2b(site_id.encode(), digest_size=8).digest())
    bucket, jump = -1, 0
    while jump < count:
        bucket = jump
        key = (key * _STEP + 1) & 0xFFFFFFFFFFFFFFFF
        jump = int((bucket + 1) * ((1 << 31) / ((key >> 33) + 1)))
    return bucket + 1
