"""What one probe costs beside a bare aiohttp GET of the same page, in CPU time of this process.

    PYTHONPATH=tests .venv/bin/python -m bench.probe_cost [--uvloop] [--exchanges N]

The server runs in a process of its own; every exchange is a fresh connection with a full handshake.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import uvloop

from opd_exporter.probe import Prober
from opd_exporter.registry.site import Registry, Site

TESTS = Path(__file__).resolve().parents[1]
AT_ONCE = 8
SERVER = """
import asyncio, json, sys
from support.pki import Pki
from support.probing import serve
from support.zoo.cage import page

async def main():
    pki, answer = Pki(), page(b"<p>Berita dinas hari ini</p>" * 2200)
    async with serve(answer) as plain, serve(answer, context=pki.server("good", "127.0.0.1")) as secure:
        print(json.dumps([plain.port, secure.port, str(pki.ca_file)]), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"""


async def cost(fetch, exchanges: int) -> float:
    """CPU milliseconds for one of ``exchanges`` calls of ``fetch``, eight at a time."""
    for _ in range(20):
        await fetch()

    async def work() -> None:
        for _ in range(exchanges // AT_ONCE):
            await fetch()

    before = time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return (time.process_time() - before) / (exchanges // AT_ONCE * AT_ONCE) * 1_000


async def compare(ports: dict[str, int], ca_file: str, exchanges: int) -> None:
    """Measure both ways in turns and print the better of three of each."""
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=ca_file)
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, Prober(Registry({}, ca_file=ca_file)) as prober:
        for scheme, port in ports.items():
            url = f"{scheme}://127.0.0.1:{port}/"
            site = Site("situs", "Situs", "Situs", url)

            async def bare(url: str = url) -> None:
                async with session.get(url, ssl=context) as answer:
                    await answer.read()

            async def probe(site: Site = site) -> None:
                assert (await prober.get(site)).ok

            rounds = [(await cost(bare, exchanges), await cost(probe, exchanges)) for _ in range(3)]
            aiohttp_ms, probe_ms = (min(column) for column in zip(*rounds, strict=True))
            print(  # noqa: T201 - the result
                f"{scheme:5}  aiohttp {aiohttp_ms:.3f} ms  probe {probe_ms:.3f} ms  {probe_ms / aiohttp_ms - 1:+.0%}"
            )


def main() -> None:
    """Run the server and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--exchanges", type=int, default=800)
    options = parser.parse_args()
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=TESTS, text=True
    ) as process:
        plain, secure, ca_file = json.loads(process.stdout.readline())
        factory = uvloop.new_event_loop if options.uvloop else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(compare({"http": plain, "https": secure}, ca_file, options.exchanges))
        process.stdin.close()


if __name__ == "__main__":
    main()
