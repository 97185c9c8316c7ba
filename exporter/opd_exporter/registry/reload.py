"""The registry of a running exporter: reads the file again when told or when it changed, keeps the last good one.

Changes are found by looking (stat first, content when that differs), not by inotify: editors replace files instead of
writing them, and bind mounts lose events.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opd_exporter import clock
from opd_exporter.logs import get_logger
from opd_exporter.registry import document, loader
from opd_exporter.registry.files import read_bytes
from opd_exporter.registry.mistakes import Mistake, RegistryError
from opd_exporter.registry.shard import WHOLE, Shard

if TYPE_CHECKING:
    import os

    from opd_exporter.registry.site import Registry

RACY_SECONDS = 2.0
"""A file written this shortly before it was read may change again without a new time stamp."""

_log = get_logger("registry")


@dataclass(frozen=True, slots=True)
class ReloadResult:
    """What the newest attempt to read the registry gave."""

    successful: bool
    at: float
    """Unix seconds of the attempt."""
    success_at: float | None
    """Unix seconds of the newest attempt that succeeded; ``None``: none did."""
    mistakes: tuple[Mistake, ...] = ()


class RegistryFile:
    """A registry file and the last good registry that was read from it. Its methods may be called from any thread.

    Args:
        path: The file, the same one on every node.
        shard: Which of its sites count here; mistakes are looked for in all of them.
    """

    def __init__(self, path: str | os.PathLike[str], shard: Shard = WHOLE) -> None:
        self.path = Path(path)
        self.shard = shard
        self._lock = threading.Lock()
        self._registry: Registry | None = None
        self._result = ReloadResult(successful=False, at=0.0, success_at=None)
        self._seen: dict[Path, _Look] = {self.path: _Look(None, b"")}
        self._settling: list[_Stat | None] = []

    @property
    def registry(self) -> Registry | None:
        """The last good registry; ``None`` before the first one."""
        return self._registry

    @property
    def last_reload(self) -> ReloadResult:
        """The result of the newest ``reload``; ``at`` is 0 before the first."""
        return self._result

    def reload(self) -> Registry | RegistryError:
        """Read the file now. A bad file is returned as its error, every mistake is logged, and nothing is replaced.

        10,000 sites take about three seconds: call it off the event loop.
        """
        with self._lock:
            now = clock.now()
            # Looked at before they are read: a change in between is then found by the next ``changed``.
            seen = {file: _look(file) for file in self._seen}
            outcome = loader.read(self.path)
            files = (self.path, *outcome.files)
            self._seen = {file: seen[file] if file in seen else _look(file) for file in files}
            self._settling = []
            if outcome.registry is not None:
                self._registry = self.shard.part_of(outcome.registry)
                self._result = ReloadResult(successful=True, at=now, success_at=now)
                _log.info(
                    "registry loaded",
                    file=str(self.path),
                    sites=len(self._registry.sites),
                    shard=str(self.shard),
                    elsewhere=len(self._registry.elsewhere),
                )
                return self._registry
            self._result = ReloadResult(
                successful=False, at=now, success_at=self._result.success_at, mistakes=outcome.mistakes
            )
            for mistake in outcome.mistakes:
                _log.error(
                    "registry mistake",
                    file=str(self.path),
                    line=mistake.line,
                    path=mistake.path,
                    message=mistake.message,
                )
            _log.error(
                "registry not loaded",
                file=str(self.path),
                mistakes=len(outcome.mistakes),
                kept=self._registry is not None,
            )
            return RegistryError(str(self.path), outcome.mistakes)

    def changed(self) -> bool:
        """Whether the file (or a file it names) has another content than at the last ``reload``, good or bad.

        Cheap enough for every few seconds. A change is reported once it stands still for two calls, so that a file
        that is being written is left alone.
        """
        with self._lock:
            stats = [_stat(file) for file in self._seen]
            if all(stat == look.stat and look.settled for stat, look in zip(stats, self._seen.values(), strict=True)):
                self._settling = []
                return False
            if stats != self._settling:
                self._settling = stats
                return False
            self._settling = []
            looks = {file: _look(file) for file in self._seen}
            if any(look.digest != self._seen[file].digest for file, look in looks.items()):
                return True
            self._seen = looks
            return False


_Stat = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Look:
    """How a file looked at one moment."""

    stat: _Stat | None
    digest: bytes
    settled: bool = False
    """Its time stamp is old enough to betray any later change."""


def _stat(file: Path) -> _Stat | None:
    try:
        found = file.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _look(file: Path) -> _Look:
    stat = _stat(file)
    data = read_bytes(file, document.MAX_BYTES)
    content = b"-" + data.encode() if isinstance(data, str) else b"+" + data
    settled = stat is None or clock.now() - stat[4] / 1e9 > RACY_SECONDS
    return _Look(stat, hashlib.sha256(content).digest(), settled)
