"""What the merger needs to know of a job."""

from dataclasses import dataclass
from uuid import UUID

from contracts.media import EncodeSpec, MediaInfo, SegmentRange
from contracts.states import JobState, SegmentState
from storage.database import guard
from storage.models import Job, Segment


@dataclass(frozen=True, slots=True)
class Parts:
    """A job's result in parts.

    Attributes:
        source_key: Object of the original; `info` is what was found in it.
        segment_keys: Objects of the segments, in order; empty where none was stored, as an engine that only
            spends time does.
        damaged: Ranges in which packets of the original could not be decoded.
        no_face_found: Whether no segment has a face in it.
    """

    job_id: UUID
    source_key: str
    info: MediaInfo
    encode: EncodeSpec
    segment_keys: list[str]
    damaged: list[SegmentRange]
    no_face_found: bool

    @property
    def is_original(self) -> bool:
        """Whether the result is the original itself.

        So it is where no segment was stored; and where no face was swapped, and the tier neither scales nor
        drops frames.
        """
        video, encode = self.info.video, self.encode
        whole = (video.width, video.height) == (encode.width, encode.height) and encode.fps_limit is None
        return not self.segment_keys or (self.no_face_found and whole)


async def job_state(job_id: UUID) -> JobState | None:
    """Where a job stands; None if there is none."""
    async with guard():
        job = await Job.get_or_none(id=job_id)
    return None if job is None else job.state


async def parts_of(job_id: UUID) -> Parts | None:
    """The parts of a job that is to be merged; None if it is not."""
    async with guard():
        job = await Job.get_or_none(id=job_id, state=JobState.MERGING).select_related("upload")
        if job is None:
            return None
        done = Segment.filter(job_id=job_id, state=SegmentState.DONE).order_by("index")
        segments = await done.values_list("key", "damaged", "range")
    keys = [key for key, _, _ in segments if key is not None]
    damaged = [SegmentRange.model_validate(span) for _, count, span in segments if count]
    if len(segments) != job.segments_total or len(keys) not in (0, len(segments)):
        return None
    info, encode = MediaInfo.model_validate(job.upload.info), EncodeSpec.model_validate(job.encode)
    return Parts(job_id, job.upload.key, info, encode, keys, damaged, job.no_face_found)
