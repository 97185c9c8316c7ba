"""``opd-exporter`` as a process of its own, as people run it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

COMMAND = (sys.executable, "-m", "opd_exporter")
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


async def run(*arguments: str | Path, seconds: float = 60.0) -> tuple[int, str, str]:
    """One command to its end: exit status, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *map(str, arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return process.returncode or 0, out.decode(), err.decode()


class Samples:
    """A page of metrics: name -> samples with their labels."""

    def __init__(self, text: str) -> None:
        self.by_name: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
        for line in text.splitlines():
            found = _SAMPLE.match(line)
            if found:
                self.by_name[found[1]].append((dict(_LABEL.findall(found[2] or "")), float(found[3])))

    def value(self, name: str, **labels: str) -> float | None:
        """The one sample with these labels, or ``None``."""
        values = [value for have, value in self.by_name[name] if labels.items() <= have.items()]
        assert len(values) < 2, (name, labels, values)
        return values[0] if values else None

    def statuses(self) -> dict[str, str]:
        """Site -> status."""
        return {have["site"]: have["status"] for have, value in self.by_name["opd_site_status"] if value == 1}

    def reasons(self) -> dict[str, str]:
        """Site -> reason, where there is one."""
        return {have["site"]: have["reason"] for have, _ in self.by_name["opd_site_failure_info"]}


class Running:
    """A running exporter."""

    def __init__(self, process: asyncio.subprocess.Process, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.session = session
        self.url = ""
        self.log: list[dict[str, Any]] = []
        self._listening = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                self.log.append(entry)
                if entry.get("event") == "exporter started":
                    self.url = entry["url"]
                    self._listening.set()
        self._listening.set()

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.session.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def samples(self) -> Samples:
        """The metrics now."""
        status, text = await self.get("/metrics")
        assert status == 200
        return Samples(text)

    async def until(self, condition: Callable[[Samples], bool], seconds: float = 30.0) -> Samples:
        """The metrics as soon as ``condition`` holds; fails with the statuses when it never does."""
        samples = await self.samples()
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition(samples):
            shown = (samples.statuses(), samples.reasons(), self.log[-3:])
            assert asyncio.get_running_loop().time() < deadline, shown
            await asyncio.sleep(0.1)
            samples = await self.samples()
        return samples

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    async def wait(self, seconds: float = 20.0) -> int:
        """Its exit status."""
        code = await asyncio.wait_for(self.process.wait(), seconds)
        await self._reader
        return code

    async def listening(self) -> None:
        """Returns once pages can be opened."""
        await asyncio.wait_for(self._listening.wait(), 30)
        assert self.url, self.log


@asynccontextmanager
async def serve(
    config_file: Path, storage: Path, *options: str, command: tuple[str, ...] = COMMAND, ready: bool = True
) -> AsyncIterator[Running]:
    """``opd-exporter serve`` on a free port; killed at the end unless it has ended.

    Args:
        config_file: The registry.
        storage: The store.
        options: More options.
        command: How the program is started.
        ready: Wait until pages can be opened.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        "serve",
        f"--config.file={config_file}",
        f"--storage.path={storage}",
        "--web.listen-address=127.0.0.1:0",
        "--log.format=json",
        *options,
        stderr=asyncio.subprocess.PIPE,
    )
    async with aiohttp.ClientSession() as session:
        running = Running(process, session)
        try:
            if ready:
                await running.listening()
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await running.wait()
