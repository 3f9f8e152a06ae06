"""The outbox: part of the caller's transaction, heard at once, in order."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from contracts.errors import UnavailableError
from contracts.messages import JobSubmitted, now
from contracts.settings import DatabaseSettings
from storage import database as db
from storage import outbox
from storage.models import OutboxMessage
from storage.notify import listen
from storage.orm import url_of
from tests.integration.storage.victims import Victim
from tests.waiting import PATIENCE

MESSAGE = JobSubmitted(job_id=uuid4())


async def test_a_message_is_there_after_the_commit_only(
    database: None, postgres_server: DatabaseSettings
) -> None:
    async with db.transaction() as connection:
        message_id = await outbox.add(connection, "jobs.free.x", MESSAGE)
        assert await _seen_by_others(postgres_server) == 0
    assert await _seen_by_others(postgres_server) == 1
    [row] = await outbox.unsent(10)
    assert (row.id, row.subject, row.payload) == (message_id, "jobs.free.x", MESSAGE.model_dump_json())


async def _seen_by_others(settings: DatabaseSettings) -> int:
    connection = await asyncpg.connect(url_of(settings))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM outbox"))
    finally:
        await connection.close()


async def test_no_commit_no_message(database: None) -> None:
    with pytest.raises(LookupError):
        async with db.transaction() as connection:
            await outbox.add(connection, "jobs.free.x", MESSAGE)
            raise LookupError
    assert await outbox.unsent(10) == []


async def test_the_same_id_is_added_once(database: None) -> None:
    message_id = uuid4()
    for _ in range(2):
        async with db.transaction() as connection:
            await outbox.add(connection, "jobs.free.x", MESSAGE, message_id)
    assert [row.id for row in await outbox.unsent(10)] == [message_id]


async def test_messages_come_in_the_order_of_adding(database: None) -> None:
    async with db.transaction() as connection:
        ids = [await outbox.add(connection, "jobs.free.x", MESSAGE) for _ in range(20)]
    assert [row.id for row in await outbox.unsent(15)] == ids[:15]


async def test_sent_messages_are_kept_for_a_while(database: None) -> None:
    async with db.transaction() as connection:
        for _ in range(3):
            await outbox.add(connection, "jobs.free.x", MESSAGE)
    first, second, _ = await outbox.unsent(10)
    await outbox.mark_sent([first.sequence, second.sequence])
    await OutboxMessage.filter(sequence=first.sequence).update(sent_at=now() - timedelta(hours=2))
    assert await outbox.remove_sent(timedelta(hours=1)) == 1
    assert len(await outbox.unsent(10)) == 1
    assert await OutboxMessage.all().count() == 2


async def test_listeners_hear_of_a_commit(database: None, postgres_server: DatabaseSettings) -> None:
    async with listen(postgres_server, outbox.CHANNEL) as channel:
        async with db.transaction() as connection:
            await outbox.add(connection, "jobs.free.x", MESSAGE)
        assert await channel.wait(PATIENCE)
        assert not await channel.wait(0.01)


async def test_a_lock_is_held_by_one_connection_until_it_ends(postgres_server: DatabaseSettings) -> None:
    async with listen(postgres_server, "one") as first, listen(postgres_server, "two") as second:
        assert await first.try_lock(4711)
        assert not await second.try_lock(4711)
    async with listen(postgres_server, "three") as third, asyncio.timeout(PATIENCE):
        while not await third.try_lock(4711):
            await third.wait(0.02)


async def test_listeners_learn_that_the_server_died(victim: Victim[DatabaseSettings]) -> None:
    async with listen(victim.settings, outbox.CHANNEL) as channel:
        waiting = asyncio.create_task(channel.wait(PATIENCE))
        await asyncio.sleep(0)
        await victim.kill()
        with pytest.raises(UnavailableError):
            await waiting
        with pytest.raises(UnavailableError):
            await channel.try_lock(1)
    with pytest.raises(UnavailableError):
        async with listen(victim.settings, outbox.CHANNEL):
            pass
