"""Many messages at once: stored together, in their order, each once, whatever the broker goes through."""

import asyncio
from uuid import uuid4

import nats.errors

from bus.bundle import MOST, Parcel
from bus.connection import Bus
from contracts import subjects
from contracts.errors import UnavailableError
from tests.integration.bus.conftest import Broker, OpenBus
from tests.waiting import until

STREAM = subjects.MERGES


def parcels(count: int) -> list[Parcel]:
    return [Parcel(subjects.merge_task(uuid4()), b"{}", uuid4().hex) for _ in range(count)]


async def stored(bus: Bus) -> list[dict[str, str]]:
    """The headers of every message in the stream, in order."""
    state = (await bus.request_stream_info(STREAM)).state
    found = [await bus.js.get_msg(STREAM, number) for number in range(state.first_seq, state.last_seq + 1)]
    return [message.headers or {} for message in found]


def ids(headers: list[dict[str, str]]) -> list[str]:
    return [header["Nats-Msg-Id"] for header in headers]


async def test_many_are_stored_together_and_in_order(connect: OpenBus) -> None:
    sent = parcels(40)
    assert await (await connect("relay")).publish_all(sent) == [None] * 40
    headers = await stored(await connect("provision"))
    assert ids(headers) == [parcel.message_id for parcel in sent]
    assert len({header["Nats-Batch-Id"] for header in headers}) == 1


async def test_more_than_the_broker_takes_as_one_are_stored_too(connect: OpenBus) -> None:
    count = 2 * MOST + 3
    assert await (await connect("relay")).publish_all(parcels(count)) == [None] * count
    assert (await (await connect("provision")).request_stream_info(STREAM)).state.messages == count


async def test_what_was_stored_before_is_stored_once(connect: OpenBus) -> None:
    relay, sent = await connect("relay"), parcels(60)
    assert await relay.publish_all(sent[:20]) == [None] * 20
    assert await relay.publish_all(sent[10:]) == [None] * 50
    assert await relay.publish_all(sent) == [None] * 60
    assert ids(await stored(await connect("provision"))) == [parcel.message_id for parcel in sent]


async def test_one_that_can_never_be_taken_does_not_hold_up_the_others(connect: OpenBus) -> None:
    sent = parcels(20)
    sent[7] = sent[7]._replace(payload=b"x" * 2_000_000)
    results = await (await connect("relay")).publish_all(sent)
    assert isinstance(results[7], nats.errors.MaxPayloadError)
    assert [place for place, error in enumerate(results) if error is not None] == [7]
    assert len(await stored(await connect("provision"))) == 19


async def test_a_broker_that_is_killed_meanwhile_has_everything_once(
    broker: Broker, connect: OpenBus
) -> None:
    relay, sent = await connect("relay"), parcels(600)

    async def publish() -> None:
        for start in range(0, len(sent), 60):
            assert await relay.publish_all(sent[start : start + 60]) == [None] * 60

    publishing = asyncio.create_task(publish())
    for _ in range(2):
        await broker.kill()
        await until(lambda: not relay.is_connected)
        await broker.start()
        await until(lambda: relay.is_connected)
    await publishing
    assert ids(await stored(await connect("provision"))) == [parcel.message_id for parcel in sent]


async def test_each_says_that_the_broker_stayed_away(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    await broker.kill()
    results = await relay.publish_all(parcels(20), patience=0.5)
    assert [type(error) for error in results] == [UnavailableError] * 20
