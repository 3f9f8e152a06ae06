"""Whether a real Chromium plays what the service serves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright
from tests.browser import CHROMIUM

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
]
_PATIENCE_MS = 60_000

# Seeks into the last third, then plays that to its end. What a file without a picture says is of no use.
_PLAY = """
([url, patience]) => new Promise(resolve => {
  const video = document.createElement('video');
  const say = (plays, why) => { video.removeAttribute('src'); video.load(); resolve({plays, why}); };
  setTimeout(() => say(false, 'does not come to its end'), patience);
  video.muted = true;
  video.onerror = () => video.error && say(false, video.error.message || `media error ${video.error.code}`);
  video.onloadedmetadata = () => {
    if (!video.videoWidth) return say(false, 'plays the sound alone');
    video.playbackRate = 2;
    if (video.duration > 0.2 && isFinite(video.duration)) video.currentTime = video.duration * 2 / 3; else video.play();
  };
  video.onseeked = () => video.play();
  video.onended = () => {
    const quality = video.getVideoPlaybackQuality();
    say(quality.totalVideoFrames > 0 && !quality.corruptedVideoFrames, `${quality.totalVideoFrames} frames`);
  };
  video.src = url;
  document.body.replaceChildren(video);
})
"""

Play = Callable[[str], Awaitable[str]]


@asynccontextmanager
async def browser(key: str) -> AsyncIterator[Play | None]:
    """A function that plays a URL with an API key: "" where it plays, else why not. None without Chromium."""
    if CHROMIUM is None:
        yield None
        return
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        context = await chromium.new_context(extra_http_headers={"Authorization": f"Bearer {key}"})
        page = await context.new_page()
        turn = asyncio.Lock()

        async def play(url: str) -> str:
            async with turn:  # a page shows one video at a time
                return await _played(page, url)

        yield play
        await chromium.close()


async def _played(page: Page, url: str) -> str:
    found: dict[str, Any] = await page.evaluate(_PLAY, [url, _PATIENCE_MS])
    return "" if found["plays"] else str(found["why"])
