"""Settles what collects memory below the program: glibc's malloc, and Python's search for unreachable cycles.

Pages of up to a megabyte are parsed in several threads all day. By default glibc keeps a heap per thread and raises its
threshold for large blocks as it goes, so that resident memory climbs by some 30 MiB an hour although the program holds
no more than before (`make soak`). With two heaps and a fixed threshold it stays where it is.
"""

from __future__ import annotations

import ctypes
import gc
from typing import Final

ARENAS: Final = 2
THRESHOLD_BYTES: Final = 131_072
"""Larger blocks come from the system and go back to it."""
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Names and numbers of ``mallopt(3)``."""


def keep_for_good() -> None:
    """Search what there is for cycles once more, and then never again: modules, models, what the registry says.

    A full search holds up everything, and took 40 ms over the modules alone: each probe that ran meanwhile was reported
    40 ms slower than the site was.
    """
    gc.collect()
    gc.freeze()


def give_back() -> bool:
    """Hand the free memory inside the heap to the system; false where the C library knows no ``malloc_trim``.

    A thousand parsed pages leave holes of a hundred megabytes that glibc keeps, since something small lies above each.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return False
    trim(0)
    return True


def settle() -> bool:
    """Set the options for this process; false where the C library knows no ``mallopt`` (musl, macOS)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    mallopt(_M_ARENA_MAX, ARENAS)
    mallopt(_M_MMAP_THRESHOLD, THRESHOLD_BYTES)
    mallopt(_M_TRIM_THRESHOLD, THRESHOLD_BYTES)
    return True
