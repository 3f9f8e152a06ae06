"""Migrations: safe side by side, equal to the models, and reversible."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from aerich import Command
from tortoise.context import TortoiseContext

from contracts.errors import UnavailableError
from contracts.settings import DatabaseSettings
from contracts.tiers import DEFAULT_TIERS
from storage import database as db
from storage.models import Tier
from storage.orm import APP, orm_config, url_of
from storage.schema import MIGRATIONS
from visage.embedded.ports import free_port

_UNINDEXED = """
SELECT tab.relname, att.attname FROM pg_constraint AS con
JOIN pg_class AS tab ON tab.oid = con.conrelid
JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
WHERE con.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index AS idx WHERE idx.indrelid = con.conrelid AND idx.indkey[0] = con.conkey[1]
)
"""


@asynccontextmanager
async def _aerich(settings: DatabaseSettings, location: Path) -> AsyncIterator[Command]:
    config = orm_config(url_of(settings), pool=1)
    async with TortoiseContext() as context:
        await context.init(config)
        command = Command(config, app=APP, location=str(location))
        await command.init()
        yield command


async def _tables(settings: DatabaseSettings) -> set[str]:
    connection = await asyncpg.connect(url_of(settings))
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows}


async def test_several_at_once_on_an_empty_database(empty_database: DatabaseSettings) -> None:
    applied = await asyncio.gather(*(db.migrate(empty_database) for _ in range(4)))
    assert sorted(map(len, applied)) == [0, 0, 0, len(list((MIGRATIONS / APP).glob("[0-9]*.py")))]
    assert {"jobs", "outbox", "uploads", "tiers"} < await _tables(empty_database)


async def test_tiers_are_seeded_but_never_overwritten(empty_database: DatabaseSettings) -> None:
    await db.migrate(empty_database)
    await db.connect(empty_database)
    try:
        assert set(await Tier.all().values_list("name", flat=True)) == {tier.name for tier in DEFAULT_TIERS}
        await Tier.filter(name="free").update(weight=7)
        await Tier.filter(name="pro").delete()
        await db.migrate(empty_database)
        assert (await Tier.get(name="free")).weight == 7
        assert not await Tier.exists(name="pro"), "an admin removed it"
    finally:
        await db.close()


async def test_models_have_not_drifted_from_the_migrations(
    empty_database: DatabaseSettings, tmp_path: Path
) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    await db.migrate(empty_database)
    async with _aerich(empty_database, copy) as command:
        assert await command.migrate("drift", no_input=True) == ""


async def test_a_drift_would_be_noticed(empty_database: DatabaseSettings, tmp_path: Path) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, copy)
    await db.migrate(empty_database)
    connection = await asyncpg.connect(url_of(empty_database))
    await connection.execute(
        """UPDATE aerich SET content = content #- '{models.Job,data_fields,0}' WHERE content ? 'models.Job'"""
    )
    await connection.close()
    async with _aerich(empty_database, copy) as command:
        assert await command.migrate("drift", no_input=True) != ""


async def test_every_migration_can_be_taken_back(empty_database: DatabaseSettings) -> None:
    await db.migrate(empty_database)
    full = await _tables(empty_database)
    first = min(int(path.name.split("_")[0]) for path in (MIGRATIONS / APP).glob("[0-9]*.py"))
    async with _aerich(empty_database, MIGRATIONS) as command:
        await command.downgrade(version=first, delete=False)
    assert await _tables(empty_database) <= {"aerich"}
    await db.migrate(empty_database)
    assert await _tables(empty_database) == full


async def test_every_foreign_key_is_indexed(postgres_server: DatabaseSettings) -> None:
    connection = await asyncpg.connect(url_of(postgres_server))
    try:
        assert await connection.fetch(_UNINDEXED) == []
    finally:
        await connection.close()


async def test_a_server_that_is_away_is_unavailable() -> None:
    nowhere = DatabaseSettings.model_validate({"url": f"postgres://a:b@127.0.0.1:{free_port()}/c"})
    with pytest.raises(UnavailableError):
        await db.migrate(nowhere)
