"""What a job would cost and when it would be there: asked by the gateway, told by the leading scheduler."""

from uuid import UUID

from contracts.messages import Message


class QuoteQuestion(Message):
    """Somebody thinks of a job.

    Attributes:
        id: Where to answer: see `contracts.subjects.quote_answer`.
    """

    id: UUID
    user_id: UUID
    upload_id: UUID
    engine: str
    pool: str


class Quote(Message):
    """What is expected of a job that were submitted now.

    Attributes:
        gpu_seconds: What it would be charged.
        measured: Segments of its kind that this stands on; 0 where it is only assumed.
        segments: About how many it would be cut into.
        queue_position: Segments of anyone that would be started before its first; None while unknown.
        starts_seconds: Time until then. `eta_seconds`: until its result is there. None while no agent is there.
    """

    gpu_seconds: float
    measured: int
    segments: int
    queue_position: int | None = None
    starts_seconds: float | None = None
    eta_seconds: float | None = None
