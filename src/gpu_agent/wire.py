"""What the agent and its worker process say to each other: one JSON object a line, over pipes."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from contracts.errors import Failure
from contracts.messages import SegmentTask


class Boot(BaseModel):
    """The first line to a worker.

    Attributes:
        parent: Process id of the agent; the worker ends with it.
        memory_mb: Address space in MiB; None sets no limit.
        threads: Threads it may keep busy.
        engine: Engine loaded at once, so that the first segment does not wait for it; None loads none.
        blend: The way in which swaps are laid over frames.
    """

    parent: int
    memory_mb: int | None
    threads: int
    engine: str | None
    device: str
    blend: str


class PhotoSource(BaseModel):
    """A photo by presigned URL, its five points in pixels of the upright photo, and its weight in the face."""

    url: str
    points: list[tuple[float, float]]
    weight: float = 1.0


class FaceSource(BaseModel):
    """A face by the photos that it is made of."""

    face_id: UUID
    photos: list[PhotoSource]


class Order(BaseModel):
    """A segment to be made: the task, presigned URLs of what it reads, and the file its result goes to.

    Attributes:
        weights: By role, the files that the engine's weights are in.
    """

    task: SegmentTask
    source_url: str
    faces: list[FaceSource]
    output: str
    weights: dict[str, str] = Field(default_factory=dict)


class Ready(BaseModel):
    """The worker has loaded its engine."""

    kind: Literal["ready"] = "ready"


class Progress(BaseModel):
    """Frames written so far."""

    kind: Literal["progress"] = "progress"
    frames: int


class Outcome(BaseModel):
    """A finished segment. Counts and times as in `contracts.messages.SegmentDone`.

    Attributes:
        copied: Frames whose packets were copied from the source, of `frames`.
        seconds: Wall time of the work in the worker.
    """

    kind: Literal["outcome"] = "outcome"
    frames: int
    faces: int
    face_frames: int
    copied: int = 0
    damaged: int = 0
    seconds: float
    first_pts: int | None = None
    last_pts: int | None = None


class Trouble(BaseModel):
    """A segment that could not be made: the failure, its class, and whether another try could succeed."""

    kind: Literal["trouble"] = "trouble"
    failure: Failure
    family: str
    retryable: bool


Reply = Annotated[Ready | Progress | Outcome | Trouble, Field(discriminator="kind")]
REPLY: TypeAdapter[Ready | Progress | Outcome | Trouble] = TypeAdapter(Reply)
