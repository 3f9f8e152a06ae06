"""Messages between actors, as pydantic models. `contracts.subjects` says which travels where."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.errors import Failure
from contracts.media import EncodeSpec, MediaKind, Rational, SegmentRange
from contracts.states import JobState


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields ignored so that versions can differ for a while."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JobSubmitted(Message):
    """A job row was written; plan it."""

    job_id: UUID


class JobCommand(Message):
    """A user asks for a job to be cancelled or retried; the row decides whether it still can be."""

    job_id: UUID


class PhotoRef(Message):
    """One photo of a face.

    Attributes:
        key: Object key of the photo.
        points: Five points in photo pixels, image-left eye first: (x, y) each, as YuNet gives them.
        weight: Its share in the face, beside those of the face's other photos; above 0.
    """

    key: str
    points: list[tuple[float, float]]
    weight: float = 1.0


class FaceRef(Message):
    """A face of the library as an agent needs it: one photo, several of a person, or of people it is mixed from."""

    face_id: UUID
    photos: list[PhotoRef]


class PersonRef(Message):
    """Somebody who is seen in the video, and which face he gets.

    Attributes:
        person: His name within the upload's list of persons.
        vectors: Unit vectors of the recognizer, (n, 128), that stand for how he looks.
        face: Place of his face in the task's `faces`; None leaves him as he is.
    """

    person: str
    vectors: list[list[float]]
    face: int | None


class WeightsRef(Message):
    """A file of weights that an engine needs.

    Attributes:
        role: "generator" or "identity".
        family: Which network it fits, such as "simswap-224" or "arcface".
        key: Object key of the safetensors file.
        sha256: Of the file, hexadecimal; agents keep files by it.
        size: Bytes of the file.
    """

    role: str
    family: str
    key: str
    sha256: str
    size: int


class SegmentTask(Message):
    """One attempt at one segment, complete in itself: an agent needs no database.

    Attributes:
        attempt_id: Key of everything an agent does for it, and the message's Nats-Msg-Id.
        attempt: 1 for the first try.
        source_key: The video or picture.
        faces: Without `persons`, everybody gets the first.
        persons: Who gets which face; who is not among them is left as he is.
        weights: What the engine needs of imported weights.
        output_key: Where the result goes; each beginning adds a mark, so that no object is ever written twice.
        timeout_seconds: After this long the attempt is hung.
        avoid_agent: The agent to which a second attempt is no help: it works on the first.
    """

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    attempt: int
    kind: MediaKind
    source_key: str
    source_size: int
    stream_index: int
    time_base: Rational
    range: SegmentRange
    encode: EncodeSpec
    engine: str
    faces: list[FaceRef]
    persons: list[PersonRef] = Field(default_factory=list)
    weights: list[WeightsRef] = Field(default_factory=list)
    output_key: str
    timeout_seconds: float = 900.0
    avoid_agent: str | None = None


class SegmentStarted(Message):
    """An agent began an attempt.

    Attributes:
        delivery: How often JetStream had handed it out by then; 2 where an agent died, hung or was cut off.
        life: Which run of the agent it is, as on its card.
    """

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    agent_id: str
    what: Literal["started"] = "started"
    delivery: int = 1
    life: str = ""
    since: datetime | None = None
    at: datetime = Field(default_factory=now)


class SegmentProgress(Message):
    """How far an attempt is. `gpu_seconds` is what it has cost so far.

    Attributes:
        steps: Counts all that goes forward besides frames, such as parts of the result that were stored.
    """

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    frames: int
    gpu_seconds: float
    steps: int = 0


class SegmentDone(Message):
    """An attempt's result is stored, or the segment needs none: nothing in it was changed.

    Attributes:
        key, size: The object and its bytes; None where nothing was stored.
        frames: Frames in the result. `faces`: faces swapped, summed over frames. `face_frames`: frames with one.
        damaged: Packets of the source that could not be decoded; so many frames at most are missing.
        gpu_seconds: Measured cost: seconds the slot was held by the work.
        sha256: Of the stored bytes, hexadecimal.
    """

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    agent_id: str
    what: Literal["done"] = "done"
    key: str | None = None
    size: int | None = None
    sha256: str | None = None
    frames: int
    faces: int
    face_frames: int
    damaged: int = 0
    gpu_seconds: float
    first_pts: int | None = None
    last_pts: int | None = None
    detail: dict[str, Any] = Field(default_factory=dict)


class SegmentFailed(Message):
    """An attempt ended without a result. `agent_fault` attempts (the agent died) are not charged."""

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    agent_id: str
    what: Literal["failed"] = "failed"
    failure: Failure
    retryable: bool
    agent_fault: bool = False
    gpu_seconds: float = 0.0


Report: TypeAlias = Annotated[SegmentStarted | SegmentDone | SegmentFailed, Field(discriminator="what")]


class SegmentReports(Message):
    """What an agent says of attempts, in the order in which it came about."""

    reports: list[Report]


class MergeTask(Message):
    """Every segment of the job is done; join them."""

    job_id: UUID


class JobEvent(Message):
    """A job reached a state; the outbox row that carried it is `event_id`."""

    event_id: UUID
    job_id: UUID
    user_id: UUID
    state: JobState
    failure: Failure | None = None
    at: datetime = Field(default_factory=now)


class JobProgress(Message):
    """A job's progress as its user sees it.

    Attributes:
        percent: 0 to 100.
        paused: Whether nothing new of its user is started: maintenance.
        queue_position: Segments of anyone that will be started before this job's next one; None when nothing waits.
        eta_seconds: Expected time to the end; None while unknown.
    """

    job_id: UUID
    state: JobState
    percent: float
    frames_done: int
    frames_total: int | None
    segments_done: int
    segments_total: int
    paused: bool = False
    queue_position: int | None = None
    eta_seconds: float | None = None


class CancelWork(Message):
    """Agents stop what they do for the job; or, where `attempt_id` is set, only for that attempt."""

    job_id: UUID | None = None
    attempt_id: UUID | None = None


class DeliveryTask(Message):
    """A webhook delivery to be tried."""

    delivery_id: UUID


class DeadLetter(Message):
    """A message that an actor gave up on, kept for a person to look at."""

    actor: str
    subject: str
    reason: str
    payload: str
    deliveries: int
    at: datetime = Field(default_factory=now)


class AgentCard(Message):
    """An agent as it registers itself in the `agents` bucket, renewed by a heartbeat.

    Attributes:
        slots: Segments it can work on at the same time.
        busy: Attempts it works on now.
        encoders: FFmpeg's names of the hardware encoders that work there.
        device: "cpu", or the accelerator's name.
        life: Which run of the agent it is: another one each time the process starts.
        since: When the process started.
    """

    agent_id: str
    pool: str
    slots: int
    busy: list[UUID] = Field(default_factory=list)
    engines: list[str]
    encoders: list[str] = Field(default_factory=list)
    device: str
    host: str
    pid: int
    life: str = ""
    since: datetime | None = None
    at: datetime = Field(default_factory=now)
