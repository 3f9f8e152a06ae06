"""The three servers side by side: those whose URL the settings do not name."""

import json
from pathlib import Path

from contracts.settings import Settings
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_ports, is_free
from visage.embedded.postgres import PostgresServer
from visage.embedded.s3 import S3Server
from visage.keeper import Keeper
from visage.together import together

_NAMES = ("nats", "postgres", "s3")


async def start(keeper: Keeper, settings: Settings) -> Settings:
    """Start what is missing below `settings.data`, an absolute path, and wait until it serves.

    Returns:
        The settings with the URLs and passwords of the servers that were started.

    Raises:
        StartError: One of them cannot be started.
    """
    chosen = _servers(settings, _choose_ports(settings.data))
    await together(*(keeper.add(server) for server in chosen.values()))
    return _pointing_to(settings, chosen)


def located(settings: Settings) -> Settings:
    """The settings with the URLs and passwords of the servers that run on `settings.data` already."""
    settings = settings.model_copy(update={"data": settings.data.resolve()})
    return _pointing_to(settings, _servers(settings, _remembered_ports(settings.data)))


_Servers = dict[str, NatsServer | PostgresServer | S3Server]


def _servers(settings: Settings, ports: dict[str, int]) -> _Servers:
    """The servers for which the settings name no other."""
    data, known = settings.data, secrets.load(settings.data)
    chosen: _Servers = {}
    if settings.nats.url is None:
        chosen["nats"] = NatsServer(data, ports["nats"], known, settings.nats)
    if settings.database.url is None:
        chosen["database"] = PostgresServer(data, ports["postgres"], known, settings.database)
    if settings.s3.url is None:
        chosen["s3"] = S3Server(data, ports["s3"], known, settings.s3)
    return chosen


def _pointing_to(settings: Settings, chosen: _Servers) -> Settings:
    return settings.model_copy(update={group: server.settings for group, server in chosen.items()})


def _choose_ports(data: Path) -> dict[str, int]:
    """The ports of the last time where they are still free, else new ones; remembered for the next time."""
    fresh = dict(zip(_NAMES, free_ports(len(_NAMES)), strict=True))
    kept = {name: port for name, port in _remembered_ports(data).items() if is_free(port)}
    ports = fresh | kept
    secrets.write_private(data / "ports.json", json.dumps(ports) + "\n")
    return ports


def _remembered_ports(data: Path) -> dict[str, int]:
    path = data / "ports.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}
