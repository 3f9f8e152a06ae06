"""Answers kept for requests that bear an Idempotency-Key."""

from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.models import IdempotencyRecord


async def claim(
    connection: BaseDBAsyncClient, user_id: UUID, key: str, fingerprint: str
) -> IdempotencyRecord:
    """The record of `key`, made if missing, locked until the transaction of `connection` ends.

    A second request with the same key waits here for the first one's end. `status` is None on a new record.
    """
    await connection.execute_query(
        "INSERT INTO idempotency_records (user_id, key, fingerprint, created_at) VALUES ($1, $2, $3, now()) "
        "ON CONFLICT (user_id, key) DO NOTHING",
        [user_id, key, fingerprint],
    )
    query = IdempotencyRecord.filter(user_id=user_id, key=key).using_db(connection)
    return await query.select_for_update().get()


async def settle(connection: BaseDBAsyncClient, record: IdempotencyRecord, status: int, body: str) -> None:
    """Keep the answer of a record's request."""
    record.status, record.body = status, body
    await record.save(using_db=connection, update_fields=["status", "body"])


async def remove_before(moment: datetime) -> int:
    """Forget answers older than `moment` and say how many."""
    return await IdempotencyRecord.filter(created_at__lt=moment).delete()
