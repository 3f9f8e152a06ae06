"""Choosing on the page who gets which face: the people of a video, each with a row of faces."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import pairs
from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.visit import DESKTOP, PHONE
from tests.portraits import hopper_path

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_guest_gives_one_of_two_people_a_face(
    visit: OpenVisit, tmp_path: Path, size: tuple[int, int]
) -> None:
    film = pairs.write(tmp_path / "two.mp4", range(4))
    guest = await visit(size)
    page = guest.page
    await guest.sign_up()
    step = page.locator("[data-step=face]")
    await expect(step.get_by_role("button", name="Choose who")).to_have_count(0)

    await page.locator("[data-step=target] [data-file]").set_input_files(film)
    await page.locator("[data-step=face] [data-file]").set_input_files(hopper_path())
    await step.get_by_role("button", name="Choose who").click()
    await step.get_by_role("button", name="Everybody").click()  # who changes his mind has lost nothing
    await expect(step).to_contain_text("Every face in the footage becomes this one.")
    await step.get_by_role("button", name="Choose who").click()
    second = step.get_by_role("group", name="Person 2")
    await expect(second).to_be_visible()
    await expect(step.get_by_role("group", name="Person")).to_have_count(2)
    start = page.get_by_role("button", name="Swap the face")
    await expect(start).to_be_disabled()
    assert await guest.overflow() == 0

    await second.get_by_role("radio", name=hopper_path().stem).check()
    await expect(start).to_be_enabled()
    await page.reload()  # the address holds what was chosen
    await expect(second.get_by_role("radio", name=hopper_path().stem)).to_be_checked()
    await start.click()
    await page.wait_for_url("**/jobs/*")
