"""The embedded database: PostgreSQL with a password, on a loopback port, without a Unix socket."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import asyncpg
from pydantic import SecretStr

from contracts.settings import DatabaseSettings
from visage.embedded.postgres_files import account, installation
from visage.embedded.process import Program, die_with_parent
from visage.embedded.secrets import Secrets
from visage.embedded.server import Server, bare_environment

_DATABASE = "visage"
_SUPERUSER = "postgres"
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "jit": "off",
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# For tests only: a crash of the machine may lose data.
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class PostgresServer(Server):
    """A database server; data are kept in `data/postgres`.

    With `durable` it waits for the disk, as a service must.
    """

    name = "postgres"

    def __init__(
        self, data: Path, port: int, known: Secrets, base: DatabaseSettings, *, durable: bool = True
    ) -> None:
        self._base = base
        self._data = data
        self._folder = data / "postgres"
        self._port = port
        self._password = known.postgres
        self._options = _OPTIONS if durable else _OPTIONS | _CARELESS
        self._account = account()
        self._descriptor: int | None = None

    def prepare(self) -> None:
        """Make the cluster at the first start; clear away the pid file of a server that was killed."""
        self._installation = installation(self._account)
        if not (self._folder / "PG_VERSION").exists():
            self._create()
        if self._descriptor is None:
            self._descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        self._clear_pid_file()

    def program(self) -> Program:
        """The server in the foreground, with this port and our options."""
        options = self._options | {"port": str(self._port)}
        assert self._descriptor is not None, "prepare() comes first"
        return Program(
            name=self.name,
            argv=[
                str(self._installation / "bin" / "postgres"),
                *("-D", f"/proc/self/fd/{self._descriptor}"),
                *(item for key, value in options.items() for item in ("-c", f"{key}={value}")),
            ],
            env=bare_environment(),
            log=self._data / "log" / "postgres.log",
            uid=self._account.uid,
            gid=self._account.gid,
            fds=(self._descriptor,),
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            death_signal=signal.SIGQUIT,  # "immediate": takes every backend along
        )

    async def check(self) -> None:
        """Log in, and make our database at the first time."""
        connection = await self._connect(_SUPERUSER)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", _DATABASE):
                await connection.execute(f"CREATE DATABASE {_DATABASE}")
        finally:
            await connection.close()

    @property
    def settings(self) -> DatabaseSettings:
        """Settings pointing to this server."""
        address = f"postgres://{_SUPERUSER}:{self._password}@127.0.0.1:{self._port}/{_DATABASE}"
        return self._base.model_copy(update={"url": SecretStr(address)})

    async def _connect(self, database: str) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(
            host="127.0.0.1",
            port=self._port,
            user=_SUPERUSER,
            password=self._password,
            database=database,
            timeout=3,
        )

    def _create(self) -> None:
        """Run initdb in a folder beside the final one, so that a crash half-way leaves nothing to repair."""
        unfinished = Path(tempfile.mkdtemp(prefix="postgres-", dir=self._data))
        descriptor = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._hand_over(unfinished)
            self._initdb(descriptor)
            with suppress(FileNotFoundError):
                shutil.rmtree(self._folder)
            unfinished.rename(self._folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        finally:
            os.close(descriptor)

    def _hand_over(self, folder: Path) -> None:
        folder.chmod(0o700)
        if self._account.uid is not None and self._account.gid is not None:
            os.chown(folder, self._account.uid, self._account.gid)

    def _initdb(self, descriptor: int) -> None:
        password = os.memfd_create("password")  # a pipe of root's could not be opened by another user
        os.write(password, self._password.encode() + b"\n")
        try:
            subprocess.run(
                [
                    str(self._installation / "bin" / "initdb"),
                    *("--pgdata", f"/proc/self/fd/{descriptor}", "--username", _SUPERUSER),
                    *("--pwfile", f"/proc/self/fd/{password}", "--auth", "scram-sha-256"),
                    *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
                ],
                env=bare_environment(),
                cwd="/",
                pass_fds=(descriptor, password),
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=None if self._account.uid is None else [],
                preexec_fn=die_with_parent(signal.SIGKILL),
                check=True,
                capture_output=True,
            )
        finally:
            os.close(password)

    def _clear_pid_file(self) -> None:
        """A server that was killed leaves its pid, which by now may be anyone's."""
        path = self._folder / "postmaster.pid"
        with suppress(FileNotFoundError):
            pid = int(path.read_text().splitlines()[0])
            if not _works_in(pid, self._folder):
                path.unlink()


def _works_in(pid: int, folder: Path) -> bool:
    """Whether process `pid` has `folder` as its working folder, as a database server has its data."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False
