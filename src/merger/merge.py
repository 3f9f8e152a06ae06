"""One job's way from its segments to its end. May be done twice, may be cut off anywhere."""

from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import structlog

from contracts.errors import Failure, Reason, UnavailableError, VisageError
from contracts.media import EncodeSpec, MediaInfo, MediaKind
from contracts.notes import Note, NoteKind
from contracts.states import JobState
from media.previews.preview import plays_in_browser
from merger.workshop import Workshop
from storage import keys
from storage.lifecycle import finish_job
from storage.merging import Parts, job_state, parts_of
from storage.objects import ObjectStore

log = structlog.get_logger()

_TRIES = 3
_SUFFIXES = {
    "mp4": ".mp4",
    "mov": ".mov",
    "matroska": ".mkv",
    "webm": ".webm",
    "mpegts": ".ts",
    "avi": ".avi",
    "jpeg": ".jpg",
    "png": ".png",
    "webp": ".webp",
    "avif": ".avif",
    "heic": ".heic",
}
_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".ts": "video/mp2t",
    ".avi": "video/x-msvideo",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".heic": "image/heic",
}
_INTERNAL = Failure(
    reason=Reason.INTERNAL,
    message="The result could not be joined because of a fault on our side. The job can be tried again.",
)


@dataclass(frozen=True, slots=True)
class _Extras:
    """What is shown beside the result; a missing one is no reason to fail."""

    poster_key: str | None
    preview_key: str | None
    source_preview_key: str | None


@dataclass(frozen=True, slots=True)
class _Made:
    """A result that is stored: `size` in bytes, and what the user should know of it."""

    key: str
    size: int
    extras: _Extras
    notes: list[Note]


class Merging:
    """Merges jobs with files in `scratch`."""

    def __init__(self, store: ObjectStore, workshop: Workshop, scratch: Path) -> None:
        self._store, self._workshop, self._scratch = store, workshop, scratch

    async def merge(self, job_id: UUID, attempt: int) -> None:
        """Bring a job that is to be merged to its end; any other only loses what it does not need.

        `attempt` counts from 1; the last tolerates no failure. Raises UnavailableError while a server is
        away, and whatever else another try may help against.
        """
        parts = await parts_of(job_id)
        if parts is not None:
            try:
                await self._produce(parts)
            except UnavailableError:
                raise
            except VisageError as error:
                await self._give_up(job_id, error, error.failure, attempt)
            except Exception as error:
                await self._give_up(job_id, error, _INTERNAL, attempt)
        await self._tidy(job_id)

    async def _produce(self, parts: Parts) -> None:
        with TemporaryDirectory(dir=self._scratch, prefix=f"{parts.job_id}-") as name:
            folder = Path(name)
            made = await (self._keep(parts, folder) if parts.is_original else self._join(parts, folder))
        done = await finish_job(
            parts.job_id,
            JobState.DONE,
            result_key=made.key,
            result_size=made.size,
            poster_key=made.extras.poster_key,
            preview_key=made.extras.preview_key,
            source_preview_key=made.extras.source_preview_key,
            notes=[note.model_dump(mode="json") for note in made.notes],
        )
        log.info("job merged", job=str(parts.job_id), size=made.size, first=done)

    async def _join(self, parts: Parts, folder: Path) -> _Made:
        """The segments as one file."""
        result = folder / f"result{parts.encode.suffix}"
        report = await self._workshop.join(parts, result)
        key = keys.result(parts.job_id, result.suffix.removeprefix("."))
        size = await self._put(key, result)
        notes = [*_no_face(parts), *parts.encode.notes, *report.notes]
        return _Made(key, size, await self._extras(parts, str(result), folder), notes)

    async def _keep(self, parts: Parts, folder: Path) -> _Made:
        """The original itself, where nothing is changed: the store copies it, no byte of it comes here."""
        suffix = _SUFFIXES[parts.info.container]
        key = keys.result(parts.job_id, suffix.removeprefix("."))
        size = await self._store.copy(parts.source_key, key, content_type=_TYPES[suffix])
        place = await self._workshop.place_of(parts.source_key, parts.info)
        return _Made(key, size, await self._extras(parts, place, folder), _no_face(parts))

    async def _extras(self, parts: Parts, result: str, folder: Path) -> _Extras:
        """Poster and previews; `result` is the path of the file, or a URL of it."""
        job, shop = parts.job_id, self._workshop
        shown = parts.info if parts.is_original else result_info(parts.info, parts.encode)
        kind = "jpg" if shown.kind is MediaKind.PICTURE else "mp4"
        poster, preview, source = folder / "poster.jpg", folder / f"preview.{kind}", folder / f"source.{kind}"
        poster_key = await self._extra(shop.poster(result, poster), poster, keys.poster(job))
        preview_key = source_key = None
        if not plays_in_browser(shown):
            preview_key = await self._extra(
                shop.preview(result, shown, preview), preview, keys.preview(job, kind)
            )
        if parts.is_original:
            source_key = preview_key
        elif not plays_in_browser(parts.info):
            place = await shop.place_of(parts.source_key, parts.info)
            work = shop.preview(place, parts.info, source)
            source_key = await self._extra(work, source, keys.source_preview(job, kind))
        return _Extras(poster_key, preview_key, source_key)

    async def _extra(self, work: Awaitable[None], file: Path, key: str) -> str | None:
        try:
            await work
        except UnavailableError:
            raise
        except VisageError as error:
            log.warning("no preview", key=key, reason=str(error))
            return None
        await self._put(key, file)
        return key

    async def _put(self, key: str, file: Path) -> int:
        return (await self._store.put(key, file, content_type=_TYPES.get(file.suffix))).size

    async def _give_up(self, job_id: UUID, error: Exception, failure: Failure, attempt: int) -> None:
        # Somebody else may have ended the job meanwhile, and removed what this one was reading.
        if await job_state(job_id) is not JobState.MERGING:
            return
        hopeless = isinstance(error, VisageError) and not getattr(error, "retryable", False)
        if not hopeless and attempt < _TRIES:
            raise error
        log.error("job not merged", job=str(job_id), exc_info=error)
        await finish_job(job_id, JobState.FAILED, failure)

    async def _tidy(self, job_id: UUID) -> None:
        state = await job_state(job_id)
        if state is JobState.DONE:
            await self._store.delete_prefix(keys.segments_prefix(job_id))
        elif state in (None, JobState.CANCELLED):
            await self._store.delete_prefix(keys.job_prefix(job_id))


def _no_face(parts: Parts) -> list[Note]:
    if not parts.no_face_found:
        return []
    return [
        Note(
            kind=NoteKind.NO_FACE,
            text="No face that was to be swapped was found in it, so nothing was changed.",
        )
    ]


def result_info(info: MediaInfo, encode: EncodeSpec) -> MediaInfo:
    """What a probe would find in the result of `info` encoded so."""
    if info.kind is MediaKind.PICTURE:
        return info
    video = info.video.model_copy(update={"codec": encode.codec, "pix_fmt": encode.pix_fmt})
    return info.model_copy(update={"container": encode.container, "video": video})
