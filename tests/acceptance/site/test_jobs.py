"""A job's page and the list of jobs, with and without scripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.visit import PHONE
from visage.client import Client

pytestmark = pytest.mark.browser

# Pages look for themselves every second where they would after eight.
IMPATIENT = """
  const later = window.setTimeout;
  window.setTimeout = (call, wait, ...rest) => later(call, Math.min(wait, 1000), ...rest);
"""


@pytest.fixture
async def standstill(client: Client) -> AsyncIterator[None]:
    """No job begins, so that none ends while it is looked at; all are stopped afterwards."""
    await client.change("PUT", "/admin/pauses/everything", {"note": "Hold on."})
    yield
    for user in (await client.get("/admin/queue"))["users"]:
        await client.post(f"/admin/users/{user['user_id']}/cancel-jobs")
    await client.change("DELETE", "/admin/pauses/everything")


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
async def test_without_scripts_a_job_can_still_be_followed(
    visit: OpenVisit, standstill: None, material: tuple[Path, Path], size: tuple[int, int]
) -> None:
    guest = await visit(size)
    await guest.sign_up()
    await guest.start_job(*material)
    page = guest.page

    plain = await visit(size, java_script_enabled=False, storage_state=await page.context.storage_state())
    await plain.page.goto(page.url)
    await expect(plain.page.get_by_role("heading", level=1)).to_have_text(material[0].name)
    await expect(plain.page.locator(".badge")).to_be_visible()
    await plain.open("/jobs")
    await expect(plain.page.get_by_role("link", name=material[0].name)).to_be_visible()


async def test_a_job_can_be_stopped_and_its_list_shows_it(
    visit: OpenVisit, standstill: None, material: tuple[Path, Path]
) -> None:
    guest = await visit()
    await guest.sign_up()
    await guest.start_job(*material)
    page = guest.page
    list_page = await page.context.new_page()
    await list_page.goto(f"{guest.url}/jobs")

    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("The job was stopped as you asked.")).to_be_visible()
    await expect(list_page.locator(".badge")).to_have_text("stopped")


async def test_a_job_is_followed_to_its_end_although_its_events_never_come(
    visit: OpenVisit, material: tuple[Path, Path]
) -> None:
    guest = await visit()
    await guest.sign_up()
    await guest.page.add_init_script(IMPATIENT)
    await guest.page.route("**/events", lambda route: route.abort())
    await guest.start_job(*material)
    await expect(guest.page.get_by_text("Reconnecting.")).to_be_visible()
    await expect(guest.page.locator(".compare--live")).to_be_visible(timeout=90_000)
