"""The embedded object store: SeaweedFS as one process that speaks S3."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import aioboto3
from aiobotocore.config import AioConfig
from pydantic import SecretStr

from contracts.settings import S3Settings
from visage.embedded.ports import free_ports
from visage.embedded.process import Program
from visage.embedded.secrets import Secrets, private_folder, write_private
from visage.embedded.server import Server, bare_environment, installed

_PARTS = ("master", "volume", "filer", "s3", "admin")


class S3Server(Server):
    """An S3 endpoint on a loopback port; objects are kept in `data/s3`.

    Its inner ports ask for no password, hence loopback. Each part takes a second port for gRPC, by
    default ten thousand above the first and perhaps not free: both are given.
    """

    name = "s3"

    def __init__(self, data: Path, port: int, known: Secrets, base: S3Settings) -> None:
        self._base = base
        self._data = data
        self._port = port
        self._secrets = known
        self._ports: dict[str, int] = {}

    def prepare(self) -> None:
        """Write the credentials file and choose inner ports anew; nothing stored depends on them."""
        private_folder(self._data / "s3")
        write_private(self._config, json.dumps({"identities": [self._identity()]}))
        self._sweep_sockets()
        names = [name for part in _PARTS for name in (f"{part}.port", f"{part}.port.grpc")]
        self._ports = dict(zip(names, free_ports(len(names)), strict=True)) | {"s3.port": self._port}
        self._remembered.write_text(json.dumps(self._ports))

    def program(self) -> Program:
        """`weed mini`, without telemetry and without the parts nobody here speaks to."""
        options = {
            "dir": str(self._data / "s3"),
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "s3.config": str(self._config),
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "s3.localSocket": "s3.sock",  # relative: a socket's path is limited to 107 bytes
            "filer.localSocket": "filer.sock",
            "volume.preStopSeconds": "0",
            "webdav": "false",
            "admin.ui": "false",
        } | {name: str(port) for name, port in self._ports.items()}
        return Program(
            name=self.name,
            argv=[
                *(str(installed("weed")), "-logtostderr=true", "mini"),
                *(f"-{name}={value}" for name, value in options.items()),
            ],
            env=bare_environment() | {"HOME": str(self._data / "s3"), "GOMEMLIMIT": "300MiB", "GOGC": "50"},
            log=self._data / "log" / "s3.log",
            cwd=self._data / "s3",
        )

    async def check(self) -> None:
        """List the buckets with our credentials, once somebody listens: making a client takes a while."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()
        config = AioConfig(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=1,
            read_timeout=2,
            retries={"total_max_attempts": 1},
        )
        async with aioboto3.Session().client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self._port}",
            region_name="us-east-1",
            aws_access_key_id=self._secrets.s3_access_key,
            aws_secret_access_key=self._secrets.s3_secret_key,
            config=config,
        ) as client:
            await client.list_buckets()

    @property
    def settings(self) -> S3Settings:
        """Settings pointing to this server."""
        return self._base.model_copy(
            update={
                "url": f"http://127.0.0.1:{self._port}",
                "access_key": SecretStr(self._secrets.s3_access_key),
                "secret_key": SecretStr(self._secrets.s3_secret_key),
            }
        )

    @property
    def _config(self) -> Path:
        return self._data / "s3-identities.json"

    @property
    def _remembered(self) -> Path:
        return self._data / "s3-ports.json"

    def _identity(self) -> dict[str, object]:
        keys = {"accessKey": self._secrets.s3_access_key, "secretKey": self._secrets.s3_secret_key}
        actions = ["Admin", "Read", "List", "Tagging", "Write"]
        return {"name": "visage", "credentials": [keys], "actions": actions}

    def _sweep_sockets(self) -> None:
        """Remove the sockets that a killed server left in /tmp; their names hold the ports it had."""
        with suppress(FileNotFoundError, ValueError):
            for name, port in json.loads(self._remembered.read_text()).items():
                part = name.split(".")[0]
                Path(f"/tmp/seaweedfs-{part}-grpc-{port}.sock").unlink(missing_ok=True)
