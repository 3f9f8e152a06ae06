"""Work copies: videos whose container has no index are copied into one that has, once, as they come in.

The row stays in PROBING until the copy is stored: a gateway that dies over it leaves no object, and another makes it
again. It lies under the upload's own prefix, and goes with it.
"""

from pathlib import Path

import structlog

import sandbox
from contracts.errors import WorkError
from contracts.media import MediaInfo
from contracts.settings import Settings
from media.containers.sniff import COPIED_KINDS
from media.jobs import CopyReply, CopyRequest
from sandbox.scratch import scratch_folder
from storage import keys
from storage.models import Upload
from storage.objects import ObjectStore

_BYTES_A_SECOND = 4 * 2**20  # that are read and written at least
_URL_SPARE = 600

_log = structlog.get_logger()


async def with_copy(store: ObjectStore, settings: Settings, upload: Upload, info: MediaInfo) -> MediaInfo:
    """What was found in a video, after a work copy was stored where it needs one.

    Raises:
        MediaError: BAD_TIMELINE where the video's clock goes back.
        UnavailableError: The object store is away.
    """
    if info.container not in COPIED_KINDS:
        return info
    with scratch_folder(settings.data / "gateway") as folder:
        copy = folder / "work"
        try:
            written = await _written(store, settings, upload, copy)
        except WorkError as error:  # without a copy all is slower, but not worse
            _log.warning("no work copy", upload=str(upload.id), reason=error.reason)
            return info
        if not written:
            return info
        await store.put(keys.upload_work(upload.id), copy)
    return info.model_copy(update={"work_copy": True})


async def _written(store: ObjectStore, settings: Settings, upload: Upload, copy: Path) -> bool:
    spare = upload.size / _BYTES_A_SECOND
    wall = settings.sandbox.wall_seconds + spare
    cpu = settings.sandbox.cpu_seconds + int(spare)
    request = CopyRequest(
        url=await store.presigned_get(upload.key, int(wall) + _URL_SPARE),
        out=copy,
        segment_seconds=settings.scheduler.segment_seconds,
    )
    limits = settings.sandbox.model_copy(update={"cpu_seconds": cpu, "wall_seconds": wall})
    reply = await sandbox.run("media.jobs:work_copy", request, CopyReply, limits=limits)
    return reply.written
