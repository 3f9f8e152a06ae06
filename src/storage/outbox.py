"""Messages written in the transaction whose effects they tell of; the relay publishes them."""

from uuid import UUID, uuid4

from pydantic import BaseModel
from tortoise.backends.base.client import BaseDBAsyncClient

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
