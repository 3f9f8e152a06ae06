"""A cancellation that gets lost on the way is given again."""

import asyncio
from collections.abc import Callable

import pytest

from bus import cancellation
from bus.cancellation import EndableGroup, end, endable
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellation, "REPEAT_SECONDS", 0.02)


class Deaf:
    """A loop that loses the first cancellation, whatever its Python does."""

    def __init__(self) -> None:
        self.lost = self.heeded = 0
        self.started = asyncio.Event()

    async def run(self) -> None:
        self.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.lost += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.heeded += 1


class AnsweredError(Exception):
    """What ends the group."""


async def test_wait_for_loses_a_cancellation_that_comes_with_the_answer() -> None:
    """Why all this is needed. Where it fails, Python was mended, and the rest may go."""
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(asyncio.wait_for(answer, PATIENCE))
    await asyncio.sleep(0)
    answer.set_result("here")
    waiting.cancel()
    assert await waiting == "here"


@pytest.mark.parametrize("wrapped", [lambda work: work, endable], ids=["plain", "endable"])
async def test_a_task_that_lost_its_cancellation_is_ended(wrapped: Callable) -> None:
    deaf = Deaf()
    task = asyncio.create_task(wrapped(deaf.run()))
    await deaf.started.wait()
    async with asyncio.timeout(PATIENCE):
        await end(task)
    assert (task.cancelled(), deaf.lost, deaf.heeded) == (True, 1, 1)


async def test_a_group_ends_though_a_task_of_it_lost_its_cancellation() -> None:
    deaf = Deaf()

    async def fail() -> None:
        await deaf.started.wait()
        raise AnsweredError

    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(PATIENCE), EndableGroup() as group:
            group.create_task(deaf.run())
            group.create_task(fail())
    assert caught.group_contains(AnsweredError)
    assert (deaf.lost, deaf.heeded) == (1, 1)


async def test_a_task_that_is_cancelled_before_it_begins_leaves_no_coroutine_behind() -> None:
    async def never() -> None:
        raise AssertionError("it must not begin")

    async with EndableGroup() as group:
        task = group.create_task(never())
        task.cancel()
    assert task.cancelled()


async def test_what_a_task_comes_to_is_passed_on() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    async with EndableGroup() as group:
        task = group.create_task(answer())
    assert task.result() == 42


async def test_what_has_ended_is_left_as_it_is() -> None:
    async def fail() -> None:
        raise AnsweredError

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    await end(task)
    assert isinstance(task.exception(), AnsweredError)
