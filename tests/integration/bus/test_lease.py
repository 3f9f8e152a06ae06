"""Who leads: one at a time, the next when a lease has ended, with a fence that only grows."""

import asyncio
from collections.abc import Awaitable, Callable

from bus.bucket import is_removal
from bus.connection import Bus
from bus.lease import Lease
from tests.integration.bus.conftest import Broker, OpenBus, Victim
from tests.waiting import PATIENCE, until

TTL = 2.0
LONG = 3.0  # where it must not be lost by the way
Victims = Callable[[str], Awaitable[Victim]]


async def steal(provision_as: OpenBus, holder: Bus) -> None:
    """Write another's revision over the lease, as if ours had run out unnoticed."""
    other = await provision_as("scheduler")
    await other.js.publish("$KV.leases.test", b"another")


async def test_one_holds_and_the_other_waits_until_it_is_released(connect: OpenBus) -> None:
    buses = [await connect("scheduler") for _ in range(2)]
    first, second = [Lease(bus, "test", LONG) for bus in buses]
    fence = await first.hold()
    waiting = asyncio.create_task(second.hold())
    await until(lambda: revision(buses[0], fence + 4))  # renewed beyond its TTL
    assert not waiting.done() and first.fence == fence and not first.lost.is_set()
    await first.release()
    assert await asyncio.wait_for(waiting, PATIENCE) > fence
    assert first.fence == 0 and not first.lost.is_set()
    await second.release()


async def revision(bus: Bus, least: int) -> bool:
    """Whether the lease was written so often."""
    last = await bus.bucket("leases").last("test")
    return last is not None and (last.seq or 0) >= least


async def test_a_killed_holder_is_followed(connect: OpenBus, victims: Victims) -> None:
    victim = await victims("lead")
    await until(lambda: len(victim.notes) == 1)
    bus = await connect("scheduler")
    lease = Lease(bus, "test", TTL)
    waiting = asyncio.create_task(lease.hold())
    last = await bus.bucket("leases").last("test")
    assert last is not None and (last.headers or {})["Nats-TTL"] == f"{TTL:.0f}s", (
        "when the broker removes it"
    )
    victim.process.kill()
    fence = await asyncio.wait_for(waiting, PATIENCE)
    assert fence > int(victim.notes[0].split()[1])
    await lease.release()


async def test_a_holder_whose_lease_another_has_knows_it(connect: OpenBus) -> None:
    bus = await connect("scheduler")
    lease = Lease(bus, "test", TTL)
    await lease.hold()
    await steal(connect, bus)
    await asyncio.wait_for(lease.lost.wait(), PATIENCE)
    assert not lease.is_held and lease.fence == 0
    await lease.release()


async def test_a_holder_gives_up_although_no_broker_tells_it_to(broker: Broker, connect: OpenBus) -> None:
    lease = Lease(await connect("scheduler"), "test", TTL)
    await lease.hold()
    await broker.kill()
    await asyncio.wait_for(lease.lost.wait(), PATIENCE)
    await lease.release()
    await broker.start()


async def test_a_short_outage_does_not_cost_the_lease(broker: Broker, connect: OpenBus) -> None:
    bus = await connect("scheduler")
    lease = Lease(bus, "test", 12.0)
    fence = await lease.hold()
    await broker.kill()
    await broker.start()
    await until(lambda: bus.is_connected)
    await until(lambda: revision(bus, fence + 1))
    assert lease.fence == fence and not lease.lost.is_set()
    await lease.release()


async def test_fences_grow_over_a_killed_broker(broker: Broker, connect: OpenBus) -> None:
    lease = Lease(await connect("scheduler"), "test", 1.0)
    fences = []
    for _ in range(3):
        fences.append(await lease.hold())
        await broker.kill()
        await asyncio.wait_for(lease.lost.wait(), PATIENCE)
        await broker.start()
    assert fences == sorted(set(fences))
    await lease.release()


async def test_a_lost_acknowledgement_does_not_cost_the_lease(connect: OpenBus) -> None:
    bus = await connect("scheduler")
    lease = Lease(bus, "test", LONG)
    fence = await lease.hold()
    ack = await bus.js.publish("$KV.leases.test", lease._token, headers={"Nats-TTL": f"{LONG:.0f}s"})
    await until(lambda: lease.lost.is_set() or lease._revision > ack.seq)  # it was stored, but nobody told us
    assert lease.fence == fence and not lease.lost.is_set()
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
    await asyncio.wait_for(cancelled.wait(), PATIENCE)
    await bus.bucket("leases").delete("test")
    await asyncio.wait_for(leading, PATIENCE)
    assert len(terms) == 2 and terms[1] > terms[0]
    last = await bus.bucket("leases").last("test")
    assert last is not None and is_removal(last.headers), "it was not released"
