"""The embedded servers: real ones, loopback only, nothing left behind, nothing lost."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aioboto3
import asyncpg
import psutil
import pytest
from aiobotocore.config import AioConfig
from botocore.exceptions import ClientError
from tests.processes import has_ended
from tests.waiting import until

from contracts.settings import DatabaseSettings, NatsSettings, S3Settings, Settings
from storage.s3 import open_store
from visage.embedded import secrets, servers
from visage.keeper import Keeper

# Starts the servers in a process that can be killed; says so, then waits.
START = """
import asyncio, pathlib, sys
from contracts.settings import Settings
from visage.embedded import servers
from visage.keeper import Keeper

async def main():
    await servers.start(Keeper(), Settings(data=pathlib.Path(sys.argv[1])))
    print("started", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
OWN = {"VISAGE_NATS_URL": "nats://a", "VISAGE_DATABASE_URL": "postgres://b/c", "VISAGE_S3_URL": "http://d"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return secrets.private_folder(tmp_path / "var")


@pytest.fixture
async def killed(data: Path) -> AsyncIterator[list[psutil.Process]]:
    """Processes of servers whose supervisor was killed -9, after something was stored."""
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, str(data), env=_environment(), stdout=asyncio.subprocess.PIPE
    )
    assert supervisor.stdout is not None
    while b"started" not in (line := await supervisor.stdout.readline()):
        assert line, "the supervisor ended"
    await _write(servers.located(Settings(data=data)))
    family = psutil.Process(supervisor.pid).children(recursive=True)
    supervisor.kill()
    await supervisor.wait()
    yield family


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("VISAGE_")}


async def test_nothing_outlives_a_killed_supervisor(killed: list[psutil.Process]) -> None:
    assert len(killed) > 3
    await until(lambda: all(map(has_ended, killed)))


async def test_servers_start_again_after_a_crash_with_their_data(data: Path) -> None:
    settings = Settings(data=data)
    keeper = Keeper()
    try:
        found = await servers.start(keeper, settings)
        await _write(found)
        for name in ("nats", "postgres", "s3"):
            pid = keeper.processes[name]
            os.kill(pid, signal.SIGKILL)
            await keeper.restarted(name, pid)
        assert await _read(found) == ("row", b"object")
    finally:
        await keeper.close()


async def test_data_survive_a_killed_supervisor(data: Path, killed: list[psutil.Process]) -> None:
    known = secrets.load(data)
    keeper = Keeper()
    try:
        assert await _read(await servers.start(keeper, Settings(data=data))) == ("row", b"object")
    finally:
        await keeper.close()
    assert secrets.load(data) == known


async def test_own_servers_replace_embedded_ones(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    settings = Settings(data=data)
    keeper = Keeper()
    assert await servers.start(keeper, settings) == settings
    assert keeper.processes == {}


async def test_servers_listen_on_loopback_only(keeper: Keeper, settings: Settings) -> None:
    family = [
        member
        for pid in keeper.processes.values()
        for member in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    listening = {
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


async def test_the_object_store_refuses_wrong_secrets(s3_server: S3Settings) -> None:
    assert s3_server.access_key is not None
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        await _list_buckets(s3_server, s3_server.access_key.get_secret_value(), "wrong")
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        await _list_buckets(s3_server, "nobody", "wrong")


async def test_the_database_refuses_a_wrong_password(postgres_server: DatabaseSettings) -> None:
    assert postgres_server.url is not None
    right = _password(postgres_server)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_server.url.get_secret_value().replace(right, "wrong"))


async def test_the_broker_refuses_a_wrong_password(nats_server: NatsSettings) -> None:
    assert nats_server.url is not None
    host, port = nats_server.url.removeprefix("nats://").split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(b'CONNECT {"user":"gateway","pass":"wrong","verbose":false}\r\nPING\r\n')
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"Authorization Violation" in answer


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to run PostgreSQL as")
async def test_the_database_does_not_run_as_root(keeper: Keeper, postgres_server: DatabaseSettings) -> None:
    assert psutil.Process(keeper.processes["postgres"]).uids().effective != 0


def _password(settings: DatabaseSettings) -> str:
    """The password in the database's URL."""
    assert settings.url is not None
    return settings.url.get_secret_value().split("@")[0].rsplit(":", 1)[1]


async def _write(settings: Settings) -> None:
    assert settings.database.url is not None
    connection = await asyncpg.connect(settings.database.url.get_secret_value())
    await connection.execute("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('row')")
    await connection.close()
    async with open_store(settings.s3) as store:
        await store.put("kept", b"object")


async def _read(settings: Settings) -> tuple[str, bytes]:
    assert settings.database.url is not None
    connection = await asyncpg.connect(settings.database.url.get_secret_value())
    word = await connection.fetchval("SELECT word FROM kept")
    await connection.close()
    async with open_store(settings.s3) as store:
        return word, await store.read("kept")


async def _list_buckets(settings: S3Settings, key: str, secret: str) -> None:
    async with aioboto3.Session().client(
        "s3",
        endpoint_url=settings.url,
        region_name=settings.region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=AioConfig(signature_version="s3v4", s3={"addressing_style": "path"}),
    ) as client:
        await client.list_buckets()
