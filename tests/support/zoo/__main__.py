"""Open the zoo, print where everything is as one line of JSON, and stay until standard input closes."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

from support.zoo.keeper import Zoo


async def main() -> None:
    """Serve."""
    loop = asyncio.get_running_loop()
    # Handshakes that fail on purpose are no news.
    loop.set_exception_handler(lambda *_: None)
    async with Zoo() as opened:
        print(json.dumps(asdict(opened)), flush=True)  # noqa: T201 - the keeper's only words
        await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
