"""A sequence that is kept small and unfolded when somebody looks at it.

Every date considered and every post of the last reading are kept for each site, and are read when a page of that site
is opened or at its next content check. As objects they take some 30 KB a site, folded a tenth of that.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar, overload

Item = TypeVar("Item")


class Folded(Sequence[Item], Generic[Item]):
    """The items of an iterable as one compressed block; equal to every sequence with equal items."""

    __slots__ = ("_block", "_length")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        held = tuple(items)
        self._length = len(held)
        self._block = zlib.compress(pickle.dumps(held, pickle.HIGHEST_PROTOCOL), 1) if held else b""

    def unfold(self) -> tuple[Item, ...]:
        """The items."""
        if not self._length:
            return ()
        # What is loaded here was dumped by this very object.
        items: tuple[Item, ...] = pickle.loads(zlib.decompress(self._block))  # noqa: S301
        return items

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...

    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        return self.unfold()[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Folded):
            return self._block == other._block or self.unfold() == other.unfold()
        return isinstance(other, Sequence) and self.unfold() == tuple(other)

    def __hash__(self) -> int:
        return hash(self.unfold())

    def __repr__(self) -> str:
        return f"Folded({self.unfold()!r})"
