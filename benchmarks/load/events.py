"""What agents reported: read from the stream that the scheduler reads, beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self
from uuid import UUID

from nats.js.api import AckPolicy, ConsumerConfig

from bus.connection import Bus
from contracts.messages import AgentCard, SegmentDone, SegmentReports, SegmentStarted
from contracts.settings import NatsSettings
from contracts.subjects import AGENTS_BUCKET, EVENTS, segment_reports

_BATCH = 500


class Events:
    """Reports and cards of agents, as the broker keeps them. Made by `listening`."""

    def __init__(self, bus: Bus) -> None:
        """`bus` may read streams."""
        self._bus = bus

    @classmethod
    @asynccontextmanager
    async def listening(cls, settings: NatsSettings) -> AsyncIterator[Self]:
        """Connected as the one user that may read every stream."""
        bus = await Bus.connect(settings, "provision")
        try:
            yield cls(bus)
        finally:
            await bus.close()

    async def spans(self, jobs: set[UUID]) -> dict[UUID, tuple[float, float]]:
        """From when to when each attempt held its slot, by the agents' clock, in seconds since 1970.

        The end is the start and the seconds of work: where an agent was kept from its processor in between, the slot
        was held a little longer, which counts as hand-over.
        """
        starts: dict[UUID, float] = {}
        spans: dict[UUID, tuple[float, float]] = {}
        async for data in self._stored(segment_reports("*")):
            for report in SegmentReports.model_validate_json(data).reports:
                if report.job_id not in jobs:
                    continue
                if isinstance(report, SegmentStarted):
                    starts[report.attempt_id] = report.at.timestamp()
                elif isinstance(report, SegmentDone):
                    begun = starts[report.attempt_id]
                    spans[report.attempt_id] = begun, begun + report.detail["work_seconds"]
        return spans

    async def _stored(self, subject: str) -> AsyncIterator[bytes]:
        config = ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=30.0, mem_storage=True)
        subscription = await self._bus.js.pull_subscribe(subject, stream=EVENTS, config=config)
        try:
            left = (await subscription.consumer_info()).num_pending or 0
            while left > 0:
                messages = await subscription.fetch(min(left, _BATCH), timeout=10)
                left -= len(messages)
                for message in messages:
                    yield message.data
        finally:
            await subscription.unsubscribe()

    async def has_agent(self, name: str) -> bool:
        """Whether the agent's card is there."""
        return await self._bus.bucket(AGENTS_BUCKET).get(name, AgentCard) is not None
