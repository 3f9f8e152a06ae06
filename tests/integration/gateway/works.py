"""Rows and objects as the other actors leave them."""

from datetime import timedelta
from fractions import Fraction
from uuid import uuid4

from contracts.media import MediaInfo, MediaKind, VideoStream
from contracts.messages import now
from contracts.states import JobState, UploadState
from gateway.context import Gateway
from storage import jobs, keys
from storage.models import Face, Job, Upload
from tests.integration.gateway.callers import Caller


def media_info(seconds: float = 12.0, height: int = 1080, fps: int = 50) -> MediaInfo:
    """What a probe finds in a video of 16:9."""
    video = VideoStream(
        index=0,
        codec="h264",
        width=height * 16 // 9,
        height=height,
        pix_fmt="yuv420p",
        time_base=Fraction(1, 12800),
        fps=Fraction(fps),
    )
    return MediaInfo(
        kind=MediaKind.VIDEO, container="mov,mp4", duration_seconds=seconds, size=1000, video=video
    )


async def ready_upload(caller: Caller, info: MediaInfo | None = None) -> Upload:
    """A video that was looked at."""
    upload_id = uuid4()
    return await Upload.create(
        id=upload_id,
        user=caller.user,
        purpose="target",
        filename="talk.mp4",
        size=1000,
        offset=1000,
        state=UploadState.READY,
        key=keys.upload_source(upload_id),
        info=(info or media_info()).model_dump(mode="json"),
        expires_at=now() + timedelta(days=1),
    )


async def library_face(caller: Caller) -> Face:
    """A face of the library, without its objects."""
    face_id = uuid4()
    return await Face.create(
        id=face_id,
        user=caller.user,
        name="Grace",
        key=keys.face_photo(face_id),
        thumbnail_key=keys.face_thumbnail(face_id),
        width=100,
        height=100,
        box=[1, 2, 3, 4],
        points=[[1, 1]] * 5,
        score=0.9,
    )


async def submitted_job(caller: Caller) -> Job:
    """A job that waits to be planned."""
    tier = (await caller.principal()).tier
    faces = [await library_face(caller)]
    return await jobs.create_job(caller.user, await ready_upload(caller), faces, tier, "paste")


async def done_job(caller: Caller, gateway: Gateway, content: bytes) -> Job:
    """A job whose result is `content`."""
    job = await submitted_job(caller)
    key = keys.result(job.id, "mp4")
    await gateway.store.put(key, content)
    assert await jobs.finish_job(job.id, JobState.DONE, result_key=key, result_size=len(content), frames=600)
    return job
