"""One exporter per store: an advisory lock beside the file, which the kernel takes back even after kill -9."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from opd_exporter.store.records import StoreError

if TYPE_CHECKING:
    from pathlib import Path


class StoreLock:
    """Holds ``FILE.lock`` until ``release``; the file itself stays, so that the lock has one identity."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, store: Path) -> Self:
        """Take the lock of ``store`` or say who has it.

        Raises:
            StoreError: Another exporter holds it, or the lock file cannot be made.
        """
        path = store.with_name(f"{store.name}.lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be written ({error.strerror}); "
                "make its folder writable for the user that runs opd-exporter, or give another --storage.path"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreError(
                f"{store}: in use by another opd-exporter{f' (process {holder})' if holder else ''}; "
                "stop that one first, or give this one its own --storage.path"
            ) from error
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError:
            # A full disk: the lock itself holds, only the name of its holder is missing.
            pass
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back; harmless when repeated."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
