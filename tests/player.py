"""Debian's Chromium as a player of files."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
from playwright.async_api import Page, async_playwright

from faces.detect import Picture
from tests.browser import CHROMIUM

_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--allow-file-access-from-files"]
_FLAGS += ["--autoplay-policy=no-user-gesture-required"]

_OPEN = """
url => new Promise((done, fail) => {
  const video = document.createElement('video');
  video.muted = true;
  video.onerror = () => fail(video.error.message || `media error ${video.error.code}`);
  video.onloadeddata = () => done();
  video.src = url;
  document.body.replaceChildren(video);
})
"""
_SEEK = """
seconds => new Promise((done, fail) => {
  const video = document.querySelector('video');
  video.onerror = () => fail(video.error.message || `media error ${video.error.code}`);
  video.onseeked = () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d').drawImage(video, 0, 0);
    canvas.convertToBlob({type: 'image/png'}).then(blob => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(',')[1]);
      reader.readAsDataURL(blob);
    });
  };
  video.currentTime = seconds;
})
"""
_PLAY = """
() => new Promise((done, fail) => {
  const video = document.querySelector('video');
  video.onerror = () => fail(video.error.message || `media error ${video.error.code}`);
  video.onended = () => done(video.getVideoPlaybackQuality().corruptedVideoFrames);
  video.currentTime = 0;
  video.playbackRate = 4;
  video.play();
})
"""


class Player:
    """One file in a video element. Every method raises what the element says is wrong with the file."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def frame(self, seconds: float) -> Picture:
        """The picture shown at a time, BGR, after a seek to it."""
        data = base64.b64decode(await self._page.evaluate(_SEEK, seconds))
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)

    async def play(self) -> int:
        """Play the whole file; the number of corrupted frames."""
        return int(await self._page.evaluate(_PLAY))


@asynccontextmanager
async def player(film: Path) -> AsyncIterator[Player]:
    """Open `film`."""
    blank = film.with_suffix(".html")
    blank.write_text("<!doctype html><title>player</title><body></body>")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        page = await browser.new_page()
        await page.goto(blank.as_uri())
        await page.evaluate(_OPEN, film.as_uri())
        yield Player(page)
        await browser.close()
