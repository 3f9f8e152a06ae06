"""The floor: what JetStream itself takes to carry as many messages, with nothing done about them."""

import asyncio
import time
from pathlib import Path

import nats
import psutil
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig

from visage.embedded.ports import free_port
from visage.embedded.process import Program
from visage.embedded.server import bare_environment, installed
from visage.keeper import Keeper

_PAYLOAD = b"x" * 1_000  # about a segment's task
_AT_ONCE = 64


class _Broker:
    """A nats-server that stores as safely as Visage's does."""

    name = "floor"
    grace = 5.0

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self._port = folder, port

    def prepare(self) -> None:
        """Write its configuration."""
        (self._folder / "floor.conf").write_text('jetstream { sync_interval: "always" }\n')

    def program(self) -> Program:
        """On loopback, with its streams in the folder."""
        options = [
            "--addr",
            "127.0.0.1",
            "--port",
            str(self._port),
            "--store_dir",
            str(self._folder / "floor"),
        ]
        return Program(
            name=self.name,
            argv=[str(installed("nats-server")), "--config", str(self._folder / "floor.conf"), *options],
            env=bare_environment(),
            log=self._folder / "floor.log",
        )

    async def check(self) -> None:
        """Connect."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()


async def floor(folder: Path, messages: int) -> dict[str, float]:
    """Publish, pull and acknowledge so many messages of 1 kB with nats-py; figures for each.

    messages_per_s and cpu_ms (client and server together) of all three steps, publishing and pulling at the same
    time.
    """
    keeper, port = Keeper(), free_port()
    try:
        await keeper.add(_Broker(folder, port))
        client = await nats.connect(f"nats://127.0.0.1:{port}")
        server = psutil.Process(keeper.processes["floor"])
        try:
            js = client.jetstream()
            await js.add_stream(name="FLOOR", subjects=["floor"])
            before, cpu = time.perf_counter(), _cpu(server)
            await asyncio.gather(_publish(js, messages), _consume(js, messages))
            seconds, spent = time.perf_counter() - before, _cpu(server) - cpu
        finally:
            await client.close()
    finally:
        await keeper.close()
    return {
        "messages": messages,
        "messages_per_s": round(messages / seconds, 1),
        "cpu_ms_per_message": round(1000 * spent / messages, 3),
    }


def _cpu(server: psutil.Process) -> float:
    return time.process_time() + float(sum(server.cpu_times()[:2]))


async def _publish(js: JetStreamContext, messages: int) -> None:
    for first in range(0, messages, _AT_ONCE):
        count = min(_AT_ONCE, messages - first)
        await asyncio.gather(*(js.publish("floor", _PAYLOAD) for _ in range(count)))


async def _consume(js: JetStreamContext, messages: int) -> None:
    config = ConsumerConfig(max_ack_pending=10 * _AT_ONCE)
    subscription = await js.pull_subscribe("floor", durable="floor", config=config)
    left = messages
    while left > 0:
        fetched = await subscription.fetch(min(left, _AT_ONCE), timeout=10)
        left -= len(fetched)
        for message in fetched:
            await message.ack()
