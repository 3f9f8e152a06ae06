"""Debian's Chromium, driven by playwright, on the running service."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.acceptance.site.visit import DESKTOP, Visit
from tests.browser import CHROMIUM, MISSING
from tests.waiting import PATIENCE
from visage.stack import Stack

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

expect.set_options(timeout=PATIENCE * 1000)  # on a busy machine a probe alone takes seconds

OpenVisit = Callable[..., Awaitable[Visit]]


@pytest.fixture(scope="session")
def base_url(service: Stack) -> str:
    """Where the site is."""
    return service.url


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; without it the tests are skipped, saying how to get it."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(chromium: Browser, base_url: str) -> AsyncIterator[OpenVisit]:
    """Opens windows: `await visit((width, height))`. At the end no window may have had a complaint."""
    visits: list[Visit] = []
    async with AsyncExitStack() as opened:

        async def open_window(size: tuple[int, int] = DESKTOP, **options: Any) -> Visit:
            viewport = {"width": size[0], "height": size[1]}
            context = await chromium.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE * 1000)
            opened.push_async_callback(context.close)
            visits.append(Visit(await context.new_page(), base_url))
            visits[-1].listen()
            return visits[-1]

        yield open_window
    assert [complaint for visit in visits for complaint in visit.complaints] == []
