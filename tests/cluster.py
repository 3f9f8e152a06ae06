"""Three brokers as a cluster on loopback, each with the project's own `nats.conf`."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from contracts.settings import NatsSettings
from visage.embedded import secrets
from visage.embedded.nats import NatsServer
from visage.embedded.ports import free_ports
from visage.embedded.process import Program
from visage.keeper import Keeper
from visage.paths import NATS_CONF
from visage.together import together

NODES = 3
_ROUTE_USER = "route"


class Node(NatsServer):
    """One broker of a cluster: `nats.conf` and beside it what only this broker knows."""

    def __init__(
        self, name: str, data: Path, port: int, known: secrets.Secrets, base: NatsSettings, routes: list[int]
    ) -> None:
        """`routes` are the ports of all brokers for each other, this one's first."""
        super().__init__(secrets.private_folder(data), port, known, base)
        self.name = name
        self._folder, self._routes = data, routes
        self._password = known.nats["provision"]

    def prepare(self) -> None:
        """Write where the others are, readable by us only: a route's address holds its password."""
        others = [f"nats-route://{_ROUTE_USER}:{self._password}@127.0.0.1:{port}" for port in self._routes]
        secrets.write_private(
            self._folder / "cluster.conf",
            f'include "{os.path.relpath(NATS_CONF, self._folder)}"\n'
            f"cluster {{\n  name: visage\n  listen: 127.0.0.1:{self._routes[0]}\n"
            f"  authorization {{ user: {_ROUTE_USER}, password: {self._password}, timeout: 2 }}\n"
            f"  routes: {json.dumps(others[1:])}\n}}\n",
        )

    def program(self) -> Program:
        program = super().program()
        config = str(self._folder / "cluster.conf")
        argv = [config if word == str(NATS_CONF) else word for word in program.argv]
        return replace(program, argv=[*argv, "--server_name", self.name])


class Cluster:
    """The brokers, kept running: one that is killed is started again."""

    def __init__(self, keeper: Keeper, nodes: list[Node], settings: NatsSettings) -> None:
        self.keeper, self.nodes, self.settings = keeper, nodes, settings

    def pid(self, name: str) -> int:
        return self.keeper.processes[name]


@asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[Cluster]:
    """Three brokers that hold everything three times."""
    known = secrets.load(secrets.private_folder(folder))
    ports, routes = free_ports(NODES), free_ports(NODES)
    passwords = NatsServer(folder, 0, known, NatsSettings()).settings.passwords
    url = ",".join(f"nats://127.0.0.1:{port}" for port in ports)
    base = NatsSettings(url=url, passwords=passwords, replicas=NODES)
    nodes = [
        Node(f"nats-{n}", folder / str(n), ports[n], known, base, [routes[n], *routes[:n], *routes[n + 1 :]])
        for n in range(NODES)
    ]
    keeper = Keeper()
    try:
        await together(*(keeper.add(node) for node in nodes))
        yield Cluster(keeper, nodes, base)
    finally:
        await keeper.close()
