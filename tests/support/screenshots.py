"""Takes the pictures of ``docs/img`` from the running demo.

    python tests/support/screenshots.py docs/img

Starts ``opd-exporter demo`` on a free port, waits until every site has been looked at, and photographs the pages.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import urllib.request
from pathlib import Path

from playwright.async_api import async_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PICTURES = (
    ("fleet", "/", 1280, 860),
    ("fleet-phone", "/", 390, 844),
    ("site", "/sites/{hacked}", 1280, 1000),
    ("report", "/report", 1280, 1000),
)
ADDRESS = "127.0.0.1:19731"


def read_fleet() -> list[dict[str, object]]:
    """The sites as the API tells them; empty while the demo does not answer yet."""
    try:
        with urllib.request.urlopen(f"http://{ADDRESS}/api/v1/sites", timeout=5) as answer:
            return json.load(answer)["sites"]
    except OSError:
        return []


async def wait_for_fleet() -> list[dict[str, object]]:
    """The fleet once every site was probed."""
    for _ in range(300):
        fleet = await asyncio.to_thread(read_fleet)
        if fleet and all(site["checked_at"] for site in fleet):
            return fleet
        await asyncio.sleep(0.5)
    raise TimeoutError("the demo has not looked at every site")


async def main(folder: Path) -> None:
    """Take every picture of ``PICTURES`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    demo = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "opd_exporter",
        "demo",
        f"--web.listen-address={ADDRESS}",
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        fleet = await wait_for_fleet()
        hacked = next(site["site"] for site in fleet if site["status"] == "compromised")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for name, path, width, height in PICTURES:
                page = await browser.new_page(viewport={"width": width, "height": height}, locale="id-ID")
                await page.goto(f"http://{ADDRESS}{path.format(hacked=hacked)}")
                await page.screenshot(path=folder / f"{name}.png")
                await page.close()
            await browser.close()
    finally:
        demo.send_signal(signal.SIGTERM)
        await demo.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
