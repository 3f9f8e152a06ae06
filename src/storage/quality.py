"""What is needed to judge a job's result, and where the report is kept."""

from dataclasses import dataclass
from uuid import UUID

from contracts.engines import TIMED, family
from contracts.media import EncodeSpec
from contracts.messages import FaceRef
from contracts.quality import QualityReport
from contracts.states import JobState
from storage.database import guard
from storage.dispatch import faces_of_job
from storage.library import frames_key
from storage.models import Job


@dataclass(frozen=True, slots=True)
class Judged:
    """A result to be judged.

    Attributes:
        original_key, result_key: Objects of both films.
        faces: Those that were put in.
        deinterlaced: Whether the result is, and the original is not.
    """

    job_id: UUID
    original_key: str
    result_key: str
    faces: list[FaceRef]
    deinterlaced: bool


async def to_be_judged(job_id: UUID) -> Judged | None:
    """The result of a job in which faces were swapped; None where there is none, or it has a report."""
    async with guard():
        job = await Job.get_or_none(id=job_id, state=JobState.DONE).select_related("upload")
    if job is None or job.result_key is None or job.expired_at is not None or job.quality is not None:
        return None
    if not job.face_frames or family(job.engine) == TIMED:
        return None
    deinterlaced = EncodeSpec.model_validate(job.encode).deinterlace
    faces = await faces_of_job(job_id)
    return Judged(job_id, frames_key(job.upload), job.result_key, faces, deinterlaced)


async def save_quality(job_id: UUID, report: QualityReport) -> None:
    """Keep a job's report; nothing happens where the job is gone."""
    async with guard():
        await Job.filter(id=job_id).update(quality=report.model_dump(mode="json"))
