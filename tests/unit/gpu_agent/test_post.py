"""What is said at about the same time goes in one message, in its order; whoever said it hears of its end."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pydantic import BaseModel

from contracts.errors import UnavailableError
from contracts.messages import Report, SegmentDone, SegmentReports, SegmentStarted
from contracts.subjects import segment_reports
from gpu_agent.post import Post

JOB = uuid4()


class Broker:
    """Stores what is published, as soon as `open` is set."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, SegmentReports]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        self.fault: Exception | None = None

    async def publish(
        self, subject: str, message: BaseModel, message_id: str | None = None, *, patience: float = 0.0
    ) -> None:
        self.asked.set()
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        assert isinstance(message, SegmentReports)
        self.stored.append((subject, message))

    async def announce(self, subject: str, message: BaseModel) -> None:
        raise AssertionError("reports are not announced")

    @property
    def reports(self) -> list[list[Report]]:
        return [message.reports for _, message in self.stored]


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
async def post(broker: Broker) -> AsyncIterator[Post]:
    post = Post(broker, "a")
    yield post
    await post.close()


def began() -> SegmentStarted:
    return SegmentStarted(attempt_id=uuid4(), job_id=JOB, segment_index=0, agent_id="a")


def ended() -> SegmentDone:
    return SegmentDone(
        attempt_id=uuid4(), job_id=JOB, segment_index=0, agent_id="a", frames=1, faces=0, face_frames=0,
        gpu_seconds=0.1,
    )  # fmt: skip


async def test_a_beginning_waits_for_the_end_and_both_go_together(post: Post, broker: Broker) -> None:
    first, last = began(), ended()
    told = post.send(first)
    await asyncio.sleep(0)
    assert broker.stored == []
    await post.send(last)
    assert told.done()
    assert broker.stored == [(segment_reports("a"), SegmentReports(reports=[first, last]))]


async def test_a_beginning_alone_is_told_too(post: Post, broker: Broker) -> None:
    first = began()
    await post.send(first)
    assert broker.reports == [[first]]


async def test_what_is_said_while_a_message_is_stored_goes_in_the_next(post: Post, broker: Broker) -> None:
    broker.open.clear()
    reports = [ended() for _ in range(500)]
    told = [post.send(reports[0])]
    await broker.asked.wait()
    told += [post.send(report) for report in reports[1:]]
    broker.open.set()
    await asyncio.gather(*told)
    assert [len(some) for some in broker.reports] == [1, 200, 200, 99]
    assert [report for some in broker.reports for report in some] == reports


async def test_what_cannot_be_stored_is_an_error_of_whoever_said_it(post: Post, broker: Broker) -> None:
    broker.fault = UnavailableError("message broker")
    post.send(began())  # nobody waits for this one, and nobody need hear
    with pytest.raises(UnavailableError):
        await post.send(ended())
    broker.fault = None
    await post.send(ended())
    assert len(broker.stored) == 1
