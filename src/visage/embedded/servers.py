"""The three servers side by side: those whose URL the settings do not name."""

import asyncio
import json
from pathlib import Path

from contracts.settings import Settings
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_ports, is_free
from visage.embedded.postgres import PostgresServer
from visage.embedded.s3 import S3Server
from visage.embedded.server import Server
from visage.keeper import Keeper

_NAMES = ("nats", "postgres", "s3")


async def start(keeper: Keeper, settings: Settings, *, durable: bool = True) -> Settings:
    """Start what is missing below `settings.data` and wait until it serves.

    Returns:
        The settings with the URLs and passwords of the servers that were started.
    """
    data = secrets.private_folder(settings.data.resolve())
    known = secrets.load(data)
    ports = remembered_ports(data)
    started: list[Server] = []
    update: dict[str, object] = {}
    if settings.nats.url is None:
        nats = NatsServer(data, ports["nats"], known)
        update["nats"] = nats.settings(settings.nats)
        started.append(nats)
    if settings.database.url is None:
        postgres = PostgresServer(data, ports["postgres"], known, durable=durable)
        update["database"] = postgres.settings(settings.database)
        started.append(postgres)
    if settings.s3.url is None:
        s3 = S3Server(data, ports["s3"], known)
        update["s3"] = s3.settings(settings.s3)
        started.append(s3)
    async with asyncio.TaskGroup() as group:
        for server in started:
            group.create_task(keeper.add(server))
    return settings.model_copy(update=update)


def remembered_ports(data: Path) -> dict[str, int]:
    """The servers' ports: those of the last time where still free, else new ones."""
    path = data / "ports.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    fresh = dict(zip(_NAMES, free_ports(len(_NAMES)), strict=True))
    kept = {name: port for name, port in before.items() if name in fresh and is_free(port)}
    ports = fresh | kept
    path.write_text(json.dumps(ports))
    return ports
