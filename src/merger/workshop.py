"""What is done to files, each step in a worker process that holds no secret."""

from collections.abc import Sequence
from pathlib import Path

import sandbox
from contracts.media import MediaInfo, MediaKind
from contracts.settings import SandboxSettings
from media.jobs import JoinRequest, StillReply, StillRequest
from media.joining.report import JoinReport
from storage.merging import Parts
from storage.objects import ObjectStore

_SPARE_SECONDS = 1800.0  # of a join, whatever the length
_JOIN_FACTOR = 1.0  # seconds of processor and wall time a join may take for each second of video
_PREVIEW_FACTOR = 10.0  # the same of a preview, which is encoded
_URL_SPARE = 600
_PICTURE_MEMORY_MB = 4096  # address space: coding 35 million pixels as AV1 takes 2.2 GB of it


class Workshop:
    """Makes files out of objects, in workers whose limits grow with the video."""

    def __init__(self, store: ObjectStore, settings: SandboxSettings) -> None:
        self._store, self._settings = store, settings
        sandbox.prepare("media.jobs", "media.ahead")

    async def join(self, parts: Parts, out: Path) -> JoinReport:
        """Write the result to `out`. Raises what `media.joining.join.join` does."""
        limits = self._limits(parts.info, _JOIN_FACTOR)
        request = JoinRequest(
            segments=await self._urls(parts.segment_keys, limits),
            original=await self._url(parts.source_key, limits),
            out=out,
            encode=parts.encode,
            damaged=parts.damaged,
        )
        return await sandbox.run("media.jobs:join", request, JoinReport, limits=limits)

    async def poster(self, video: str, out: Path) -> None:
        """Write a still of `video`, a path or URL, to `out`, a JPEG."""
        request = StillRequest(video=video, out=out)
        await sandbox.run("media.jobs:poster", request, StillReply, limits=self._settings)

    async def preview(self, video: str, info: MediaInfo, out: Path) -> None:
        """Write what browsers play of `video`, a path or URL, to `out`, an MP4."""
        request = StillRequest(video=video, out=out)
        limits = self._limits(info, _PREVIEW_FACTOR)
        await sandbox.run("media.jobs:preview", request, StillReply, limits=limits)

    async def place_of(self, key: str, info: MediaInfo) -> str:
        """A URL of a video, for as long as any work on it may take."""
        return await self._url(key, self._limits(info, _PREVIEW_FACTOR))

    def _limits(self, info: MediaInfo, factor: float) -> SandboxSettings:
        seconds = _SPARE_SECONDS + factor * info.duration_seconds
        memory = self._settings.memory_mb
        if info.kind is MediaKind.PICTURE:  # a video is never held whole
            memory = max(memory, _PICTURE_MEMORY_MB)
        changes = {"cpu_seconds": int(seconds), "wall_seconds": seconds, "memory_mb": memory}
        return self._settings.model_copy(update=changes)

    async def _url(self, key: str, limits: SandboxSettings) -> str:
        return await self._store.presigned_get(key, int(limits.wall_seconds) + _URL_SPARE)

    async def _urls(self, keys: Sequence[str], limits: SandboxSettings) -> list[str]:
        return [await self._url(key, limits) for key in keys]
