"""What users are shown of rows: the bodies of API answers, and what the pages render."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.errors import Failure
from contracts.media import MediaInfo
from contracts.messages import JobProgress
from contracts.mixes import FacePart
from contracts.notes import Note
from contracts.quality import QualityReport
from contracts.quotes import Quote
from contracts.scopes import Scope
from contracts.states import DeliveryState, JobState, UploadState
from contracts.tiers import TierPolicy
from storage.models import ApiKey, Face, FacePhoto, Job, Pause, Upload, User, WebhookDelivery, WebhookEndpoint
from storage.usage import JobUsage

T = TypeVar("T")


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(from_attributes=True)


class Page(View, Generic[T]):
    """A page of a list. `next_cursor`, given as `cursor`, asks for the page after it; null on the last."""

    items: list[T]
    next_cursor: str | None = None


class UserView(View):
    """The user who asks, with what the user's tier allows."""

    id: UUID
    email: str
    tier: TierPolicy
    created_at: datetime

    @classmethod
    def of(cls, user: User, tier: TierPolicy) -> Self:
        """The view of a user."""
        return cls(id=user.id, email=user.email, tier=tier, created_at=user.created_at)


class KeyView(View):
    """An API key without its secret."""

    id: UUID
    name: str
    prefix: str
    scope: Scope
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The view of a key."""
        return cls.model_validate(key)


class NewKeyView(KeyView):
    """An API key just made. `key` is its text, shown this once."""

    key: str


class UploadView(View):
    """An upload. `offset` of `size` bytes are stored; `face_id` is what a photo became, or is added to."""

    id: UUID
    purpose: str
    filename: str
    content_type: str | None
    size: int
    offset: int
    state: UploadState
    info: MediaInfo | None
    failure: Failure | None
    face_id: UUID | None
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The view of an upload."""
        return cls.model_validate(upload)


class PhotoView(View):
    """A photo of a face; its first has the face's own id, and cannot be removed alone."""

    id: UUID
    thumbnail_url: str
    created_at: datetime


class FaceName(View):
    """A face by its name."""

    id: UUID
    name: str


class FaceView(View):
    """A face of the library. `box` is x, y, width, height and `points` five (x, y), in pixels of its first photo.

    Attributes:
        photos: What it is the mean of, the first one first; none for a mixed face.
        parts: Of a mixed face: what it was mixed from, as it was then, with shares that make 1.
        mixed_into: Mixed faces that this one is a part of. They keep their own copies of its photos.
    """

    id: UUID
    name: str
    width: int
    height: int
    box: list[float]
    points: list[list[float]]
    score: float
    thumbnail_url: str
    photos: list[PhotoView]
    parts: list[FacePart]
    mixed_into: list[FaceName]
    created_at: datetime

    @classmethod
    def of(cls, face: Face, further: Sequence[FacePhoto] = (), mixed: Sequence[Face] = ()) -> Self:
        """The view of a face with its further photos and the faces mixed from it."""
        names = ("id", "name", "width", "height", "box", "points", "score", "parts", "created_at")
        return cls(
            thumbnail_url=_thumbnail_of(face),
            photos=[] if face.mixed else _photos_of(face, further),
            mixed_into=[FaceName(id=one.id, name=one.name) for one in mixed],
            **{n: getattr(face, n) for n in names},
        )


def _thumbnail_of(face: Face) -> str:
    return f"/api/v1/faces/{face.id}/thumbnail"


def _photos_of(face: Face, further: Sequence[FacePhoto]) -> list[PhotoView]:
    first = PhotoView(id=face.id, thumbnail_url=_thumbnail_of(face), created_at=face.created_at)
    base = f"/api/v1/faces/{face.id}/photos"
    more = (
        PhotoView(id=one.id, thumbnail_url=f"{base}/{one.id}/thumbnail", created_at=one.created_at)
        for one in further
    )
    return [first, *more]


class FileView(View):
    """A file that can be fetched, with ranges."""

    url: str
    size: int | None = None
    content_type: str
    filename: str


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


_CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
}


def content_type_of(name: str) -> str:
    """The media type that the extension of a key or file name stands for."""
    return _CONTENT_TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")


def result_name(job: Job) -> str:
    """The name a browser saves the result of a job under; the job's `upload` is loaded."""
    stem = job.upload.filename.rsplit(".", 1)[0] or "video"
    return f"{stem}-visage.{(job.result_key or '').rsplit('.', 1)[-1]}"


class EndpointView(View):
    """A webhook endpoint. `events` empty means all of them."""

    id: UUID
    url: str
    events: list[str]
    enabled: bool
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Self:
        """The view of an endpoint."""
        return cls.model_validate(endpoint)


class SecretEndpointView(EndpointView):
    """A webhook endpoint with the secret its deliveries are signed with."""

    secret: str


class TryView(View):
    """One try at a delivery.

    Attributes:
        status: HTTP status of the answer; null where there was none.
        milliseconds: Until the answer, or until it was given up.
        answer: The first bytes of the answer's body.
        error: Why there was no answer.
        series: 1 for the first series of tries, one more with each replay.
    """

    at: datetime
    series: int = 1
    status: int | None = None
    milliseconds: int = 0
    answer: str | None = None
    error: str | None = None


class DeliveryView(View):
    """One event for one endpoint, with its tries."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    state: DeliveryState
    tries: list[TryView]
    next_try_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> Self:
        """The view of a delivery."""
        return cls.model_validate(delivery)


class EstimateView(View):
    """What a job would make, before it is started.

    Attributes:
        width, height: Of the result in pixels, as a viewer sees it.
        fps: Of the result, frames a second; null for a picture.
        scaled, fps_reduced: Whether the tier makes the result smaller, or its frames fewer.
        refusal: Why the job would be refused; null where it would be accepted.
        gpu_seconds: What it would be charged; null while no scheduler answers, as the others below.
        gpu_seconds_measured: Whether that was learned of segments of its kind; else it is assumed, and high.
        queue_position: Segments of anyone that would be started before its first.
        starts_in_seconds: Time until then. `eta_seconds`: until the result is there.
    """

    width: int
    height: int
    fps: float | None
    seconds: float
    scaled: bool
    fps_reduced: bool
    tier: str
    refusal: Failure | None = Field(None)
    gpu_seconds: float | None = None
    gpu_seconds_measured: bool = False
    queue_position: int | None = None
    starts_in_seconds: float | None = None
    eta_seconds: float | None = None

    def with_quote(self, quote: Quote | None) -> "EstimateView":
        """The same with what the scheduler expects."""
        if quote is None:
            return self
        expected = {
            "gpu_seconds": round(quote.gpu_seconds, 1),
            "gpu_seconds_measured": quote.measured > 0,
            "queue_position": quote.queue_position,
            "starts_in_seconds": quote.starts_seconds,
            "eta_seconds": quote.eta_seconds,
        }
        return self.model_copy(update=expected)


class DayView(View):
    """GPU seconds charged on a day (UTC), for so many jobs."""

    day: date
    charged_seconds: float
    jobs: int


class JobUsageView(View):
    """GPU seconds charged for a job within the time asked for."""

    id: UUID
    filename: str
    state: JobState
    charged_seconds: float
    created_at: datetime

    @classmethod
    def of(cls, usage: JobUsage) -> Self:
        """The view of a job's usage."""
        return cls(
            id=usage.id,
            filename=usage.filename,
            state=JobState(usage.state),
            charged_seconds=usage.seconds,
            created_at=usage.created_at,
        )


class UsageView(View):
    """GPU seconds charged since a moment, by day, and by job for the newest 200 jobs."""

    since: datetime
    charged_seconds: float
    days: list[DayView]
    jobs: list[JobUsageView]
