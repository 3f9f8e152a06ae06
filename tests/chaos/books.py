"""Everything that is known once the dust has settled: rows, objects, messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bus.connection import Bus
from bus.topology import STREAMS
from contracts.settings import Settings
from contracts.subjects import EVENTS, job_event
from storage.models import (
    Attempt,
    DeadLetterRow,
    Job,
    OutboxMessage,
    Segment,
    Upload,
    WebhookDelivery,
)
from storage.objects import ObjectStore
from tests.chaos.errands import Errand
from tests.chaos.receiver import Heard


@dataclass
class Books:
    """What the checks look at.

    Attributes:
        caps: Segments that a user may have in flight, by user.
        objects: Bytes of every stored object by key.
        streams: Messages left in each stream but EVENTS.
        told: Messages in EVENTS about ends of jobs, by subject.
        heard: What each user's system accepted, by user.
    """

    jobs: list[Job]
    segments: list[Segment]
    attempts: list[Attempt]
    outbox: list[OutboxMessage] = field(default_factory=list)
    letters: list[DeadLetterRow] = field(default_factory=list)
    deliveries: list[WebhookDelivery] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    errands: Sequence[Errand] = ()
    caps: dict[UUID, int] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    heard: dict[UUID, list[Heard]] = field(default_factory=dict)
    forged: int = 0

    def segments_of(self, job_id: UUID) -> list[Segment]:
        """The segments of a job."""
        return [segment for segment in self.segments if segment.job_id == job_id]

    def attempts_of(self, job_id: UUID) -> list[Attempt]:
        """The attempts at a job's segments."""
        return [attempt for attempt in self.attempts if attempt.job_id == job_id]


async def read_books(settings: Settings, store: ObjectStore) -> Books:
    """Read all of it. Needs a connection to the database."""
    bus = await Bus.connect(settings.nats, "provision")
    try:
        streams, told = await _messages(bus)
    finally:
        await bus.close()
    return Books(
        jobs=await Job.all().select_related("upload"),
        segments=await Segment.all(),
        attempts=await Attempt.all(),
        outbox=await OutboxMessage.all(),
        letters=await DeadLetterRow.all(),
        deliveries=await WebhookDelivery.all().select_related("endpoint"),
        uploads=await Upload.all(),
        objects={info.key: info.size async for info in store.list("")},
        streams=streams,
        told=told,
    )


async def _messages(bus: Bus) -> tuple[dict[str, int], dict[str, int]]:
    left = {}
    for name in STREAMS.keys() - {EVENTS}:
        left[name] = (await bus.js.stream_info(name)).state.messages
    info = await bus.js.stream_info(EVENTS, subjects_filter=job_event("*", "*"))
    return left, dict(info.state.subjects or {})
