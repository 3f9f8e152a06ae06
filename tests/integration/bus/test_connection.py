"""The connection: what is published is stored once, whatever the broker goes through."""

import asyncio
from pathlib import Path
from uuid import uuid4

import nats.errors
import pytest

from bus.connection import Bus
from contracts import subjects
from contracts.errors import UnavailableError
from contracts.messages import CancelWork, MergeTask
from contracts.settings import NatsSettings
from tests.integration.bus.conftest import Broker, OpenBus
from tests.waiting import PATIENCE, until
from visage.embedded import secrets
from visage.embedded.ports import free_port


async def stored(bus: Bus, stream: str) -> int:
    return (await bus.request_stream_info(stream)).state.messages


async def test_one_id_is_stored_once(connect: OpenBus) -> None:
    relay = await connect("relay")
    task = MergeTask(job_id=uuid4())
    acks = [await relay.publish(subjects.merge_task(task.job_id), task, "same") for _ in range(3)]
    assert [bool(ack.duplicate) for ack in acks] == [False, True, True]
    assert await stored(await connect("provision"), "MERGES") == 1


async def test_publishing_waits_for_a_killed_broker_and_stores_everything_once(
    broker: Broker, connect: OpenBus
) -> None:
    relay = await connect("relay")
    ids = [str(uuid4()) for _ in range(60)]

    async def publish_all() -> None:
        for message_id in ids:
            await relay.publish(subjects.merge_task(uuid4()), MergeTask(job_id=uuid4()), message_id)

    publishing = asyncio.create_task(publish_all())
    for _ in range(2):
        await broker.kill()
        await until(lambda: not relay.is_connected)
        await broker.start()
        await until(lambda: relay.is_connected)
    await publishing
    assert await stored(await connect("provision"), "MERGES") == len(ids)


async def test_publishing_gives_up_with_a_typed_error(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    await broker.kill()
    with pytest.raises(UnavailableError):
        await relay.publish(subjects.merge_task(uuid4()), MergeTask(job_id=uuid4()), patience=0.5)
    await relay.announce("anything", MergeTask(job_id=uuid4()))
    with pytest.raises(UnavailableError):
        await relay.check()


async def test_a_message_that_can_never_be_taken_is_not_retried(connect: OpenBus) -> None:
    relay = await connect("relay")
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(nats.errors.MaxPayloadError):
            await relay.publish(subjects.merge_task(uuid4()), b"x" * 2_000_000)


async def test_a_full_work_queue_refuses_and_loses_nothing(connect: OpenBus) -> None:
    provision, relay = await connect("provision"), await connect("relay")
    config = (await provision.request_stream_info("MERGES")).config
    await provision.js.update_stream(config, max_msgs=2)
    for _ in range(2):
        await relay.publish(subjects.merge_task(uuid4()), MergeTask(job_id=uuid4()))
    with pytest.raises(UnavailableError):
        await relay.publish(subjects.merge_task(uuid4()), MergeTask(job_id=uuid4()), patience=0.5)
    assert await stored(provision, "MERGES") == 2


async def test_connecting_waits_for_a_broker_that_comes_late(tmp_path: Path) -> None:
    broker = Broker(secrets.private_folder(tmp_path / "late"))
    connecting = asyncio.create_task(Bus.connect(broker.settings, "agent"))
    try:
        await broker.start()
        await (await connecting).close()
    finally:
        await broker.stop()


async def test_connecting_gives_up_in_time() -> None:
    nowhere = NatsSettings(url=f"nats://127.0.0.1:{free_port()}")
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(UnavailableError):
            await Bus.connect(nowhere, "agent", patience=0.6)


async def test_listening_survives_the_broker_and_ends_with_the_connection(
    broker: Broker, connect: OpenBus
) -> None:
    scheduler, agent = await connect("scheduler"), await connect("agent")
    heard: list[CancelWork] = []

    async def listen() -> None:
        async with agent.listen(subjects.cancel_work("*"), CancelWork) as stream:
            async for _, message in stream:
                heard.append(message)

    listening = asyncio.create_task(listen())
    message = CancelWork(job_id=uuid4())

    async def said_until_heard() -> bool:
        await scheduler.announce(subjects.cancel_work(message.job_id), message)
        return bool(heard)

    await until(said_until_heard)
    await broker.kill()
    await until(lambda: not agent.is_connected and not scheduler.is_connected)
    heard.clear()
    await broker.start()
    await until(said_until_heard)
    assert set(map(str, heard)) == {str(message)}
    await agent.close()
    await asyncio.wait_for(listening, PATIENCE)


async def test_what_is_no_message_is_skipped(connect: OpenBus) -> None:
    scheduler, agent = await connect("scheduler"), await connect("agent")
    subject, message = subjects.cancel_work(uuid4()), CancelWork(job_id=uuid4())
    async with agent.listen(subjects.cancel_work("*"), CancelWork) as stream:
        await scheduler.announce(subject, b"\xff not json")
        await scheduler.announce(subject, message)
        async with asyncio.timeout(PATIENCE):
            async for _, heard in stream:
                assert heard == message
                break
