"""The face library in the browser."""

from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from tests.acceptance.site.conftest import OpenVisit
from tests.portraits import astronaut, encoded, hopper_path

pytestmark = pytest.mark.browser


async def test_a_face_is_added_and_deleted(visit: OpenVisit) -> None:
    guest = await visit()
    page = guest.page
    await guest.sign_up()
    await guest.open("/faces")
    await page.locator("[data-file]").set_input_files(hopper_path())
    name = hopper_path().stem
    await expect(page.get_by_role("link", name=f"Use {name}")).to_be_visible()

    await page.get_by_role("button", name=f"Delete {name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("link", name=f"Use {name}")).to_be_visible()
    await page.get_by_role("button", name=f"Delete {name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("link", name=f"Use {name}")).to_have_count(0)


async def test_a_photo_of_two_is_shown_with_both_marked(visit: OpenVisit, tmp_path: Path) -> None:
    guest = await visit()
    await guest.sign_up()
    photo = tmp_path / "two.png"
    photo.write_bytes(encoded(np.hstack([astronaut(), astronaut()])))
    step = guest.page.locator("[data-step=face]")
    await step.locator("[data-file]").set_input_files(photo)

    await expect(step.get_by_role("alert")).to_contain_text("cannot be used")
    marks = await step.locator("canvas").evaluate(
        """canvas => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const halves = [0, 0];
          for (let i = 0; i < data.length; i += 4)
            if (data[i] === 210 && data[i + 1] === 59 && data[i + 2] === 32)
              halves[(i / 4) % canvas.width < canvas.width / 2 ? 0 : 1] += 1;
          return halves;
        }"""
    )
    assert min(marks) > 100
    assert max(marks) < 1.5 * min(marks)
