"""The embedded message broker: nats-server with the project's own `nats.conf`."""

import asyncio
import json
from pathlib import Path

from pydantic import SecretStr

from bus.topology import provision
from contracts.settings import NatsSettings
from visage.embedded.process import Program
from visage.embedded.secrets import Secrets
from visage.embedded.server import Server, bare_environment, installed
from visage.paths import NATS_CONF


class NatsServer(Server):
    """A broker on a loopback port; streams are kept in `data/nats`."""

    name = "nats"

    def __init__(self, data: Path, port: int, known: Secrets, base: NatsSettings) -> None:
        """Args:
        base: What the settings say apart from address and passwords.
        """
        self._base = base
        self._data = data
        self._port = port
        self._passwords = known.nats

    def program(self) -> Program:
        """The server with the project's users and limits; only address, port and folder are set here."""
        return Program(
            name=self.name,
            argv=[
                str(installed("nats-server")),
                *("--config", str(NATS_CONF)),
                *("--addr", "127.0.0.1", "--port", str(self._port)),
                *("--store_dir", str(self._data / "nats")),
            ],
            env=bare_environment() | password_variables(self._passwords),
            log=self._data / "log" / "nats.log",
        )

    async def check(self) -> None:
        """Read the greeting, sent once JetStream has recovered its streams; then apply the topology.

        That is needed after every start: buckets kept in memory do not outlive the server.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            greeting = await reader.readline()
        finally:
            writer.close()
        if not json.loads(greeting.removeprefix(b"INFO ")).get("jetstream"):
            raise ConnectionError("JetStream is not ready")
        await provision(self.settings)

    @property
    def settings(self) -> NatsSettings:
        """Settings pointing to this server, with the passwords of all users."""
        passwords = {user: SecretStr(password) for user, password in self._passwords.items()}
        return self._base.model_copy(update={"url": f"nats://127.0.0.1:{self._port}", "passwords": passwords})


def password_variables(passwords: dict[str, str]) -> dict[str, str]:
    """The environment variables from which `nats.conf` reads the passwords of its users."""
    return {f"VISAGE_NATS_PASSWORD_{user.upper()}": password for user, password in passwords.items()}
