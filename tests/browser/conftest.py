"""Debian's Chromium, driven by Playwright, one for all tests of the folder."""

from __future__ import annotations

import shutil

import pytest_asyncio
from playwright.async_api import async_playwright

LOUD = {"error", "warning"}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def chromium():
    """The browser itself."""
    program = shutil.which("chromium")
    assert program, "the browser tests need Debian's chromium: make browser"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def visit(chromium):
    """Opens pages as a visitor would; in the end none may have logged an error or asked another host for anything."""
    contexts, faults = [], []

    async def open_page(url, *, width=1280, height=900, **options):
        context = await chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID", **options)
        contexts.append(context)
        page = await context.new_page()
        page.on(
            "console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(origin) or faults.append(asked.url))
        origin = "/".join(url.split("/")[:3])
        await page.goto(url)
        return page

    open_page.faults = faults
    yield open_page
    for context in contexts:
        await context.close()
    assert faults == []
