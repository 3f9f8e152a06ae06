"""Jobs: how far they are, and where their results are."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from contracts.errors import Failure
from contracts.messages import JobProgress
from contracts.notes import Note
from contracts.quality import QualityReport
from contracts.states import JobState
from gateway.views.base import View
from gateway.views.files import FileView, content_type_of, result_name
from storage.models import Job, Pause


class MaintenanceView(View):
    """Why nothing new of a job is started at the moment: a pause, with the words of whoever made it."""

    since: datetime
    note: str

    @classmethod
    def of(cls, pause: Pause | None) -> Self | None:
        """The view of a pause, where there is one."""
        return None if pause is None else cls(since=pause.created_at, note=pause.note)


class JobView(View):
    """A job. Frames, faces and GPU seconds count what is done; URLs are null until there is something there.

    Attributes:
        persons: Which face each of some people gets; empty where everybody gets the one face.
        maintenance: The pause that holds the job back; null where none does, or the job has ended.
        preview_url, source_preview_url: The result and the original as a browser can play or show them.
        expired_at: When its files were removed, past the tier's retention.
        no_face_found: Whether the job ended well without any face in it: nothing was swapped.
        notes: What to know of the result, in words: how it differs from the upload in more than the face.
        quality: How good the swap is; null until that was measured, some time after the job's end.
    """

    id: UUID
    state: JobState
    upload_id: UUID
    filename: str
    face_ids: list[UUID]
    persons: dict[str, UUID] = Field(default_factory=dict)
    engine: str
    tier: str
    options: dict[str, Any]
    progress: JobProgress
    maintenance: MaintenanceView | None = None
    frames: int
    faces: int
    face_frames: int
    gpu_seconds: float
    no_face_found: bool
    notes: list[Note] = Field(default_factory=list)
    quality: QualityReport | None = None
    failure: Failure | None
    result: FileView | None
    preview_url: str | None
    source_preview_url: str | None
    poster_url: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expired_at: datetime | None

    @classmethod
    def of(cls, job: Job, pause: Pause | None = None) -> Self:
        """The view of a job whose `upload` and `job_faces` are loaded; `pause` is that of its user's tier."""
        names = (
            "id", "state", "upload_id", "engine", "options", "frames", "face_frames", "gpu_seconds",
            "no_face_found", "notes", "quality", "failure", "created_at", "started_at", "finished_at", "expired_at",
        )  # fmt: skip
        return cls(
            filename=job.upload.filename,
            face_ids=list(dict.fromkeys(entry.face_id for entry in job.job_faces)),
            persons={entry.person: entry.face_id for entry in job.job_faces if entry.person is not None},
            tier=job.tier_id,
            faces=job.faces_swapped,
            progress=progress_of(job, pause is not None),
            maintenance=None if job.state.final else MaintenanceView.of(pause),
            **_files_of(job),
            **{name: getattr(job, name) for name in names},
        )


def progress_of(job: Job, paused: bool = False) -> JobProgress:
    """A job's progress as its row tells: coarser than what the scheduler announces, but always there."""
    return JobProgress(
        job_id=job.id,
        state=job.state,
        percent=_percent(job),
        frames_done=job.frames,
        frames_total=job.frames_total,
        segments_done=job.segments_done,
        segments_total=job.segments_total,
        paused=paused and not job.state.final,
    )


def _percent(job: Job) -> float:
    if job.state is JobState.DONE:
        return 100.0
    return 100.0 * job.segments_done / job.segments_total if job.segments_total else 0.0


def _files_of(job: Job) -> dict[str, Any]:
    base = f"/api/v1/jobs/{job.id}"
    if job.state is not JobState.DONE or job.result_key is None:
        return {"result": None, "preview_url": None, "source_preview_url": None, "poster_url": None}
    return {
        "result": FileView(
            url=f"{base}/result",
            size=job.result_size,
            content_type=content_type_of(job.result_key),
            filename=result_name(job),
        ),
        "preview_url": f"{base}/preview",
        "source_preview_url": f"{base}/source-preview",
        "poster_url": f"{base}/poster" if job.poster_key else None,
    }
