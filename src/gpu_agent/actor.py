"""The agent actor: holds the secrets, talks to broker and object store, and lets workers do the rest."""

from contextlib import AsyncExitStack

from bus.actor import Actor
from bus.connection import Bus
from contracts import subjects
from contracts.messages import AgentCard, CancelWork, SegmentTask
from contracts.settings import Settings
from gpu_agent.attempts import Attempts
from gpu_agent.cancellation import Cancellations
from gpu_agent.card import agent_id, card, keep_card
from gpu_agent.hardware import hardware_encoders
from gpu_agent.makers import Makers, NoMaker
from gpu_agent.post import Post
from gpu_agent.slots import Slots
from gpu_agent.timed import TimedMaker
from gpu_agent.weights.cache import WeightsCache
from gpu_agent.working import WorkerMaker
from sandbox.scratch import scratch_folder
from storage.s3 import open_store

NAME = "agent"


async def run(settings: Settings) -> None:
    """Work as an agent until SIGTERM or SIGINT.

    Raises:
        UnavailableError: Broker or object store did not answer at the start, or the broker hung up for good.
    """
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(scratch_folder(settings.data / "agents"))
        slots = Slots(settings.agent)
        stack.push_async_callback(slots.close)
        if not settings.agent.timed:  # one that is there for tests and load may have hundreds of slots
            slots.warm()
        store = await stack.enter_async_context(open_store(settings.s3))
        bus = await Bus.connect(settings.nats, NAME)
        stack.push_async_callback(bus.close)
        cancellations = Cancellations()
        timed = TimedMaker() if settings.agent.timed else NoMaker()
        weights = WeightsCache(store, settings.data / "weights", scratch, settings.agent.weights_mb)
        makers = Makers(WorkerMaker(store, slots, scratch, weights), timed)
        post = Post(bus, agent_id(settings.agent))
        stack.push_async_callback(post.close)
        attempts = Attempts(post, makers, cancellations)
        encoders = await hardware_encoders(settings.agent)
        await _actor(settings, bus, attempts, cancellations, encoders).run()


def _actor(
    settings: Settings, bus: Bus, attempts: Attempts, cancellations: Cancellations, encoders: list[str]
) -> Actor:
    ours = settings.agent

    async def hear_cancellations() -> None:
        async with bus.listen(subjects.cancel_work("*"), CancelWork) as heard:
            async for _, message in heard:
                cancellations.hear(message)

    async def keep_our_card() -> None:
        bucket = bus.bucket(subjects.AGENTS_BUCKET)
        await keep_card(bucket, our_card, ours.heartbeat_seconds)

    def our_card() -> AgentCard:
        stopping = actor.is_stopping
        return card(ours, attempts.agent_id, attempts.busy, stopping=stopping, encoders=encoders)

    actor = Actor(NAME, bus, settings, grace=ours.grace_seconds)
    actor.consume(f"agents-{ours.pool}", SegmentTask, attempts.handle, concurrency=ours.slots)
    actor.background(hear_cancellations)
    actor.background(keep_our_card)
    return actor
