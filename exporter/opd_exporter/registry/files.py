"""Reading a file that people name: bounded, never waiting, with a sentence in place of an exception."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_bytes(path: Path, most: int) -> bytes | str:
    """The content of a regular file of at most ``most`` bytes, or an Indonesian sentence why there is none."""
    try:
        # A pipe must not hold the program up: it is opened without waiting and then refused.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = file.read(most + 1) if regular else b""
    except (OSError, ValueError) as error:
        return _explain(error)
    if not regular:
        return "ini bukan berkas biasa; tunjuk sebuah berkas"
    if len(data) > most:
        return f"berkas lebih besar dari {most // 1024 // 1024} MiB"
    return data


def _explain(error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "berkas tidak ditemukan; periksa nama dan foldernya"
        case IsADirectoryError():
            return "ini folder; tunjuk sebuah berkas"
        case PermissionError():
            return "berkas tidak boleh dibaca; beri izin baca kepada pengguna exporter"
        case OSError():
            return f"berkas tidak bisa dibaca ({error.strerror})"
    return "nama berkas tidak sah"
