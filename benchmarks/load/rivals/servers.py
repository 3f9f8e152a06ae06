"""RabbitMQ, its name service and Redis: each a process of ours, on loopback, with its data in a folder of ours."""

import asyncio
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from visage.embedded.ports import free_ports
from visage.embedded.process import Program
from visage.embedded.server import bare_environment
from visage.keeper import Keeper

_RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Addresses(NamedTuple):
    """Where the servers listen, as Celery takes it."""

    broker: str
    results: str


class _Listening:
    """A program that is ready once it takes connections."""

    grace = 20.0

    def __init__(self, name: str, port: int, program: Program) -> None:
        self.name = name
        self._port, self._program = port, program

    def prepare(self) -> None:
        """Nothing: its folders are there."""

    def program(self) -> Program:
        """How it is started."""
        return self._program

    async def check(self) -> None:
        """Connect to it."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()


def missing() -> str | None:
    """What to install before the rivals can be measured; None where everything is there."""
    if not all(find_spec(package) for package in ("celery", "redis")):
        return "Celery is not installed: make rivals"
    if not _RABBITMQ.exists():
        return "RabbitMQ is not installed: make rivals (Debian: apt-get install rabbitmq-server)"
    if shutil.which("redis-server") is None:
        return "Redis is not installed: make rivals (Debian: apt-get install redis-server)"
    return None


async def start(keeper: Keeper, folder: Path) -> Addresses:
    """Start all three; they end with the keeper. Raises `StartError` where one does not start."""
    names, amqp, distribution, redis = free_ports(4)
    await keeper.add(_Listening("epmd", names, _epmd(folder, names)))
    rabbit = _Listening("rabbitmq", amqp, _rabbitmq(folder, names, amqp, distribution))
    await asyncio.gather(keeper.add(rabbit), keeper.add(_Listening("redis", redis, _redis(folder, redis))))
    return Addresses(f"amqp://guest:guest@127.0.0.1:{amqp}//", f"redis://127.0.0.1:{redis}/0")


async def stop(keeper: Keeper) -> None:
    """End everything; the name service last, or RabbitMQ would start another that outlives it."""
    await keeper.remove([name for name in keeper.processes if name != "epmd"])
    await keeper.close()


def _epmd(folder: Path, port: int) -> Program:
    argv = [_path("epmd"), "-address", "127.0.0.1", "-port", str(port)]
    return Program(name="epmd", argv=argv, env=bare_environment(), log=folder / "log" / "epmd.log")


def _redis(folder: Path, port: int) -> Program:
    argv = [
        _path("redis-server"),
        *("--bind", "127.0.0.1", "--port", str(port)),
        *("--save", ""),
        *("--dir", str(folder)),
    ]
    return Program(name="redis", argv=argv, env=bare_environment(), log=folder / "log" / "redis.log")


def _rabbitmq(folder: Path, names: int, amqp: int, distribution: int) -> Program:
    home = folder / "rabbitmq"
    home.mkdir()
    (home / "plugins").write_text("[].\n")
    (home / "rabbitmq.conf").write_text("disk_free_limit.absolute = 50MB\n")
    variables = {
        "HOME": str(home),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_NODENAME": f"rival-{amqp}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    return Program(
        name="rabbitmq",
        argv=[str(_RABBITMQ)],
        env=bare_environment() | variables,
        log=folder / "log" / "rabbitmq.log",
        cwd=home,
        death_signal=signal.SIGTERM,  # to the script, which ends the server it started
    )


def _path(name: str) -> str:
    found = shutil.which(name)
    assert found is not None
    return found
