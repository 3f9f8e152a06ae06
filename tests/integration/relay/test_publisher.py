"""The outbox reaches its streams: in order, at once, once, fast, whatever dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.errors import UnavailableError
from contracts.messages import JobSubmitted
from contracts.settings import DatabaseSettings
from relay import publisher
from relay.publisher import BATCH, LOCK, Publisher
from storage import database as db
from storage import outbox
from storage.models import DeadLetterRow, OutboxMessage
from storage.notify import listen
from tests.conftest import OpenBus
from tests.integration.relay.streams import ids_in
from tests.integration.storage.victims import nats_victim, postgres_victim
from tests.waiting import PATIENCE, until


async def _add(count: int) -> list[UUID]:
    ids = []
    async with db.transaction() as connection:
        for _ in range(count):
            job = uuid4()
            message = JobSubmitted(job_id=job)
            ids.append(await outbox.add(connection, subjects.job_submitted("free", job), message))
    return ids


async def _until_sent(seconds: float = PATIENCE) -> None:
    async def check() -> bool:
        return not await OutboxMessage.exists(sent_at__isnull=True)

    await until(check, seconds)


@asynccontextmanager
async def _running(publisher: Publisher) -> AsyncIterator[None]:
    task = asyncio.create_task(publisher.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_messages_arrive_in_order_and_are_marked(
    database: None, bus: OpenBus, relay_bus: Bus, postgres_server: DatabaseSettings
) -> None:
    ids = await _add(BATCH + 20)
    publisher = Publisher(relay_bus, postgres_server)
    assert [await publisher.publish_batch() for _ in range(3)] == [BATCH, 20, 0]
    assert await ids_in(await bus("provision")) == [str(message_id) for message_id in ids]


async def test_what_died_before_it_was_marked_is_not_doubled(
    database: None, bus: OpenBus, relay_bus: Bus, postgres_server: DatabaseSettings
) -> None:
    ids = await _add(10)
    publisher = Publisher(relay_bus, postgres_server)
    await publisher.publish_batch()
    await OutboxMessage.all().update(sent_at=None)
    assert await publisher.publish_batch() == 10
    assert await ids_in(await bus("provision")) == [str(message_id) for message_id in ids]


async def test_a_commit_is_published_at_once(
    database: None, relay_bus: Bus, postgres_server: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "POLL_SECONDS", 3600.0)  # it does not look by itself
    async with _running(Publisher(relay_bus, postgres_server)):
        for _ in range(5):
            await _add(1)
            await _until_sent()


async def test_several_relays_keep_the_order(
    database: None, bus: OpenBus, postgres_server: DatabaseSettings
) -> None:
    relays = [Publisher(await bus("relay"), postgres_server) for _ in range(3)]
    async with _running(relays[0]), _running(relays[1]), _running(relays[2]):
        ids = [message_id for _ in range(20) for message_id in await _add(10)]
        await _until_sent()
    assert await ids_in(await bus("provision")) == [str(message_id) for message_id in ids]


async def test_a_standby_takes_over(database: None, bus: OpenBus, postgres_server: DatabaseSettings) -> None:
    first, second = [Publisher(await bus("relay"), postgres_server) for _ in range(2)]
    async with AsyncExitStack() as standby:
        async with _running(first):
            await _add(1)
            await _until_sent()
            await standby.enter_async_context(_running(second))
        await _add(1)
        await _until_sent()


async def test_a_standby_publishes_nothing(
    database: None, relay_bus: Bus, postgres_server: DatabaseSettings
) -> None:
    async with AsyncExitStack() as standby:
        async with listen(postgres_server, "elsewhere") as leader:
            assert await leader.try_lock(LOCK)
            await standby.enter_async_context(_running(Publisher(relay_bus, postgres_server)))
            await _add(1)
            with pytest.raises(TimeoutError):
                await _until_sent(1.5)  # a leader takes a few milliseconds
        await _until_sent()


async def test_what_can_never_be_sent_does_not_hold_up_the_rest(
    database: None, bus: OpenBus, relay_bus: Bus, postgres_server: DatabaseSettings
) -> None:
    before = await _add(3)
    monster = "x" * 2_000_000
    stuck = await OutboxMessage.create(id=uuid4(), subject="jobs.free.monster", payload=monster)
    after = await _add(3)
    publisher = Publisher(relay_bus, postgres_server)
    assert await publisher.publish_batch() == 7
    assert await publisher.publish_batch() == 0
    assert await ids_in(await bus("provision")) == [str(message_id) for message_id in before + after]
    letter = await DeadLetterRow.get(letter_id=f"outbox-{stuck.id}")
    assert (letter.actor, letter.subject, letter.payload) == ("relay", "jobs.free.monster", monster)
    assert "Payload" in letter.reason


async def test_nothing_is_lost_or_doubled_when_the_broker_dies(
    database: None, postgres_server: DatabaseSettings, tmp_path: Path
) -> None:
    async with nats_victim(tmp_path) as broker:
        relay, reader = [await Bus.connect(broker.settings, actor) for actor in ("relay", "provision")]
        try:
            async with _running(Publisher(relay, postgres_server)):
                ids = await _add(300)
                await broker.kill()
                ids += await _add(300)
                await broker.start()
                ids += await _add(300)
                await _until_sent()
            assert sorted(await ids_in(reader)) == sorted(str(message_id) for message_id in ids)
        finally:
            await relay.close()
            await reader.close()


async def test_nothing_is_lost_or_doubled_when_the_database_dies(
    bus: OpenBus, relay_bus: Bus, tmp_path: Path
) -> None:
    async with postgres_victim(tmp_path) as server:
        await db.migrate(server.settings)
        await db.connect(server.settings)
        try:
            async with _running(Publisher(relay_bus, server.settings)):
                ids = await _add(600)
                await server.kill()
                await server.start()
                await _until_there()
                ids += await _add(50)
                await _until_sent()
        finally:
            await db.close()
        assert await ids_in(await bus("provision")) == [str(message_id) for message_id in ids]


async def _until_there() -> None:
    async def check() -> bool:
        try:
            await db.ping()
        except UnavailableError:
            return False
        return True

    await until(check)
