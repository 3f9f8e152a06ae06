"""The whole way of a stranger: sign up, upload, pick a face, watch, play, download."""

from pathlib import Path

import av
import pytest
from playwright.async_api import Page, expect

from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

LONG = 90_000  # ms a job may take on a busy machine


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_stranger_gets_the_video_with_another_face(
    visit: OpenVisit, material: tuple[Path, Path], size: tuple[int, int], tmp_path: Path
) -> None:
    video, face = material
    guest = await visit(size)
    page = guest.page

    await guest.sign_up()
    await _upload(page, video)
    await _add_face(page, face)
    assert await guest.overflow() == 0
    await page.get_by_role("button", name="Swap the face").click()

    await page.wait_for_url("**/jobs/*")
    seen = await _watch(page)
    assert seen == sorted(seen), "progress went backwards"
    assert await guest.overflow() == 0

    await _play(guest)
    await _compare(page)
    result = await _download(page, tmp_path)
    assert _frames(result) == _frames(video)


async def _upload(page: Page, video: Path) -> None:
    await page.locator("[data-step=target] [data-file]").set_input_files(video)
    target = page.locator("[data-step=target]")
    await expect(target.locator("[data-ready]")).to_be_visible()
    await expect(target).to_contain_text(video.name)
    await expect(target).to_contain_text("3 s")
    await expect(target).to_contain_text("640\u00a0\u00d7\u00a0360")
    await expect(target.locator("[data-preview] img")).to_be_visible()


async def _add_face(page: Page, face: Path) -> None:
    start = page.get_by_role("button", name="Swap the face")
    await expect(start).to_be_disabled()
    await page.locator("[data-step=face] [data-file]").set_input_files(face)
    await expect(page.get_by_role("radio", name=face.stem)).to_be_checked()
    await expect(start).to_be_enabled()


async def _watch(page: Page) -> list[float]:
    """The percentages shown until the player is there."""
    await page.evaluate(
        """() => {
          window.seen = [];
          const bar = document.querySelector('[data-live=bar]');
          if (bar) new MutationObserver(() => seen.push(bar.value)).observe(bar, { attributes: true });
        }"""
    )
    await expect(page.locator(".compare--live")).to_be_visible(timeout=LONG)
    return [float(value) for value in await page.evaluate("window.seen")]


async def _play(guest: Visit) -> None:
    """The result plays with the original in step, and can be sought in."""
    clock = "document.querySelector('[data-after]').currentTime"
    other = "document.querySelector('[data-before]').currentTime"
    await guest.page.get_by_role("button", name="Play").click()
    await guest.until(f"{clock} > 0.5 && {other} > 0.3")
    await guest.page.get_by_role("button", name="Pause").click()
    await guest.page.get_by_role("slider", name="Position").fill("0.75")
    await guest.until(f"Math.abs({clock} - 2.25) < 0.2 && Math.abs({other} - {clock}) < 0.1")


async def _compare(page: Page) -> None:
    """The divider moves by keyboard and by pointer."""
    split = "document.querySelector('.compare').style.getPropertyValue('--split')"
    divider = page.get_by_role("slider", name="Divider")
    await divider.focus()
    await page.keyboard.press("ArrowRight")
    assert await page.evaluate(split) == "55%"
    box = await divider.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert float((await page.evaluate(split)).rstrip("%")) == pytest.approx(25, abs=1)


async def _download(page: Page, folder: Path) -> Path:
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    file = await download.value
    assert file.suggested_filename.endswith("-visage.mp4")
    await file.save_as(folder / file.suggested_filename)
    return folder / file.suggested_filename


def _frames(video: Path) -> list[int | None]:
    with av.open(str(video)) as container:
        return [frame.pts for frame in container.decode(video=0)]
