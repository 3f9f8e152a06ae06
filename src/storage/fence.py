"""Who leads may write: what a deposed scheduler still wants to write is refused by the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.database import transaction

FENCE = "scheduler"
STILL = "2000"
"""Milliseconds a leader may stand still inside a transaction: then the database ends it, and whoever waits for the
fence or for a job goes on. As long as the leader's lease lives."""


class Deposed(Exception):  # noqa: N818
    """Another process leads now; whatever this one wanted to write was not written."""


async def take_fence(token: int) -> int:
    """Lead from now on: writes of whoever led before are refused. The fence to write by is returned.

    It is `token`, or larger where a broker that lost its memory counts anew.
    """
    async with transaction() as connection:
        rows = await connection.execute_query_dict(
            """
            INSERT INTO fences AS f (name, token) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET token = greatest(f.token + 1, excluded.token) RETURNING token
            """,
            [FENCE, token],
        )
    return int(rows[0]["token"])


@asynccontextmanager
async def fenced(token: int) -> AsyncIterator[BaseDBAsyncClient]:
    """A transaction that holds the fence: a successor waits for its end, and sees all of it.

    Raises Deposed, and changes nothing, if `token` is not the newest.
    """
    async with transaction() as connection:
        rows = await connection.execute_query_dict(
            "SELECT token, set_config('idle_in_transaction_session_timeout', $2, true) FROM fences "
            "WHERE name = $1 FOR SHARE",
            [FENCE, STILL],
        )
        if not rows or rows[0]["token"] != token:
            raise Deposed
        yield connection
