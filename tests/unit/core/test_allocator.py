"""The C library's allocator, and the search for cycles."""

import gc
import platform

from opd_exporter import allocator


def test_the_options_are_taken() -> None:
    """On glibc the allocator is told to give memory back; elsewhere nothing happens."""
    assert allocator.settle() is (platform.libc_ver()[0] == "glibc")


def test_what_lives_for_long_is_searched_no_more() -> None:
    """Everything that is there leaves the search; what comes later is still found."""
    try:
        allocator.keep_for_good()
        frozen = gc.get_freeze_count()
        assert frozen > 10_000
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        assert gc.collect() >= 1
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
