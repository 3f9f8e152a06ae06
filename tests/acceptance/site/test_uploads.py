"""Uploads survive what browsers and networks do to them."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from tests.acceptance.site.conftest import OpenVisit
from tests.acceptance.site.line import Line
from tests.acceptance.site.visit import Visit

pytestmark = pytest.mark.browser

SIZE = 24 * 2**20
SLOW, STILL, FREE = 2 * 2**20, 1000, -1  # bytes a second


@pytest.fixture(scope="session")
def long_video(material: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's video made 24 MiB long by a box of nothing (ISO 14496-12, 8.1.2)."""
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    video = material[0].read_bytes()
    space = SIZE - len(video)
    path.write_bytes(video + space.to_bytes(4, "big") + b"free" + bytes(space - 8))
    return path


Limit = Callable[[int], Awaitable[None]]


async def _slow(page: Page) -> Limit:
    """Slow the line down; what is returned sets how much may leave."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")

    async def limit(speed: int) -> None:
        limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        await session.send("Network.emulateNetworkConditions", limits)

    await limit(SLOW)
    return limit


async def _begin(guest: Visit, video: Path, percent: int) -> None:
    """Choose the file and wait until so much of it has left."""
    await guest.page.locator("[data-step=target] [data-file]").set_input_files(video)
    await guest.until(f"document.querySelector('[data-step=target] [data-transfer-bar]').value >= {percent}")


async def _ready(page: Page) -> None:
    await expect(page.locator("[data-step=target] [data-ready]")).to_be_visible(timeout=60_000)


def _offsets(page: Page) -> list[int]:
    """Grows by the offset of each piece sent."""
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return offsets


async def test_an_upload_goes_on_after_a_pause(visit: OpenVisit, long_video: Path) -> None:
    guest = await visit()
    await guest.sign_up()
    limit = await _slow(guest.page)
    offsets = _offsets(guest.page)
    await _begin(guest, long_video, 10)
    await limit(STILL)
    await guest.page.get_by_role("button", name="Pause").click()
    await expect(guest.page.get_by_text("Paused", exact=True)).to_be_visible()
    sent = len(offsets)

    await limit(FREE)
    await guest.page.get_by_role("button", name="Resume").click()
    await _ready(guest.page)
    assert all(offset > 0 for offset in offsets[sent:])


async def test_an_upload_goes_on_after_the_page_was_loaded_again(visit: OpenVisit, long_video: Path) -> None:
    guest = await visit()
    await guest.sign_up()
    limit = await _slow(guest.page)
    await _begin(guest, long_video, 10)
    await limit(STILL)
    await guest.page.reload()
    await expect(guest.page.get_by_text("long.mp4 has arrived. Choose the same file again")).to_be_visible()

    await limit(FREE)
    offsets = _offsets(guest.page)
    await guest.page.locator("[data-step=target] [data-file]").set_input_files(long_video)
    await _ready(guest.page)
    assert offsets[0] > 0


async def test_an_upload_goes_on_by_itself_when_the_line_is_back(visit: OpenVisit, long_video: Path) -> None:
    guest = await visit()
    async with Line(guest.url) as line:
        guest.url = line.url
        await guest.sign_up()
        limit = await _slow(guest.page)
        offsets = _offsets(guest.page)
        await _begin(guest, long_video, 10)
        line.cut()
        await expect(guest.page.get_by_text("The service does not answer.")).to_be_visible()
        await limit(FREE)
        line.mend()
        await _ready(guest.page)
        assert offsets[-1] > 0


async def test_a_discarded_upload_leaves_a_clean_page(visit: OpenVisit, long_video: Path) -> None:
    guest = await visit()
    await guest.sign_up()
    limit = await _slow(guest.page)
    await _begin(guest, long_video, 10)
    await limit(STILL)
    await guest.page.get_by_role("button", name="Discard").click()
    await expect(guest.page.get_by_text("Drop a file here")).to_be_visible()
    assert await guest.page.evaluate("localStorage.length") == 0
    assert "upload=" not in guest.page.url


def _text_file(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("This is not a video.\n" * 100)
    return path


def _empty_file(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def _huge_file(folder: Path) -> Path:
    path = folder / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(501 * 10**6)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [(_text_file, "notes.mp4 cannot be used"), (_empty_file, "empty"), (_huge_file, "up to 500 MB")],
)
async def test_what_cannot_be_used_is_refused_in_words(
    visit: OpenVisit, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    guest = await visit()
    await guest.sign_up()
    await guest.page.locator("[data-step=target] [data-file]").set_input_files(make(tmp_path))
    await expect(guest.page.locator("[data-step=target]").get_by_role("alert")).to_contain_text(words)
    await expect(guest.page.get_by_role("button", name="Swap the face")).to_be_disabled()


async def test_a_file_can_be_dropped(visit: OpenVisit, material: tuple[Path, Path]) -> None:
    guest = await visit()
    await guest.sign_up()
    data = base64.b64encode(material[0].read_bytes()).decode()
    transfer = await guest.page.evaluate_handle(
        """data => {
          const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], "dropped.mp4", { type: "video/mp4" }));
          return transfer;
        }""",
        data,
    )
    await guest.page.dispatch_event("[data-step=target] [data-drop]", "drop", {"dataTransfer": transfer})
    await _ready(guest.page)
    await expect(guest.page.locator("[data-step=target]")).to_contain_text("dropped.mp4")
