"""The C library's allocator."""

import platform

from opd_exporter import allocator


def test_the_options_are_taken() -> None:
    """On glibc the allocator is told to give memory back; elsewhere nothing happens."""
    assert allocator.settle() is (platform.libc_ver()[0] == "glibc")
