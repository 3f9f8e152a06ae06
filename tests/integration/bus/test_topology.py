"""The declared topology comes to be, again and again, and buckets forget."""

import asyncio
from uuid import uuid4

from bus import topology
from contracts import subjects
from contracts.messages import AgentCard, MergeTask
from tests.integration.bus.conftest import LEASE, Broker, OpenBus
from tests.waiting import PATIENCE, until


def card(agent: str) -> AgentCard:
    return AgentCard(agent_id=agent, pool="default", slots=1, engines=[], device="cpu", host="here", pid=1)


async def test_provisioning_by_several_at_once_and_again_changes_nothing(
    broker: Broker, connect: OpenBus
) -> None:
    relay, provision = await connect("relay"), await connect("provision")
    await relay.publish(subjects.merge_task(uuid4()), MergeTask(job_id=uuid4()))
    await asyncio.gather(*(topology.provision(broker.settings) for _ in range(4)))
    for spec in topology.STREAMS.values():
        info = await provision.request_stream_info(spec.name)
        assert info.config.subjects == list(spec.subjects)
        assert info.state.messages == (1 if spec.name == "MERGES" else 0)
    for consumer in topology.CONSUMERS.values():
        config = (await provision.js.consumer_info(consumer.stream, consumer.name)).config
        assert (config.filter_subject, config.ack_wait, config.max_deliver) == (
            consumer.filter_subject,
            LEASE,
            -1,
        )


async def test_a_changed_declaration_is_applied_to_what_is_there(broker: Broker, connect: OpenBus) -> None:
    provision = await connect("provision")
    for name in ("MERGES", "KV_agents"):
        config = (await provision.request_stream_info(name)).config
        await provision.js.update_stream(config, max_msgs=77)
    longer = broker.settings.model_copy(update={"lease_seconds": 7.0})
    await topology.provision(longer)
    for name in ("MERGES", "KV_agents"):
        assert (await provision.request_stream_info(name)).config.max_msgs == -1
    assert (await provision.js.consumer_info("MERGES", "merger")).config.ack_wait == 7.0


async def test_the_topology_outlives_a_killed_broker(broker: Broker, connect: OpenBus) -> None:
    await broker.kill()
    await broker.start()
    provision = await connect("provision")
    for stream in (*topology.STREAMS, *(f"KV_{bucket}" for bucket in topology.BUCKETS)):
        assert (await provision.request_stream_info(stream)).config.name == stream


async def test_pools_have_consumers_of_their_own(broker: Broker, connect: OpenBus) -> None:
    await topology.provision(broker.settings, pools=["default", "big"])
    scheduler, agent = await connect("scheduler"), await connect("agent")
    await scheduler.publish(subjects.segment_task("big"), MergeTask(job_id=uuid4()))
    await scheduler.publish(subjects.segment_task("default"), MergeTask(job_id=uuid4()))
    for pool in ("big", "default"):
        subscription = await agent.js.pull_subscribe_bind(f"agents-{pool}", stream="SEGMENTS")
        [msg] = await subscription.fetch(1, timeout=PATIENCE)
        assert msg.subject == subjects.segment_task(pool)
        await subscription.unsubscribe()


async def test_a_card_that_is_not_renewed_is_removed(connect: OpenBus) -> None:
    bucket = (await connect("agent")).bucket(subjects.AGENTS_BUCKET)
    reader = (await connect("scheduler")).bucket(subjects.AGENTS_BUCKET)
    await bucket.put("dies", card("dies"))

    async def gone() -> bool:
        await bucket.put("lives", card("lives"))
        return "dies" not in await reader.entries(AgentCard)

    assert await reader.get("dies", AgentCard) == (await reader.entries(AgentCard))["dies"]
    await until(gone)
    assert (await reader.entries(AgentCard)).keys() == {"lives"}
    assert await reader.get("dies", AgentCard) is None


async def test_a_deleted_entry_is_gone_and_an_unreadable_one_is_left_out(connect: OpenBus) -> None:
    bucket = (await connect("agent")).bucket(subjects.AGENTS_BUCKET)
    reader = (await connect("gateway")).bucket(subjects.AGENTS_BUCKET)
    assert await reader.entries(AgentCard) == {}
    await bucket.put("a.b-1", card("a"))
    await bucket.put("broken", b"{}")
    assert (await reader.entries(AgentCard)).keys() == {"a.b-1"}
    await bucket.delete("a.b-1")
    assert await reader.entries(AgentCard) == {}
    assert await reader.get("a.b-1", AgentCard) is None
