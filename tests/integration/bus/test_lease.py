"""Who leads: one at a time, the next within TTL + 1 s, with a fence that only grows."""

import asyncio
from collections.abc import Awaitable, Callable

from bus.connection import Bus
from bus.lease import Lease
from tests.integration.bus.conftest import Broker, OpenBus, Victim, until

TTL = 2.0
Victims = Callable[[str], Awaitable[Victim]]


def now() -> float:
    return asyncio.get_running_loop().time()


async def steal(provision_as: OpenBus, holder: Bus) -> None:
    """Write another's revision over the lease, as if ours had run out unnoticed."""
    other = await provision_as("scheduler")
    await other.js.publish("$KV.leases.test", b"another")


async def test_one_holds_and_the_other_waits_until_it_is_released(connect: OpenBus) -> None:
    first, second = [Lease(await connect("scheduler"), "test", TTL) for _ in range(2)]
    fence = await first.hold()
    waiting = asyncio.create_task(second.hold())
    done, _ = await asyncio.wait({waiting}, timeout=TTL * 1.6)
    assert not done and first.fence == fence and not first.lost.is_set(), "renewed beyond its TTL"
    await first.release()
    assert await asyncio.wait_for(waiting, 1.0) > fence
    assert first.fence == 0 and not first.lost.is_set()
    await second.release()


async def test_a_killed_holder_is_followed_within_its_ttl_and_a_second(
    connect: OpenBus, victims: Victims
) -> None:
    victim = await victims("lead")
    await until(lambda: len(victim.notes) == 1)
    lease = Lease(await connect("scheduler"), "test", TTL)
    waiting = asyncio.create_task(lease.hold())
    victim.process.kill()
    killed = now()
    fence = await asyncio.wait_for(waiting, TTL + 5)
    assert now() - killed <= TTL + 1.0
    assert fence > int(victim.notes[0].split()[1])
    await lease.release()


async def test_a_holder_whose_lease_another_has_knows_it(connect: OpenBus) -> None:
    bus = await connect("scheduler")
    lease = Lease(bus, "test", TTL)
    await lease.hold()
    await steal(connect, bus)
    await asyncio.wait_for(lease.lost.wait(), TTL)
    assert not lease.is_held and lease.fence == 0
    await lease.release()


async def test_a_holder_without_a_broker_gives_up_before_another_can_have_it(
    broker: Broker, connect: OpenBus
) -> None:
    lease = Lease(await connect("scheduler"), "test", TTL)
    await lease.hold()
    await broker.kill()
    killed = now()
    await asyncio.wait_for(lease.lost.wait(), TTL + 1)
    assert now() - killed <= TTL + 0.1
    await lease.release()
    await broker.start()


async def test_a_short_outage_does_not_cost_the_lease(broker: Broker, connect: OpenBus) -> None:
    lease = Lease(await connect("scheduler"), "test", 4.0)
    fence = await lease.hold()
    await broker.kill()
    await broker.start()
    losing = asyncio.create_task(lease.lost.wait())
    await asyncio.wait({losing}, timeout=6.0)
    assert lease.fence == fence and not lease.lost.is_set()
    losing.cancel()
    await asyncio.gather(losing, return_exceptions=True)
    await lease.release()


async def test_fences_grow_over_a_killed_broker(broker: Broker, connect: OpenBus) -> None:
    lease = Lease(await connect("scheduler"), "test", 1.0)
    fences = []
    for _ in range(3):
        fences.append(await lease.hold())
        await broker.kill()
        await asyncio.wait_for(lease.lost.wait(), 5)
        await broker.start()
    assert fences == sorted(set(fences))
    await lease.release()


async def test_a_lost_acknowledgement_does_not_cost_the_lease(connect: OpenBus) -> None:
    bus = await connect("scheduler")
    lease = Lease(bus, "test", 1.0)
    fence = await lease.hold()
    await bus.js.publish(
        "$KV.leases.test", lease._token, headers={"Nats-TTL": "1s"}
    )  # stored, but nobody told us
    losing = asyncio.create_task(lease.lost.wait())
    await asyncio.wait({losing}, timeout=2.5)
    assert lease.fence == fence and not losing.done()
    losing.cancel()
    await asyncio.gather(losing, return_exceptions=True)
    await lease.release()


async def test_leading_stops_with_the_lease_and_begins_again_with_it(connect: OpenBus) -> None:
    bus = await connect("scheduler")
    terms: list[int] = []
    cancelled = asyncio.Event()

    async def work(fence: int) -> None:
        terms.append(fence)
        if len(terms) == 1:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

    leading = asyncio.create_task(Lease(bus, "test", TTL).lead(work))
    await until(lambda: len(terms) == 1)
    await steal(connect, bus)
    await asyncio.wait_for(cancelled.wait(), TTL)
    await bus.bucket("leases").delete("test")
    await asyncio.wait_for(leading, 5)
    assert len(terms) == 2 and terms[1] > terms[0]
    async with asyncio.timeout(1), Lease(bus, "test", TTL):
        pass  # it was released
