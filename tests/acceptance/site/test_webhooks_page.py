"""Webhooks on the page: added, tested, logged, sent again, removed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.acceptance.site.conftest import OpenVisit
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[str, asyncio.Queue[bytes]]]:
    """A system that takes every delivery: its address and what came."""
    received: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        received.put_nowait(await request.read())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", received
    await runner.cleanup()


async def test_an_endpoint_is_tried_logged_and_removed(
    visit: OpenVisit, receiver: tuple[str, asyncio.Queue[bytes]]
) -> None:
    url, received = receiver
    guest = await visit()
    page = guest.page
    await guest.sign_up()
    await guest.open("/webhooks")
    await page.get_by_label("Address").fill(url)
    await page.get_by_role("button", name="Add endpoint").click()
    await expect(page.locator("[data-secret]")).to_contain_text("whsec_")

    await page.get_by_role("button", name="Send a test").click()
    first = await asyncio.wait_for(received.get(), PATIENCE)
    await _delivered(page)
    await page.get_by_role("button", name="Send again").click()
    assert await asyncio.wait_for(received.get(), PATIENCE) == first

    await page.get_by_role("button", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_text(url)).to_have_count(0)


async def _delivered(page: Page) -> None:
    """Load the log until it says that the receiver took it: the log is written after the answer came."""
    async with asyncio.timeout(PATIENCE):
        while not await page.get_by_text("delivered", exact=True).count():
            await page.reload()
