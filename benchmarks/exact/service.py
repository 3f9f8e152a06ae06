"""A film's way through the running service: upload, job, download."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.portraits import hopper_path

from benchmarks.exact.browser import Play, browser
from contracts.errors import Failure, error_of
from contracts.settings import GatewaySettings, QualitySettings, SchedulerSettings, Settings, StackSettings
from visage.client import Client
from visage.stack import running

SEGMENT_SECONDS = 1.0  # short, so that a film of three seconds has joints
_HIGHEST_FPS = 1000  # no tier's limit shall change a film


@dataclass(frozen=True)
class Served:
    """What came of a film.

    Attributes:
        plays: "" where Chromium plays the result, else why not; None where nobody tried.
        preview: The same of its preview, where the result does not play.
    """

    job: dict[str, Any]
    result: Path
    plays: str | None
    preview: str | None = None


class Swapper:
    """A service that has a face to swap in."""

    def __init__(self, client: Client, face_id: str, play: Play | None) -> None:
        self._client = client
        self._face_id = face_id
        self._play = play

    async def swap(self, film: Path, folder: Path) -> Served:
        """Put the face into `film`; the result lies in `folder`.

        Raises:
            VisageError: The upload is refused, or the job fails.
        """
        upload = await self._client.upload(film, "target")
        job = await self._client.create_job(upload["id"], [self._face_id])
        job = await self._client.wait(job["id"])
        if job["result"] is None:
            raise error_of(Failure.model_validate(job["failure"]))
        result = folder / f"result-{film.stem}{Path(job['result']['filename']).suffix}"
        await self._client.download(job["id"], result)
        plays = await self._played(job["result"]["url"])
        return Served(job, result, plays, await self._played(job["preview_url"]) if plays else None)

    async def _played(self, path: str) -> str | None:
        return await self._play(self._client.url + path) if self._play else None


@asynccontextmanager
async def swapper(folder: Path) -> AsyncIterator[Swapper]:
    """Start a service with its data in `folder`, and upload a face."""
    settings = Settings(
        data=folder,
        gateway=GatewaySettings(port=0),
        scheduler=SchedulerSettings(segment_seconds=SEGMENT_SECONDS),
        quality=QualitySettings(windows=0),
        stack=StackSettings(agents=2),
    )
    async with (
        running(settings) as stack,
        Client(stack.url, stack.operator_key) as client,
        browser(stack.operator_key) as play,
    ):
        await client.change("PATCH", "/admin/tiers/business", {"max_fps": _HIGHEST_FPS})
        face = await client.upload(hopper_path(), "face")
        yield Swapper(client, face["face_id"], play)
