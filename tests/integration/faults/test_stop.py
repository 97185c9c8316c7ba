"""Stopping: soon, whatever the sites and the visitors do."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from support.probing import serve as serve_raw
from support.program import serve

if TYPE_CHECKING:
    from support.town import Town

STOP_SECONDS = 15.0


async def hang(reader, writer):
    """Accept and say nothing."""
    await reader.read(-1)


async def drip(reader, writer):
    """One byte of the body every tenth of a second."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def test_it_stops_while_sites_hang_and_visitors_wait(town: Town) -> None:
    """SIGTERM with every probe hanging, idle visitors and a live probe: exit status 0 within 15 s."""
    async with serve_raw(hang) as hanging, serve_raw(drip) as dripping:
        facts = [{"id": f"gantung-{n}", "opd": "x", "name": "x", "url": hanging.url(f"/{n}")} for n in range(12)]
        facts += [{"id": f"tetes-{n}", "opd": "x", "name": "x", "url": dripping.url(f"/{n}")} for n in range(12)]
        town.facts = {"sites": facts}
        town.defaults = {"probe_timeout": "60s", "probe_interval": "60s", "confirm_after": "60s"}
        town.write()
        async with serve(town.config_file, town.storage, "--web.enable-lifecycle") as exporter:
            await exporter.until(lambda now: (now.value("opd_exporter_probes_in_flight") or 0) >= 16)
            with ExitStack() as visitors:
                place = urlsplit(exporter.url)
                live = b"GET /probe?target=gantung-1 HTTP/1.1\r\nHost: x\r\n\r\n"
                for said in (b"", b"GET /metrics HTTP/1.1\r\nHost: x", live):
                    visitor = visitors.enter_context(socket.create_connection((place.hostname, place.port), 5))
                    visitor.sendall(said)
                await asyncio.sleep(0.5)
                started = time.monotonic()
                exporter.send(signal.SIGTERM)
                assert await exporter.wait(60) == 0
                assert time.monotonic() - started < STOP_SECONDS
        assert not [entry for entry in exporter.log if entry["level"] == "error"]


async def test_a_second_signal_changes_nothing(town: Town) -> None:
    """Impatient people send SIGTERM and SIGINT again; it still saves and ends with 0."""
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.value("opd_fleet_sites", status="pending") == 0)
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            exporter.send(number)
        assert await exporter.wait() == 0
