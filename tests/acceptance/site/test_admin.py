"""Administration in a real browser: the live queue, a weight, maintenance, stopping, and no way in for others."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.people import customer, promote
from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.test_pages import NAMELESS, SMALL_PHONE
from tests.acceptance.site.visit import Visit
from visage.client import Client
from visage.stack import Stack

pytestmark = pytest.mark.browser

PAGES = [
    "/admin", "/admin/jobs", "/admin/users", "/admin/tiers", "/admin/tiers/pro", "/admin/new-tier",
    "/admin/weights", "/admin/letters", "/admin/log", "/usage",
]  # fmt: skip


async def admin_visit(visit: OpenVisit, client: Client, **options: object) -> Visit:
    """A window of an admin."""
    admin = await visit(**options)
    await promote(client, await admin.sign_up())
    return admin


async def test_a_customer_finds_nothing_there(visit: OpenVisit) -> None:
    guest = await visit()
    await guest.sign_up()
    await expect(guest.page.get_by_role("link", name="Admin")).to_have_count(0)
    for path in PAGES[:-1]:
        answer = await guest.page.goto(guest.url + path)
        assert answer is not None and answer.status == 404, path
    assert (await guest.page.request.get(f"{guest.url}/api/v1/admin/queue")).status == 404
    await guest.page.context.clear_cookies()
    await guest.open("/admin")
    await expect(guest.page).to_have_url(f"{guest.url}/login?next=/admin")


async def test_an_admin_changes_a_weight_pauses_resumes_and_stops(
    visit: OpenVisit, service: Stack, client: Client, material: tuple[Path, Path]
) -> None:
    admin = await admin_visit(visit, client)
    page = admin.page
    async with customer(service, "pro") as ann:
        await admin.open("/admin")
        await ann.submit(material, "timed:30", 12)  # until they are stopped
        row = page.get_by_role("row").filter(has_text=ann.email)
        await expect(row).to_be_visible()  # without loading the page again
        await expect(row.get_by_role("progressbar")).to_have_count(2)
        await row.get_by_role("link").click()

        await page.get_by_label("Own weight").fill("7.5")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved.")
        await admin.open("/admin")
        await expect(row.get_by_role("cell", name="7.5", exact=True)).to_be_visible()

        try:
            await page.get_by_label("What to pause").select_option(label="The tier Pro")
            await page.get_by_label("What users read").fill("New disks.")
            await page.get_by_role("button", name="Pause").click()
            await expect(page.get_by_text("Pro is paused")).to_be_visible()
            await expect(row.get_by_text("held")).to_be_visible()
            job = (await ann.client.get("/jobs", limit="1"))["items"][0]
            assert job["maintenance"]["note"] == "New disks."
            await page.get_by_role("button", name="Resume").click()
            await expect(page.get_by_text("Pro is paused")).to_have_count(0)
        finally:
            await _resume_all(client)

        await row.get_by_role("link").click()
        await page.get_by_role("button", name="Stop all unfinished jobs").click()
        await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved.")
        await expect(page.get_by_text("user.cancel-jobs")).to_be_visible()
        assert (await ann.client.wait(job["id"]))["state"] == "cancelled"


async def test_maintenance_is_seen_by_whoever_watches_a_job(
    visit: OpenVisit, client: Client, material: tuple[Path, Path]
) -> None:
    guest = await visit()
    await guest.sign_up()
    try:
        await client.change("PUT", "/admin/pauses/everything", {"note": "Back at 18:00."})
        await guest.start_job(*material)
        page = guest.page
        await expect(page.locator(".badge")).to_have_text("paused")
        await expect(page.get_by_text("Back at 18:00.")).to_be_visible()
        await expect(page.get_by_text("It goes on by itself afterwards.").first).to_be_visible()
    finally:
        await _resume_all(client)
    await expect(page.get_by_text("Back at 18:00.")).to_have_count(0)
    await expect(page.locator(".compare--live")).to_be_visible(timeout=90_000)

    await guest.open("/account")  # and what it cost is shown to whom it was charged
    await page.get_by_role("link", name="Computing time used").click()
    await expect(page.get_by_role("link", name=material[0].name)).to_be_visible()


async def test_forms_of_admins_work_without_scripts_and_by_keyboard(visit: OpenVisit, client: Client) -> None:
    admin = await admin_visit(visit, client)
    state = await admin.page.context.storage_state()
    plain = await visit(java_script_enabled=False, storage_state=state)
    page = plain.page
    await plain.open("/admin/tiers/pro")
    try:
        await page.get_by_label("Weight").focus()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("0")
        await page.keyboard.press("Enter")
        await page.get_by_label("Weight").fill("2.5")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Saved.")
        assert (await client.get("/admin/tiers/pro"))["weight"] == 2.5
        await plain.open("/admin/log")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("2.5")
    finally:
        await client.change("PATCH", "/admin/tiers/pro", {"weight": 2})


async def test_pages_of_admins_fit_a_small_phone(
    visit: OpenVisit, service: Stack, client: Client, material: tuple[Path, Path]
) -> None:
    admin = await admin_visit(visit, client, size=SMALL_PHONE)
    async with customer(service, "free") as ann:
        job = (await ann.submit(material, "timed:0.1"))[0]
        for path in (*PAGES, f"/admin/jobs/{job}", f"/admin/users/{ann.id}"):
            await admin.open(path)
            await expect(admin.page.get_by_role("heading", level=1)).to_be_visible()
            assert await admin.overflow() == 0, path
            assert await admin.page.evaluate(NAMELESS) == [], path
        await ann.client.wait(job)


async def _resume_all(client: Client) -> None:
    for pause in await client.get("/admin/pauses"):
        await client.change("DELETE", f"/admin/pauses/{pause['scope']}")  # type: ignore[index]
