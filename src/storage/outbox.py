"""Messages written in the transaction whose effects they tell of; the relay publishes them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from pydantic import BaseModel
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections

from contracts.messages import now
from storage.faults import guard
from storage.models import OutboxMessage
from storage.orm import CONNECTION

CHANNEL = "outbox"

_INSERT = """
WITH added AS (
    INSERT INTO outbox (id, subject, payload, created_at) VALUES ($1, $2, $3, now())
    ON CONFLICT (id) DO NOTHING RETURNING 1
)
SELECT pg_notify($4, '') FROM added
"""


async def add(
    connection: BaseDBAsyncClient,
    subject: str,
    message: BaseModel,
    id: UUID | None = None,  # noqa: A002
) -> UUID:
    """Have `message` published on `subject` once the transaction of `connection` commits.

    `id` becomes its Nats-Msg-Id; a message whose `id` is in the outbox already is not added again.
    """
    message_id = id or uuid4()
    await connection.execute_query(_INSERT, [message_id, subject, message.model_dump_json(), CHANNEL])
    return message_id


@guard()
async def unsent(limit: int) -> list[OutboxMessage]:
    """The first messages that wait to be published, in order."""
    return await OutboxMessage.filter(sent_at__isnull=True).order_by("sequence").limit(limit)


@guard()
async def mark_sent(sequences: Sequence[int]) -> None:
    """These messages are in their streams."""
    await _connection().execute_query(
        "UPDATE outbox SET sent_at = now() WHERE sequence = ANY($1)", [list(sequences)]
    )


@guard()
async def remove_sent(age: timedelta) -> int:
    """Remove messages that were sent longer than `age` ago; return how many."""
    return await OutboxMessage.filter(sent_at__lt=now() - age).delete()


def _connection() -> BaseDBAsyncClient:
    return get_connections().get(CONNECTION)
