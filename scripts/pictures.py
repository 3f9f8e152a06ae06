"""Makes the pictures of docs/images: the pages of a real job in a real browser.

python scripts/pictures.py
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests import pairs  # noqa: E402
from tests.acceptance.people import customer, promote  # noqa: E402
from tests.acceptance.site.conftest import FLAGS  # noqa: E402
from tests.acceptance.site.visit import DESKTOP, PHONE, Visit  # noqa: E402
from tests.browser import CHROMIUM  # noqa: E402
from tests.portraits import astronaut, encoded, hopper  # noqa: E402

from contracts.settings import AgentSettings, GatewaySettings, Settings  # noqa: E402
from visage import demo  # noqa: E402
from visage.client import Client  # noqa: E402
from visage.stack import Stack, running  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LONG = 120_000  # ms


async def take(browser: Browser, url: str, size: tuple[int, int], folder: Path, suffix: str) -> None:
    """The page before the start, while the job runs, and after it."""
    scale = 2 if size == PHONE else 1
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale
    )
    guest = Visit(await context.new_page(), url)
    page, step = guest.page, guest.page.locator
    video, face = await asyncio.to_thread(demo.material, folder)
    await guest.sign_up()
    await step("[data-step=target] [data-file]").set_input_files(video)
    await expect(step("[data-preview] img")).to_be_visible(timeout=LONG)
    await step("[data-step=face] [data-file]").set_input_files(face)
    await expect(page.get_by_role("radio", name=face.stem)).to_be_checked(timeout=LONG)
    if size == DESKTOP:
        await page.screenshot(path=IMAGES / "new.png", full_page=True)
    await page.get_by_role("button", name="Swap the face").click()
    await page.wait_for_url("**/jobs/*")
    await expect(page.locator(".badge")).to_have_text("running", timeout=LONG)
    await guest.until("document.querySelector('[data-live=bar]').value > 30")
    if size == DESKTOP:
        await page.screenshot(path=IMAGES / "running.png")
    await expect(step(".compare--live")).to_be_visible(timeout=LONG)
    await page.get_by_role("slider", name="Position").fill("0.4")
    await guest.until("document.querySelector('[data-after]').currentTime > 4")
    await guest.until("!document.querySelector('[data-after]').seeking")
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=IMAGES / f"job{suffix}.png")
    await context.close()


async def take_mix(browser: Browser, url: str, folder: Path) -> None:
    """The page where two faces are mixed."""
    context = await browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    guest = Visit(await context.new_page(), url)
    page = guest.page
    photos = {"Eileen": astronaut(), "Grace": hopper()}
    await guest.sign_up()
    for name, photo in photos.items():
        path = folder / f"{name}.png"
        path.write_bytes(encoded(photo))
        await guest.open("/faces")
        await page.locator("[data-file]").set_input_files(path)
        await expect(page.get_by_role("link", name=f"Use {name}")).to_be_visible(timeout=LONG)
    await guest.open("/faces/mix")
    for name, weight in (("Eileen", "60"), ("Grace", "40")):
        await page.get_by_label(name, exact=True).fill(weight)
    await page.get_by_label("Name of the new face").fill("Nova")
    await expect(page.get_by_text("A drawing of what")).to_be_visible(timeout=LONG)
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=IMAGES / "mix.png", full_page=True)
    await context.close()


async def take_people(browser: Browser, url: str, folder: Path) -> None:
    """The page where each of the people in a film gets a face."""
    context = await browser.new_context(viewport={"width": DESKTOP[0], "height": 1500})
    guest = Visit(await context.new_page(), url)
    page, step = guest.page, guest.page.locator
    await guest.sign_up()
    film = await asyncio.to_thread(pairs.write, folder / "two.mp4")
    await step("[data-step=target] [data-file]").set_input_files(film)
    await expect(step("[data-preview] img")).to_be_visible(timeout=LONG)
    for name, photo in {"Eileen": astronaut(), "Grace": hopper()}.items():
        path = folder / f"{name}.png"
        path.write_bytes(encoded(photo))
        await step("[data-step=face] [data-file]").set_input_files(path)
        await expect(page.get_by_role("radio", name=name)).to_be_checked(timeout=LONG)
    await page.get_by_role("button", name="Choose who").click()
    first = page.get_by_role("group", name="Person 1")
    await expect(first).to_be_visible(timeout=LONG)
    await first.get_by_role("radio", name="Grace").check()
    await expect(page.get_by_role("button", name="Swap the face")).to_be_enabled(timeout=LONG)
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=IMAGES / "people.png", full_page=True)
    await context.close()


async def take_admin(browser: Browser, stack: Stack, material: tuple[Path, Path]) -> None:
    """The live queue with users of three tiers at work."""
    async with AsyncExitStack() as opened:
        operator = await opened.enter_async_context(Client(stack.url, stack.operator_key))
        context = await browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        opened.push_async_callback(context.close)
        admin = Visit(await context.new_page(), stack.url)
        await promote(operator, await admin.sign_up())
        await operator.change("PUT", "/admin/pauses/everything")
        for name, tier in (("studio", "business"), ("agency", "pro"), ("student", "free")):
            user = await opened.enter_async_context(customer(stack, tier, f"{name}@example.com"))
            await user.submit(material, "timed:1-2", 3)
        await operator.change("DELETE", "/admin/pauses/everything")
        await admin.open("/admin")
        await expect(admin.page.get_by_role("link", name="@example.com")).to_have_count(3, timeout=LONG)
        await admin.until("[...document.querySelectorAll('.share .bar')].every(bar => bar.value > 5)")
        await admin.page.screenshot(path=IMAGES / "admin.png", full_page=True)


async def main() -> None:
    """Run a service of its own and take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(
            data=Path(name) / "var",
            gateway=GatewaySettings(port=0),
            agent=AgentSettings(timed=True),
        )
        async with running(settings) as stack, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await take(browser, stack.url, DESKTOP, Path(name), "")
            await take(browser, stack.url, PHONE, Path(name), "-phone")
            await take_mix(browser, stack.url, Path(name))
            await take_people(browser, stack.url, Path(name))
            await take_admin(browser, stack, await asyncio.to_thread(demo.material, Path(name)))
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
