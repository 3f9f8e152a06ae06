"""Several photos of a face, and mixed faces, in the browser."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.async_api import Page, expect

from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.visit import PHONE, Visit
from tests.portraits import astronaut, encoded, hopper_path

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def eileen(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two photos of one person."""
    folder = tmp_path_factory.mktemp("photos")
    mirrored = np.ascontiguousarray(cv2.flip(astronaut(), 1))
    paths = [folder / "Eileen.png", folder / "later.png"]
    for path, picture in zip(paths, (astronaut(), mirrored), strict=True):
        path.write_bytes(encoded(picture))
    return paths


async def add(guest: Visit, photo: Path) -> None:
    await guest.open("/faces")
    await guest.page.locator("[data-file]").set_input_files(photo)
    await expect(guest.page.get_by_role("link", name=f"Use {photo.stem}")).to_be_visible()


async def push(page: Page, name: str, weight: int) -> None:
    await page.get_by_label(name, exact=True).fill(str(weight))


async def test_a_face_gets_more_photos_but_only_of_the_same_person(
    visit: OpenVisit, eileen: list[Path]
) -> None:
    guest = await visit()
    page = guest.page
    await guest.sign_up()
    await add(guest, eileen[0])
    await page.get_by_role("link", name="Eileen Add more photos").click()
    await page.wait_for_url("**/faces/*")  # the page before has a field for photos too
    await page.locator("[data-file]").set_input_files(hopper_path())
    await expect(page.get_by_role("alert")).to_contain_text("somebody else")
    await page.locator("[data-file]").set_input_files(eileen[1])
    await expect(page.get_by_alt_text("Photo 2")).to_be_visible()
    await page.get_by_role("link", name="Faces").first.click()
    await page.get_by_role("link", name="Eileen 2 photos").click()
    await page.get_by_role("button", name="Remove photo 2").click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_alt_text("Photo 2")).to_have_count(0)


async def test_a_face_is_mixed_and_outlives_its_parts(visit: OpenVisit, eileen: list[Path]) -> None:
    guest = await visit(PHONE)
    page = guest.page
    await guest.sign_up()
    for photo in (eileen[0], hopper_path()):
        await add(guest, photo)
    await page.get_by_role("link", name="Mix a new face").click()
    await page.get_by_label("Name of the new face").fill("Nova")
    await push(page, "Eileen", 30)
    await page.get_by_role("button", name="Make the face").click()
    await expect(page.get_by_role("alert")).to_contain_text("at least two faces")
    await push(page, hopper_path().stem, 10)
    await expect(page.locator("output").filter(has_text="75 %")).to_be_visible()
    await expect(page.get_by_text("A drawing of what the photos have in common.")).to_be_visible()
    assert await guest.overflow() == 0
    await page.get_by_role("button", name="Make the face").click()
    await expect(page.get_by_role("heading", name="Nova")).to_be_visible()
    await expect(page.get_by_text("Eileen 75 %")).to_be_visible()
    assert await guest.overflow() == 0
    await guest.open("/faces")
    await page.get_by_role("button", name="Delete Eileen").click()
    await expect(page.get_by_role("dialog")).to_contain_text("“Nova” is mixed from it and keeps copies")
    await page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("link", name="Use Eileen")).to_have_count(0)
    await expect(page.get_by_role("link", name="Use Nova")).to_be_visible()
