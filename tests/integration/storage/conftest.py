"""A customer to work for, and servers that may be broken."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from contracts.settings import DatabaseSettings
from tests.integration.storage.rows import Customer, make_customer
from tests.integration.storage.victims import Victim, postgres_victim


@pytest.fixture
async def customer(database: None) -> Customer:
    """A user of the free tier with a video and a face."""
    return await make_customer()


@pytest.fixture
async def empty_database(postgres_server: DatabaseSettings) -> AsyncIterator[DatabaseSettings]:
    """A database without a single table, on the session's server."""
    assert postgres_server.url is not None
    url = postgres_server.url.get_secret_value()
    name = f"empty_{uuid4().hex}"
    server = await asyncpg.connect(url)
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield DatabaseSettings(url=SecretStr(url.rsplit("/", 1)[0] + f"/{name}"), pool=4)
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await server.close()


@pytest.fixture
async def victim(tmp_path: Path) -> AsyncIterator[Victim[DatabaseSettings]]:
    """A database server of this test alone, to be killed."""
    async with postgres_victim(tmp_path) as server:
        yield server
