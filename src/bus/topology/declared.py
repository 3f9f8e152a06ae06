"""Which streams, consumers and buckets there are.

Messages that go through an outbox are remembered for ten minutes, so that a relay that died between sending
and marking does not double them; segments and their events, far more of them, for two. Handlers are
idempotent beyond that.
"""

from bus.topology.specs import MB, BucketSpec, ConsumerSpec, StreamSpec
from contracts import subjects

OUTBOX_WINDOW = 600.0  # seconds
WEEK = 7 * 24 * 3600.0  # seconds
AGENT_TTL = 3.0  # seconds; three missed heartbeats

STREAMS: dict[str, StreamSpec] = {
    spec.name: spec
    for spec in (
        StreamSpec(subjects.JOBS, ("jobs.>",), duplicate_seconds=OUTBOX_WINDOW),
        StreamSpec(subjects.COMMANDS, ("commands.>",), duplicate_seconds=OUTBOX_WINDOW),
        StreamSpec(subjects.SEGMENTS, ("segments.>",)),
        StreamSpec(subjects.EVENTS, ("events.>",), work_queue=False, max_age=WEEK, max_bytes=256 * MB),
        StreamSpec(subjects.MERGES, ("merges.>",), duplicate_seconds=OUTBOX_WINDOW),
        StreamSpec(subjects.WEBHOOKS, ("webhooks.>",), duplicate_seconds=OUTBOX_WINDOW),
        StreamSpec(subjects.DEADLETTERS, ("deadletters.>",), duplicate_seconds=OUTBOX_WINDOW),
    )
}


def consumer_of_pool(pool: str) -> ConsumerSpec:
    """The consumer that the agents of a pool share."""
    return ConsumerSpec(f"agents-{pool}", subjects.SEGMENTS, subjects.segment_task(pool))


CONSUMERS: dict[str, ConsumerSpec] = {
    spec.name: spec
    for spec in (
        ConsumerSpec("scheduler-jobs", subjects.JOBS, "jobs.>"),
        ConsumerSpec("scheduler-commands", subjects.COMMANDS, "commands.>"),
        ConsumerSpec("scheduler-segments", subjects.EVENTS, "events.segment.>"),
        ConsumerSpec("webhooks-jobs", subjects.EVENTS, "events.job.>"),
        ConsumerSpec("merger", subjects.MERGES, "merges.>"),
        ConsumerSpec("webhooks", subjects.WEBHOOKS, "webhooks.>", max_ack_pending=100_000),
        ConsumerSpec("relay", subjects.DEADLETTERS, "deadletters.>"),
        consumer_of_pool(subjects.DEFAULT_POOL),
    )
}

BUCKETS: dict[str, BucketSpec] = {
    spec.name: spec
    for spec in (
        BucketSpec(subjects.AGENTS_BUCKET, ttl=AGENT_TTL),
        BucketSpec(subjects.LEASES_BUCKET),
    )
}


def consumer_spec(name: str) -> ConsumerSpec:
    """The declared consumer, or a pool's by its name ("agents-<pool>").

    Raises:
        KeyError: There is no such consumer.
    """
    if name not in CONSUMERS and name.startswith("agents-"):
        return consumer_of_pool(name.removeprefix("agents-"))
    return CONSUMERS[name]
