"""The connection: it waits for the server, survives its death, and loses no connection of its pool."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from tortoise.connection import get_connections

from contracts.errors import UnavailableError
from contracts.settings import DatabaseSettings
from storage import database as db
from storage.models import AuditEntry
from storage.orm import CONNECTION
from tests.integration.storage.victims import Victim, postgres_victim
from tests.waiting import PATIENCE


async def _note(action: str) -> None:
    async with db.transaction() as connection:
        await AuditEntry.create(using_db=connection, action=action, subject="test")


async def _until_there() -> None:
    while True:
        try:
            return await db.ping()
        except UnavailableError:
            await asyncio.sleep(0.05)


async def test_connect_waits_for_a_server_that_is_not_there_yet(tmp_path: Path) -> None:
    async with postgres_victim(tmp_path, started=False) as victim:
        connecting = asyncio.create_task(db.connect(victim.settings))
        await victim.start()
        await connecting
        await db.ping()
        await db.close()


async def test_connect_gives_up_in_time_and_leaves_nothing_open(tmp_path: Path) -> None:
    async with postgres_victim(tmp_path, started=False) as victim:
        with pytest.raises(UnavailableError):
            await db.connect(victim.settings, patience=0.3)
        await victim.start()
        await db.connect(victim.settings)
        await db.close()


async def test_actors_of_one_process_share_the_pool(
    postgres_server: DatabaseSettings, empty_database: DatabaseSettings
) -> None:
    await db.connect(postgres_server)
    await db.connect(postgres_server)
    await db.close()
    await db.ping()
    with pytest.raises(ValueError, match="another database"):
        await db.connect(empty_database)
    await db.close()


async def test_an_exception_undoes_everything(database: None) -> None:
    await _note("kept")
    with pytest.raises(LookupError):
        async with db.transaction() as connection:
            await AuditEntry.create(using_db=connection, action="undone", subject="test")
            raise LookupError
    assert [entry.action for entry in await AuditEntry.all()] == ["kept"]


async def test_an_inner_transaction_is_a_savepoint(database: None) -> None:
    async with db.transaction() as outer:
        await AuditEntry.create(using_db=outer, action="kept", subject="test")
        with pytest.raises(LookupError):
            async with db.transaction() as inner:
                await AuditEntry.create(using_db=inner, action="undone", subject="test")
                raise LookupError
    assert [entry.action for entry in await AuditEntry.all()] == ["kept"]


async def test_cancelled_transactions_give_their_connections_back(database: None) -> None:
    async def stuck(begun: asyncio.Event) -> None:
        async with db.transaction() as connection:
            begun.set()
            await connection.execute_query("SELECT pg_sleep(60)")

    for _ in range(20):  # more than the pool has
        begun = asyncio.Event()
        task = asyncio.create_task(stuck(begun))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(_note("after") for _ in range(20)))
    assert await AuditEntry.all().count() == 20


async def test_transactions_cancelled_while_they_begin_give_their_connections_back(database: None) -> None:
    pool = _pool()
    for _ in range(2 * pool.get_max_size()):
        idle = pool.get_idle_size()
        task = asyncio.create_task(_note("maybe"))
        while pool.get_idle_size() == idle and not task.done():
            await asyncio.sleep(0)
        task.cancel()  # it has its connection, and waits for the answer to BEGIN
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(_note("after") for _ in range(20)))
    assert await AuditEntry.filter(action="after").count() == 20


async def test_the_pool_recovers_after_the_server_was_killed(victim: Victim[DatabaseSettings]) -> None:
    await db.migrate(victim.settings)
    await db.connect(victim.settings)
    try:
        for death in range(3):
            await asyncio.gather(*(_note(f"before {death}") for _ in range(8)))  # fills the pool
            await victim.kill()
            lost = await asyncio.gather(*(_note("lost") for _ in range(12)), return_exceptions=True)
            assert all(isinstance(error, UnavailableError) for error in lost), lost
            await victim.start()
            async with asyncio.timeout(PATIENCE):
                await _until_there()
                await asyncio.gather(*(_note(f"after {death}") for _ in range(12)))
            assert await AuditEntry.filter(action=f"before {death}").count() == 8
            assert await AuditEntry.filter(action=f"after {death}").count() == 12
        assert await AuditEntry.filter(action="lost").count() == 0
    finally:
        await db.close()


async def test_work_under_way_when_the_server_dies_is_unavailable(victim: Victim[DatabaseSettings]) -> None:
    await db.connect(victim.settings)
    try:
        async with asyncio.TaskGroup() as group:
            sleeping = [group.create_task(_sleep_in_transaction()) for _ in range(4)]
            await _until_busy()
            await victim.kill()
        assert [task.result() for task in sleeping] == ["unavailable"] * 4
        await victim.start()
        async with asyncio.timeout(PATIENCE):
            await _until_there()
            await asyncio.gather(*(db.ping() for _ in range(12)))
    finally:
        await db.close()


async def _sleep_in_transaction() -> str:
    try:
        async with db.transaction() as connection:
            await connection.execute_query("SELECT pg_sleep(60)")
    except UnavailableError:
        return "unavailable"
    return "done"


async def _until_busy() -> None:
    """Wait until all four sleepers sleep: the pool has no fifth connection, so ask the pool itself."""
    pool = _pool()
    while pool.get_idle_size() or pool.get_size() < 4:
        await asyncio.sleep(0.01)


def _pool() -> "asyncpg.Pool[asyncpg.Record]":
    pool = get_connections().get(CONNECTION)._pool  # type: ignore[attr-defined]
    assert isinstance(pool, asyncpg.Pool)
    return pool
