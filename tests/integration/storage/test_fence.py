"""A leader that stands still in the middle of a transaction does not keep its successor waiting."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from contracts.errors import UnavailableError
from storage.fence import Deposed, fenced, take_fence
from storage.outcomes import settling
from tests.waiting import PATIENCE

Hold = Callable[[int], AbstractAsyncContextManager[object]]


@pytest.mark.parametrize(
    "hold", [fenced, lambda token: settling([uuid4()], token)], ids=["fenced", "settling"]
)
async def test_a_successor_does_not_wait_for_the_end_of_a_leader_that_stands_still(
    database: None, hold: Hold
) -> None:
    token, begun, go_on = await take_fence(7), asyncio.Event(), asyncio.Event()

    async def stand_still() -> None:
        async with hold(token):
            begun.set()
            await go_on.wait()

    still = asyncio.create_task(stand_still())
    await begun.wait()
    assert await asyncio.wait_for(take_fence(8), PATIENCE) > token
    go_on.set()
    with pytest.raises(UnavailableError):
        await still
    with pytest.raises(Deposed):
        async with hold(token):
            pass
