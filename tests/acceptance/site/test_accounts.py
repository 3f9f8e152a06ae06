"""Logging in, keys, and who may see what."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.visit import PASSWORD
from tests.portraits import hopper_path

pytestmark = pytest.mark.browser


async def test_a_form_is_filled_and_sent_by_keyboard_alone(visit: OpenVisit) -> None:
    guest = await visit()
    email = await guest.sign_up()
    await guest.page.context.clear_cookies()
    await guest.open("/jobs?cursor=")
    await expect(guest.page).to_have_url(re.compile(r"/login\?next="))
    await expect(guest.page.get_by_label("Email")).to_be_focused()
    await guest.page.keyboard.type(email)
    await guest.page.keyboard.press("Tab")
    await guest.page.keyboard.type(PASSWORD)
    await guest.page.keyboard.press("Enter")
    await expect(guest.page).to_have_url(f"{guest.url}/jobs?cursor=")


async def test_a_wrong_password_is_told_and_the_address_kept(visit: OpenVisit) -> None:
    guest = await visit()
    email = await guest.sign_up()
    await guest.page.context.clear_cookies()
    await guest.open("/login")
    await guest.page.get_by_label("Email").fill(email)
    await guest.page.get_by_label("Password").fill("not the password")
    await guest.page.locator("main").get_by_role("button", name="Log in").click()
    await expect(guest.page.get_by_role("alert")).to_contain_text("not right")
    await expect(guest.page.get_by_label("Email")).to_have_value(email)


async def test_a_form_without_its_token_is_refused(visit: OpenVisit) -> None:
    guest = await visit()
    await guest.sign_up()
    await guest.open("/keys")
    await guest.page.eval_on_selector_all(
        "[name=csrf_token]", "nodes => nodes.forEach(node => node.value = 'x')"
    )
    await guest.page.get_by_label("What is it for?").fill("forged")
    await guest.page.get_by_role("button", name="Create key").click()
    await expect(guest.page.get_by_role("heading", level=1)).to_have_text("This cannot be done")
    await guest.open("/keys")
    await expect(guest.page.get_by_text("forged")).to_have_count(0)


async def test_a_key_is_shown_once_works_and_can_be_revoked(visit: OpenVisit, chromium: Browser) -> None:
    guest = await visit()
    page = guest.page
    await guest.sign_up()
    await guest.open("/keys")
    await page.get_by_label("What is it for?").fill("Render farm")
    await page.get_by_role("button", name="Create key").click()
    key = await page.locator("[data-secret]").inner_text()
    headers = {"Authorization": f"Bearer {key}"}
    stranger = await chromium.new_context()
    assert (await stranger.request.get(f"{guest.url}/api/v1/jobs", headers=headers)).status == 200

    await guest.open("/keys")
    await expect(page.get_by_text(key)).to_have_count(0)
    await page.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("Render farm")).to_have_count(0)
    assert (await stranger.request.get(f"{guest.url}/api/v1/jobs", headers=headers)).status == 401
    await stranger.close()


async def test_one_user_sees_nothing_of_another(visit: OpenVisit) -> None:
    one, other = await visit(), await visit()
    await one.sign_up()
    await other.sign_up()
    await one.open("/faces")
    await one.page.locator("[data-file]").set_input_files(hopper_path())
    link = one.page.get_by_role("link", name="Use")
    await expect(link).to_be_visible()
    thumbnail = await link.locator("img").get_attribute("src")
    assert (await one.page.request.get(f"{one.url}{thumbnail}")).status == 200
    assert (await other.page.request.get(f"{other.url}{thumbnail}")).status == 404
    await other.open("/faces")
    await expect(other.page.get_by_role("link", name="Use")).to_have_count(0)
