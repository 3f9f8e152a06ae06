"""The actor runtime against a real broker: what becomes of a message, whatever happens to its handler."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from aiohttp import ClientSession

from bus import topology
from bus.actor import Actor, Delivery, Later
from bus.connection import Bus
from contracts import subjects
from contracts.errors import MediaError, Reason, UnavailableError
from contracts.messages import DeadLetter, MergeTask
from tests.integration.bus.conftest import LEASE, Broker, OpenBus, Victim, running
from tests.waiting import PATIENCE, until

Victims = Callable[[str], Awaitable[Victim]]


async def send(bus: Bus, count: int = 1) -> list[UUID]:
    jobs = [uuid4() for _ in range(count)]
    await asyncio.gather(
        *(bus.publish(subjects.merge_task(job), MergeTask(job_id=job), str(job)) for job in jobs)
    )
    return jobs


async def left(bus: Bus, stream: str = "MERGES") -> int:
    """Messages a work queue still holds: not acknowledged, not terminated."""
    return (await bus.request_stream_info(stream)).state.messages


class Recorder:
    """A handler that notes what it got, then does as it is told."""

    def __init__(self, behave: Callable[[Delivery], Awaitable[None]] | None = None) -> None:
        self.seen: list[tuple[UUID, int]] = []
        self.at_once = self.most_at_once = 0
        self._behave = behave

    async def __call__(self, message: MergeTask, delivery: Delivery) -> None:
        self.seen.append((message.job_id, delivery.deliveries))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._behave is not None:
                await self._behave(delivery)
        finally:
            self.at_once -= 1


async def emptied(bus: Bus, remaining: int = 0) -> None:
    async def is_so() -> bool:
        return await left(bus) == remaining

    await until(is_so)


async def test_every_message_is_handled_once_and_acknowledged(broker: Broker, connect: OpenBus) -> None:
    jobs = await send(await connect("relay"), 300)
    handler = Recorder(lambda delivery: asyncio.sleep(0.002))
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, concurrency=16)
    async with running(actor):
        await until(lambda: len(handler.seen) >= 300)
        await emptied(await connect("provision"))
    assert Counter(handler.seen) == Counter((job, 1) for job in jobs)
    assert 1 < handler.most_at_once <= 16


async def test_no_more_is_fetched_than_there_is_room_for(broker: Broker, connect: OpenBus) -> None:
    await send(await connect("relay"), 5)
    slots, go_on = 2, asyncio.Event()
    handler = Recorder(lambda delivery: _wait(go_on))
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, concurrency=lambda: slots)
    provision = await connect("provision")

    async def handed_out() -> int:
        return (await provision.js.consumer_info("MERGES", "merger")).num_ack_pending or 0

    async with running(actor):
        await until(lambda: len(handler.seen) == 2)
        assert await handed_out() == 2
        slots = 3
        await until(lambda: len(handler.seen) == 3)
        assert await handed_out() == 3
        slots = 0
        go_on.set()
        await emptied(provision, remaining=2)  # acknowledgements take their own way to the broker
        assert await handed_out() == 0
        slots = 1
        await emptied(provision)
    assert all(deliveries == 1 for _, deliveries in handler.seen)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_long_handler_is_left_alone(broker: Broker, connect: OpenBus) -> None:
    await send(await connect("relay"))
    handler = Recorder(lambda delivery: asyncio.sleep(LEASE * 2))
    settings = broker.actor_settings()
    first, second = [Actor("merger", await connect("merger"), settings) for _ in range(2)]
    for actor in (first, second):
        actor.consume("merger", MergeTask, handler)
    async with running(first), running(second):
        await until(lambda: len(handler.seen) == 1)
        await emptied(await connect("provision"))
    assert len(handler.seen) == 1


async def test_later_and_outages_wait_without_being_counted(broker: Broker, connect: OpenBus) -> None:
    await send(await connect("relay"))
    errors: list[Exception] = [
        Later(0.05),
        UnavailableError("database"),
        ConnectionResetError(),
        Later(0),
        RuntimeError("once"),
    ]

    async def behave(delivery: Delivery) -> None:
        if errors:
            raise errors.pop(0)

    handler = Recorder(behave)
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, max_deliveries=2)
    async with running(actor):
        await until(lambda: len(handler.seen) == 6)
        await emptied(await connect("provision"))
    assert [deliveries for _, deliveries in handler.seen] == [1, 2, 3, 4, 5, 6]


async def test_poison_becomes_a_dead_letter_with_reason_and_payload(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    [job] = await send(relay)

    async def refuse(delivery: Delivery) -> None:
        raise MediaError(Reason.TRUNCATED, "The file ends early.")

    handler = Recorder(refuse)
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler)
    async with running(actor):
        letter = await next_letter(relay)
        await emptied(await connect("provision"))
    assert len(handler.seen) == 1
    assert (letter.actor, letter.subject, letter.deliveries) == ("merger", subjects.merge_task(job), 1)
    assert "truncated" in letter.reason and "ends early" in letter.reason
    assert MergeTask.model_validate_json(letter.payload).job_id == job


async def test_what_is_no_message_becomes_a_dead_letter(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    await relay.publish(subjects.merge_task(uuid4()), b'{"job_id": "nonsense"}')
    handler = Recorder()
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler)
    async with running(actor):
        letter = await next_letter(relay)
        await emptied(await connect("provision"))
    assert not handler.seen
    assert letter.payload == '{"job_id": "nonsense"}'


async def test_a_bug_is_tried_again_then_becomes_a_dead_letter(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    await send(relay)

    async def crash(delivery: Delivery) -> None:
        raise RuntimeError("each time")

    handler = Recorder(crash)
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, max_deliveries=3)
    async with running(actor):
        letter = await next_letter(relay)
        await emptied(await connect("provision"))
    assert [deliveries for _, deliveries in handler.seen] == [1, 2, 3]
    assert "3 tries" in letter.reason and "each time" in letter.reason


async def test_a_letter_that_cannot_be_filed_stays_a_letter(broker: Broker, connect: OpenBus) -> None:
    """No letters about letters: the relay's own poison waits for a relay that can read it."""
    merger, relay = await connect("merger"), await connect("relay")
    await merger.publish(subjects.dead_letter("merger"), b"no letter at all")
    actor = Actor("relay", relay, broker.actor_settings())
    actor.consume("relay", DeadLetter, Recorder())  # type: ignore[arg-type]
    async with running(actor):
        provision = await connect("provision")

        async def delayed() -> bool:
            info = await provision.js.consumer_info("DEADLETTERS", "relay")
            return info.num_ack_pending == 1 and b"visage_failed_total" in actor.metrics.text()

        await until(delayed)
        assert await left(provision, "DEADLETTERS") == 1


async def test_a_hung_handler_is_cancelled_and_counted(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    await send(relay)
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    handler = Recorder(lambda delivery: asyncio.sleep(3600))
    actor.consume("merger", MergeTask, handler, timeout=0.05, max_deliveries=2)
    async with running(actor):
        letter = await next_letter(relay)
    assert "still running after 0.05 s" in letter.reason


async def next_letter(relay: Bus) -> DeadLetter:
    subscription = await relay.js.pull_subscribe_bind("relay", stream="DEADLETTERS")
    [msg] = await subscription.fetch(1, timeout=PATIENCE)
    await msg.ack()
    await subscription.unsubscribe()
    return DeadLetter.model_validate_json(msg.data)


async def test_work_of_a_killed_process_is_done_by_another(
    broker: Broker, connect: OpenBus, victims: Victims
) -> None:
    jobs = await send(await connect("relay"), 3)
    victim = await victims("hang")
    await until(lambda: len(victim.notes) == 3)
    handler = Recorder()
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, concurrency=3)
    async with running(actor):
        assert not handler.seen
        victim.process.kill()
        await until(lambda: len(handler.seen) == 3)
        await emptied(await connect("provision"))
    assert Counter(handler.seen) == Counter((job, 2) for job in jobs)


async def test_sigterm_drains(connect: OpenBus, victims: Victims) -> None:
    jobs = await send(await connect("relay"), 6)
    victim = await victims("slow")
    await until(lambda: len(victim.notes) >= 4)
    victim.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(victim.process.wait(), PATIENCE) == 0
    started, ended = (
        [note.split()[1] for note in victim.notes if note.startswith(word)] for word in ("started", "ended")
    )
    assert sorted(started) == sorted(ended)
    provision = await connect("provision")
    assert await left(provision) == len(jobs) - len(ended)
    assert (await provision.js.consumer_info("MERGES", "merger")).num_ack_pending == 0


async def test_handlers_beyond_the_grace_are_cancelled_and_handed_back_at_once(
    broker: Broker, connect: OpenBus
) -> None:
    await topology.provision(
        broker.settings.model_copy(update={"lease_seconds": 3600.0})
    )  # nobody waits for that
    await send(await connect("relay"))
    hanging = Recorder(lambda delivery: asyncio.sleep(3600))
    slow = Actor("merger", await connect("merger"), broker.actor_settings(), grace=0.1)
    slow.consume("merger", MergeTask, hanging)
    async with running(slow):
        await until(lambda: len(hanging.seen) == 1)
    assert hanging.at_once == 0
    handler = Recorder()
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler)
    async with running(actor):
        await emptied(await connect("provision"))
    assert len(handler.seen) == 1


async def test_a_killed_broker_costs_nothing_and_doubles_nothing(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    jobs = await send(relay, 40)
    handler = Recorder(lambda delivery: asyncio.sleep(0.05))
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler, concurrency=4)
    async with running(actor):
        for done in (8, 20):
            await until(lambda done=done: len(handler.seen) >= done)  # type: ignore[misc]
            await broker.kill()
            await until(lambda: not relay.is_connected)
            await broker.start()
        await emptied(await connect("provision"))
    assert {job for job, _ in handler.seen} == set(jobs)
    assert len(handler.seen) == len(jobs), (
        "a message whose acknowledgement was lost is only acknowledged again"
    )


async def test_a_delay_survives_a_restarted_broker(broker: Broker, connect: OpenBus) -> None:
    """Only a kill -9 within a moment of the answer cuts it short: who must not be early looks at the row."""
    await send(await connect("relay"))
    clock = asyncio.get_running_loop()
    times: list[float] = []

    async def behave(delivery: Delivery) -> None:
        times.append(clock.time())
        if len(times) == 1:
            raise Later(4.0)

    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, Recorder(behave))
    async with running(actor):
        await until(lambda: len(times) == 1)
        await broker.stop()
        await broker.start()
        await until(lambda: len(times) == 2)
    assert times[1] - times[0] >= 2.5


async def test_a_consumer_that_vanishes_and_comes_back_is_pulled_again(
    broker: Broker, connect: OpenBus
) -> None:
    provision, relay = await connect("provision"), await connect("relay")
    handler = Recorder()
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler)
    async with running(actor):
        await send(relay)
        await until(lambda: len(handler.seen) == 1)
        config = (await provision.js.consumer_info("MERGES", "merger")).config
        await provision.js.delete_consumer("MERGES", "merger")

        async def says_so() -> bool:
            return (await ask(actor, "readyz"))[0] == 503

        await until(says_so)
        await provision.js.add_consumer("MERGES", config)
        await send(relay)
        await until(lambda: len(handler.seen) == 2)
        assert (await ask(actor, "readyz"))[0] == 200


async def test_a_password_that_was_changed_ends_the_actor(broker: Broker, connect: OpenBus) -> None:
    hanging = Recorder(lambda delivery: asyncio.sleep(3600))
    await send(await connect("relay"))
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, hanging)
    task = asyncio.create_task(actor.run())
    await until(lambda: hanging.at_once == 1)
    await broker.kill()
    await broker.start(passwords="changed")
    with pytest.raises(UnavailableError):
        await asyncio.wait_for(task, PATIENCE)
    assert hanging.at_once == 0


async def ask(actor: Actor, path: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{actor.port}/{path}") as answer:
        return answer.status, await answer.text()


async def test_the_window_tells_health_readiness_and_counts(broker: Broker, connect: OpenBus) -> None:
    relay = await connect("relay")
    away = False

    async def database() -> None:
        if away:
            raise UnavailableError("database")

    async def once_wrong(delivery: Delivery) -> None:
        if delivery.deliveries == 1:
            raise RuntimeError("once")

    handler = Recorder(once_wrong)
    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.consume("merger", MergeTask, handler)
    actor.on_ready(database)
    async with running(actor):
        assert (await ask(actor, "healthz"))[0] == 200
        assert (await ask(actor, "readyz"))[0] == 200
        away = True
        status, text = await ask(actor, "readyz")
        assert status == 503 and "database" in text
        await send(relay)
        await until(lambda: len(handler.seen) == 2)
        await emptied(await connect("provision"))
        _, metrics = await ask(actor, "metrics")
        await broker.kill()
        await until(lambda: not relay.is_connected)
        status, text = await ask(actor, "readyz")
        assert status == 503 and "broker" in text
        assert (await ask(actor, "healthz"))[0] == 200, "an outage is no reason to be killed"
        await broker.start()
    labels = '{actor="merger",consumer="merger"'
    for line in (
        f"visage_deliveries_total{labels}}} 2.0",
        f"visage_redeliveries_total{labels}}} 1.0",
        f"visage_handled_total{labels}}} 1.0",
        f'visage_failed_total{labels},reason="RuntimeError"}} 1.0',
        f"visage_handler_seconds_count{labels}}} 2.0",
    ):
        assert line in metrics


async def test_the_port_is_written_where_the_supervisor_looks(victims: Victims) -> None:
    victim = await victims("slow")
    await until(victim.health.exists)
    async with ClientSession() as session:
        url = f"http://127.0.0.1:{int(victim.health.read_text())}/healthz"
        async with session.get(url) as answer:
            assert answer.status == 200


async def test_other_loops_run_until_the_end(broker: Broker, connect: OpenBus) -> None:
    ticks, ended = 0, asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1

    async def serve() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    actor = Actor("merger", await connect("merger"), broker.actor_settings())
    actor.every(0.01, tick)
    actor.background(serve)
    async with running(actor):
        await until(lambda: ticks > 3)
        assert not ended.is_set()
    assert ended.is_set()
