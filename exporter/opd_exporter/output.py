"""Standard output that loses nothing, whoever reads it and however slowly."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import Final

_OUT: Final = 1
_ERR: Final = 2


def keep_whole() -> None:
    """Make the standard streams write everything they are given.

    Two things cut long output off at the 64 KiB of a pipe. A pipe that another program made non-blocking refuses the
    rest. And with ``PYTHONUNBUFFERED`` Python writes once and believes that all of it went; after uvloop has run, whose
    io_uring interrupts writes, it did not. A buffer writes until everything is out.
    """
    for descriptor in (_OUT, _ERR):
        with suppress(OSError):
            os.set_blocking(descriptor, True)
    if getattr(sys.stdout, "write_through", False):
        sys.stdout = _buffered(_OUT, sys.stdout.encoding, sys.stdout.errors, by_line=False)
    if getattr(sys.stderr, "write_through", False):
        sys.stderr = _buffered(_ERR, sys.stderr.encoding, sys.stderr.errors, by_line=True)


def _buffered(descriptor: int, encoding: str, errors: str | None, *, by_line: bool) -> TextIOWrapper:
    raw = BufferedWriter(FileIO(descriptor, "wb", closefd=False))
    return TextIOWrapper(raw, encoding=encoding, errors=errors, line_buffering=by_line)
