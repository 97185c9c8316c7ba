"""CPU work off the event loop: pages are parsed and judged in threads of their own, few and renewed now and then.

The event loop asks the interpreter for its turn against every thread that is busy, and gets it by chance: with two of
them it waits a millisecond or two, with more so long that response times come out wrong. Reading the disk, which waits
rather than works, goes through ``asyncio.to_thread``.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
THREADS: Final = 2
"""One would let a single dear page hold up the checks of all other sites."""


class _Pool:
    """The threads in use; made when first needed, so that programs that parse nothing have none."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    def threads(self) -> ThreadPoolExecutor:
        """Those that take new work."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "parser")
        return self._threads

    def renew(self) -> None:
        """Let new threads take what comes; the old ones end after their last work."""
        previous, self._threads = self._threads, None
        if previous is not None:
            previous.shutdown(wait=False)


_POOL: Final = _Pool()


async def offload(function: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
    """``function`` called in one of the threads that parse; what it raises is raised here."""
    return await asyncio.get_running_loop().run_in_executor(_POOL.threads(), partial(function, *args, **kwargs))


def renew_threads() -> None:
    """Start anew with fresh threads: lxml keeps every name that a page invents for as long as its thread lives."""
    _POOL.renew()
