"""Looking at complete uploads, in the background, in a sandbox.

A row in PROBING is work to be done by any gateway: it is begun by the request that brought the last byte, and
found again by `sweep` when that gateway died. Every step may be done twice.
"""

import asyncio
import os
from typing import TypeVar
from uuid import UUID

import structlog
from pydantic import BaseModel

import sandbox
from contracts.errors import RequestError, UnavailableError, VisageError
from contracts.media import MediaInfo, MediaLimits
from contracts.settings import Settings
from contracts.states import UploadState
from faces.jobs import PhotoReply, PhotoRequest
from gateway.intake.another import is_further, look_at_further
from gateway.intake.copies import with_copy
from gateway.intake.lock import held
from gateway.intake.results import accept_face, accept_target, check_target, refuse
from gateway.intake.writer import assemble
from media.jobs import ProbeRequest
from storage import library
from storage.models import Upload
from storage.objects import ObjectStore

R = TypeVar("R", bound=BaseModel)

_URL_SECONDS = 900
_SWEEP_LIMIT = 50
_AT_ONCE = max(2, os.cpu_count() or 1)

_log = structlog.get_logger()


class Inspector:
    """Looks at uploads, a few at a time."""

    def __init__(self, settings: Settings, store: ObjectStore) -> None:
        self._settings, self._store = settings, store
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        sandbox.prepare("media.jobs", "media.ahead", "faces.jobs", "faces.several")

    def begin(self, upload_id: UUID) -> None:
        """Look at an upload soon; one that is being looked at already is left to that."""
        if upload_id not in self._running:
            task = asyncio.create_task(self._inspect_safely(upload_id))
            self._running[upload_id] = task
            task.add_done_callback(lambda _: self._running.pop(upload_id, None))

    async def sweep(self) -> None:
        """Take up complete uploads that nobody looks at."""
        for upload_id in await library.uploads_to_inspect(_SWEEP_LIMIT):
            self.begin(upload_id)

    async def close(self) -> None:
        """Stop; what is not finished is taken up by another gateway, or by this one's next life."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _inspect_safely(self, upload_id: UUID) -> None:
        try:
            await self.inspect(upload_id)
        except UnavailableError as error:
            _log.info("inspection waits", upload=str(upload_id), what=error.detail["what"])
        except RequestError as error:
            _log.debug("inspected elsewhere", upload=str(upload_id), reason=error.reason)
        except Exception:
            _log.exception("inspection failed", upload=str(upload_id))

    async def inspect(self, upload_id: UUID) -> None:
        """Look at a complete upload and note what came of it in its row.

        Raises:
            UnavailableError: A server is away; the row stays as it is.
            RequestError: Somebody else looks at it, or did.
        """
        async with self._room, held(upload_id, UploadState.PROBING) as upload:
            try:
                await assemble(self._store, upload)
                await (
                    self._look_at_face(upload) if upload.purpose == "face" else self._look_at_target(upload)
                )
            except UnavailableError:
                raise
            except VisageError as error:
                await refuse(self._store, upload, error)

    async def _look_at_target(self, upload: Upload) -> None:
        request = ProbeRequest(url=await self._url(upload), limits=MediaLimits())
        info = await sandbox.run("media.jobs:probe", request, MediaInfo, limits=self._settings.sandbox)
        await check_target(upload, info)
        await accept_target(upload, await with_copy(self._store, self._settings, upload, info))

    async def sandboxed(self, target: str, request: BaseModel, reply: type[R]) -> R:
        """What `target` makes of `request` in a sandbox, when it is its turn: see `sandbox.run`."""
        async with self._room:
            return await sandbox.run(target, request, reply, limits=self._settings.sandbox)

    async def _look_at_face(self, upload: Upload) -> None:
        if is_further(upload):
            await look_at_further(self._store, self._settings.sandbox, upload)
            return
        request = PhotoRequest(url=await self._url(upload))
        reply = await sandbox.run(
            "faces.jobs:check_photo", request, PhotoReply, limits=self._settings.sandbox
        )
        await accept_face(self._store, upload, reply)

    async def _url(self, upload: Upload) -> str:
        return await self._store.presigned_get(upload.key, _URL_SECONDS)
