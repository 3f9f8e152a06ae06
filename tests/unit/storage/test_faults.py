"""Only the loss of a server is taken for one."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from contracts.errors import UnavailableError
from storage.faults import guard

AWAY: list[Exception] = [
    ConnectionRefusedError(),
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.CannotConnectNowError(),
    asyncpg.InterfaceError("cannot call Connection.execute(): connection is closed"),
]
OWN: list[Exception] = [
    IntegrityError("duplicate key"),
    asyncpg.UndefinedTableError(),
    asyncpg.InterfaceError("another operation is in progress"),
    FileNotFoundError(),
    KeyError("x"),
]


@guard()
async def _fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("error", AWAY, ids=repr)
async def test_a_lost_server_is_unavailable(error: Exception) -> None:
    with pytest.raises(UnavailableError) as caught:
        await _fail(error)
    assert caught.value.detail["what"] == "database"
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", OWN, ids=repr)
async def test_our_own_mistakes_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        await _fail(error)
    assert caught.value is error


async def break_off() -> None:
    async with guard():
        try:
            await asyncio.Event().wait()
        finally:
            raise ConnectionError("the driver takes a cancelled attempt to connect for a failed one")


async def test_a_task_that_was_cancelled_ends_as_cancelled() -> None:
    """Else a loop that goes on after an outage would go on for ever."""
    task = asyncio.create_task(break_off())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
