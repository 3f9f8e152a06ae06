"""Real servers for every test that wants them: each starts once a session, at first use.

Tests share them: `database`, `store` and `bus` hand them over empty.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as examples
from nats.js.errors import NotFoundError
from tortoise.connection import get_connections
from xdist.remote import Producer

from bus.connection import Bus
from bus.topology import BUCKETS, STREAMS
from contracts.settings import DatabaseSettings, NatsSettings, S3Settings, Settings
from storage import database as storage_database
from storage.orm import CONNECTION
from storage.s3 import S3Store, open_store
from storage.schema import seed_tiers
from tests.rooms import Rooms
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_port
from visage.embedded.postgres import PostgresServer
from visage.embedded.s3 import S3Server
from visage.keeper import Keeper

OpenBus = Callable[[str], Awaitable[Bus]]

# An example may take as long as it takes: other work on the machine is no fault of the code.
examples.register_profile("patient", examples(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: tests of real servers wait for a third of their time."""
    cores = len(os.sched_getaffinity(0))
    return cores + (cores + 1) // 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Rooms:
    """Where tests run in parallel."""
    return Rooms(config, log)


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the session's servers."""
    return secrets.private_folder(tmp_path_factory.mktemp("servers"))


@pytest.fixture(scope="session")
async def keeper() -> AsyncIterator[Keeper]:
    """Keeps the session's servers running."""
    keeper = Keeper()
    yield keeper
    await keeper.close()


@pytest.fixture(scope="session")
async def nats_server(keeper: Keeper, server_folder: Path) -> NatsSettings:
    """A broker with the declared topology."""
    server = NatsServer(server_folder, free_port(), secrets.load(server_folder), NatsSettings())
    await keeper.add(server)
    return server.settings


@pytest.fixture(scope="session")
async def postgres_server(keeper: Keeper, server_folder: Path) -> DatabaseSettings:
    """A database with all migrations applied."""
    server = PostgresServer(
        server_folder, free_port(), secrets.load(server_folder), DatabaseSettings(), durable=False
    )
    await keeper.add(server)
    await storage_database.migrate(server.settings)
    return server.settings


@pytest.fixture(scope="session")
async def s3_server(keeper: Keeper, server_folder: Path) -> S3Settings:
    """An object store."""
    server = S3Server(server_folder, free_port(), secrets.load(server_folder), S3Settings())
    await keeper.add(server)
    return server.settings


@pytest.fixture(scope="session")
def settings(
    server_folder: Path, nats_server: NatsSettings, postgres_server: DatabaseSettings, s3_server: S3Settings
) -> Settings:
    """Settings that point to all three servers, whatever the environment says."""
    servers = {"nats": nats_server, "database": postgres_server, "s3": s3_server}
    # The engine without a network is the fastest.
    return Settings(data=server_folder).model_copy(update=servers)


@pytest.fixture
async def database(postgres_server: DatabaseSettings) -> AsyncIterator[None]:
    """A connection to the database, its tables empty but for the default tiers."""
    await storage_database.connect(postgres_server)
    try:
        await _empty_tables()
        await seed_tiers()
        yield
    finally:
        await storage_database.close()


@pytest.fixture(scope="session")
async def shared_store(s3_server: S3Settings) -> AsyncIterator[S3Store]:
    """One client for the session: making one takes a quarter of a second."""
    async with open_store(s3_server) as store:
        yield store


@pytest.fixture
async def store(shared_store: S3Store) -> S3Store:
    """The object store, its bucket empty."""
    prefixes = {item.key.split("/")[0] async for item in shared_store.list("")}
    for prefix in prefixes:
        await shared_store.delete_prefix(prefix)
    return shared_store


@pytest.fixture
async def bus(nats_server: NatsSettings) -> AsyncIterator[OpenBus]:
    """Opens connections as any actor: `await bus("scheduler")`. Every stream and bucket is empty at first."""
    async with AsyncExitStack() as opened:

        async def open_as(actor: str) -> Bus:
            bus = await Bus.connect(nats_server, actor)
            opened.push_async_callback(bus.close)
            return bus

        await _purge(await open_as("provision"))
        yield open_as


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """No test inherits another's logging."""
    yield
    structlog.reset_defaults()


async def _empty_tables() -> None:
    connection = get_connections().get(CONNECTION)
    rows = await connection.execute_query_dict(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'aerich'"
    )
    tables = ", ".join(f'"{row["tablename"]}"' for row in rows)
    await connection.execute_script(f"TRUNCATE {tables} CASCADE")


async def _purge(bus: Bus) -> None:
    for name in (*STREAMS, *(f"KV_{bucket}" for bucket in BUCKETS)):
        try:
            await bus.js.purge_stream(name)
        except NotFoundError:
            continue
