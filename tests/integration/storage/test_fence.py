"""A leader that stands still in the middle of a transaction does not keep its successor waiting."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest

from contracts.errors import UnavailableError
from storage.fence import Deposed, fenced, take_fence
from storage.outcomes import settling

Hold = Callable[[int], AbstractAsyncContextManager[object]]


@pytest.mark.parametrize(
    "hold", [fenced, lambda token: settling([uuid4()], token)], ids=["fenced", "settling"]
)
async def test_a_successor_waits_two_seconds_for_a_leader_that_stands_still(
    database: None, hold: Hold
) -> None:
    token, begun = await take_fence(7), asyncio.Event()

    async def stand_still() -> None:
        async with hold(token):
            begun.set()
            await asyncio.sleep(4.0)

    still = asyncio.create_task(stand_still())
    await begun.wait()
    started = time.monotonic()
    assert await take_fence(8) > token
    assert time.monotonic() - started < 3.5
    with pytest.raises(UnavailableError):
        await still
    with pytest.raises(Deposed):
        async with hold(token):
            pass
