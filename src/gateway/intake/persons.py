"""Finding the people in uploads, when somebody asks: in the background, in a sandbox.

A cast that is SEARCHING is work to be done by any gateway: it is begun by the request that asked, and found again by
`sweep` when that gateway died. Doing it twice comes to the same.
"""

import asyncio
import base64
from uuid import UUID

import structlog

import sandbox
from contracts.errors import Reason, RequestError, UnavailableError, VisageError
from contracts.media import MediaInfo
from contracts.settings import Settings
from contracts.states import UploadState
from gateway.intake.looking import Look, LookRequest
from storage import casts, keys
from storage.database import guard
from storage.library import frames_key
from storage.models import Upload
from storage.objects import ObjectStore

_SPARE_SECONDS = 30.0  # beyond what a search may take, until another gateway takes it over
_URL_SECONDS = 900
_SWEEP_LIMIT = 20
# Of the processor time that the sandbox allows: then it makes do with what it has seen.
_SHARE_FOR_LOOKING = 0.4

_log = structlog.get_logger()


class PersonFinder:
    """Searches uploads for people, one after another: the search keeps a processor busy."""

    def __init__(self, settings: Settings, store: ObjectStore) -> None:
        self._settings, self._store = settings, store
        self._room = asyncio.Semaphore(1)
        self._running: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, upload_id: UUID) -> None:
        """Search an upload soon; one that is being searched already is left to that."""
        if upload_id not in self._running:
            task = asyncio.create_task(self._search_safely(upload_id))
            self._running[upload_id] = task
            task.add_done_callback(lambda _: self._running.pop(upload_id, None))

    async def sweep(self) -> None:
        """Take up searches that nobody does."""
        async with guard():
            waiting = await casts.to_search(_SWEEP_LIMIT)
        for upload_id in waiting:
            self.begin(upload_id)

    async def close(self) -> None:
        """Stop; what is not finished is taken up by another gateway, or by this one's next life."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _search_safely(self, upload_id: UUID) -> None:
        try:
            async with self._room:
                await self.search(upload_id)
        except UnavailableError as error:
            _log.info("search waits", upload=str(upload_id), what=error.detail["what"])
        except Exception:
            _log.exception("search failed", upload=str(upload_id))

    async def search(self, upload_id: UUID) -> None:
        """Search an upload, and note in its cast who was found; one that another gateway searches is left to it.

        Raises:
            UnavailableError: A server is away; the cast stays as it is.
        """
        async with guard():
            lock = await casts.take(upload_id, self._settings.sandbox.wall_seconds + _SPARE_SECONDS)
            if lock is None:
                return
            try:
                await self._settle(upload_id, lock)
            except BaseException:
                await asyncio.shield(casts.let_go(upload_id, lock))
                raise

    async def _settle(self, upload_id: UUID, lock: UUID) -> None:
        try:
            found = await self._look(await Upload.get_or_none(id=upload_id))
        except UnavailableError:
            raise
        except VisageError as error:
            _log.info("upload not searched", upload=str(upload_id), reason=error.reason)
            await casts.settle(upload_id, lock, [], error.failure)
            return
        for person, picture in zip(found.persons, found.thumbnails, strict=True):
            key = keys.upload_person(upload_id, person.name)
            await self._store.put(key, base64.b64decode(picture), content_type="image/jpeg")
        settled = await casts.settle(upload_id, lock, found.persons, None)
        if (
            not settled and await casts.cast_of(upload_id) is None
        ):  # removed meanwhile: nothing of it may stay
            await self._store.delete_prefix(keys.upload_persons_prefix(upload_id))

    async def _look(self, upload: Upload | None) -> Look:
        if upload is None or upload.state is not UploadState.READY or upload.info is None:
            raise _gone()
        limits = self._settings.sandbox
        request = LookRequest(
            url=await self._store.presigned_get(frames_key(upload), _URL_SECONDS),
            seconds=MediaInfo.model_validate(upload.info).duration_seconds,
            cpu_seconds=limits.cpu_seconds * _SHARE_FOR_LOOKING,
        )
        return await sandbox.run("gateway.intake.looking:look", request, Look, limits=limits)


def _gone() -> RequestError:
    return RequestError(Reason.UPLOAD_NOT_READY, "The upload is no longer stored.")
