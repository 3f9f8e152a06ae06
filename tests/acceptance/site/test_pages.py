"""Every page fits a small phone, has names for its controls, and can be walked by keyboard."""

import pytest
from playwright.async_api import expect

from contracts.states import JobState
from gateway.site import formats
from gateway.site.shown.job import WORDS
from tests.acceptance.site.conftest import OpenVisit

pytestmark = pytest.mark.browser

PUBLIC = ["/", "/signup", "/login", "/nothing-here"]
MEMBERS = ["/new", "/jobs", "/faces", "/faces/mix", "/keys", "/webhooks", "/account"]
SMALL_PHONE = (360, 640)

# Controls that a screen reader could not name, and pictures without a word about them.
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), button, a, img, progress')]
  .filter(node => !(node.labels?.length || node.getAttribute('aria-label') || node.hasAttribute('alt')
    || node.textContent.trim() || node.querySelector?.('img[alt]:not([alt=""])')))
  .map(node => node.outerHTML)"""


@pytest.mark.parametrize("path", PUBLIC)
async def test_a_public_page_fits_a_small_phone(visit: OpenVisit, path: str) -> None:
    guest = await visit(SMALL_PHONE)
    await guest.open(path)
    assert await guest.overflow() == 0
    assert await guest.page.evaluate(NAMELESS) == []


async def test_a_members_pages_fit_a_small_phone(visit: OpenVisit) -> None:
    guest = await visit(SMALL_PHONE)
    await guest.sign_up()
    for path in MEMBERS:
        await guest.open(path)
        assert await guest.overflow() == 0, path
        assert await guest.page.evaluate(NAMELESS) == [], path
        await expect(guest.page.locator("nav [aria-current=page]").first).to_be_visible()


async def test_the_first_key_press_offers_to_skip_the_navigation(visit: OpenVisit) -> None:
    guest = await visit()
    await guest.sign_up()
    await guest.page.keyboard.press("Tab")
    await expect(guest.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await guest.page.keyboard.press("Enter")
    await expect(guest.page.locator("main")).to_be_focused()


async def test_scripts_and_templates_write_figures_alike(visit: OpenVisit) -> None:
    guest = await visit()
    await guest.open("/")
    values = [0, 999, 1000, 1540, 15_400, 240_000_000, 500 * 10**6, 5 * 10**9]
    script = (
        "async values => { const { size } = await import('/static/js/format.js'); return values.map(size) }"
    )
    assert await guest.page.evaluate(script, values) == [formats.size(value) for value in values]
    seconds = [10, 59, 60, 200, 3600, 3900, 14_400]
    script = script.replace("size", "duration")
    assert await guest.page.evaluate(script, seconds) == [formats.duration(value) for value in seconds]


async def test_scripts_and_templates_say_the_same_of_every_state(visit: OpenVisit) -> None:
    guest = await visit()
    await guest.open("/")
    states = [state.value for state in JobState]
    script = """async states => {
      const { t } = await import('/static/js/texts.js');
      return states.map(state => t(state));
    }"""
    assert await guest.page.evaluate(script, states) == [WORDS[JobState(state)][2] for state in states]
