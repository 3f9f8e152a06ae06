"""The gateway as a process of its own: its memory, its end, its death."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

from contracts.settings import GatewaySettings, Settings
from gateway.actor import FILE_VARIABLE
from gateway.intake.append import SILENCE_SECONDS
from gateway.intake.writer import PART_BYTES
from gateway.services.accounts import register
from gateway.services.keys import create_key
from storage.models import Upload
from storage.s3 import S3Store
from tests.conftest import OpenBus
from tests.integration.gateway.callers import Caller, id_of
from tests.waiting import PATIENCE, until
from visage.environment import Needs, environment_for

MB = 10**6
BLOCK = os.urandom(MB)
# VISAGE_TEST_UPLOAD_MB=1000 repeats the measurement of the closing note.
UPLOAD_MB = int(os.environ.get("VISAGE_TEST_UPLOAD_MB", "100"))
GROWTH_MB = 64


class Gateway:
    """A gateway process; `url` is where it serves."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process, self.url = process, url

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        return float(psutil.Process(self.process.pid).memory_info().rss / MB)


@asynccontextmanager
async def running(settings: Settings, folder: Path) -> AsyncIterator[Gateway]:
    address = folder / "address"
    address.unlink(missing_ok=True)
    own = settings.model_copy(update={"gateway": GatewaySettings(port=0)})
    environment = environment_for(own, Needs("gateway", database=True, s3=True))
    command = (sys.executable, "-m", "visage", "actor", "gateway")
    process = await asyncio.create_subprocess_exec(
        *command, env=environment | {FILE_VARIABLE: str(address)}, stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await until(lambda: address.exists() or process.returncode is not None)
        assert process.returncode is None, f"the gateway ended with {process.returncode}"
        yield Gateway(process, address.read_text().strip())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def customer(gateway: Gateway) -> AsyncIterator[Caller]:
    user = await register(f"{os.urandom(4).hex()}@example.com", None, "business")
    _, key = await create_key(user, "tests")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        yield Caller(user, session, gateway.url)


async def blocks(count: int, seen: list[float], gateway: Gateway) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield BLOCK
        seen.append(gateway.memory)


@pytest.mark.usefixtures("database")
async def test_memory_stays_flat_and_the_end_is_clean(
    settings: Settings, store: S3Store, bus: OpenBus, tmp_path: Path
) -> None:
    async with running(settings, tmp_path) as gateway, customer(gateway) as caller:
        path = await caller.create_upload(2 * UPLOAD_MB * MB, filename="a.mp4")
        warm: list[float] = []
        await caller.patch(path, 0, blocks(30, warm, gateway))
        seen: list[float] = []
        await caller.patch(path, 30 * MB, blocks(UPLOAD_MB, seen, gateway))
        assert await caller.offset(path) == (30 + UPLOAD_MB) * MB
        print(f"resident: {max(warm):.0f} MB after 30 MB, at most {max(seen):.0f} MB in {UPLOAD_MB} MB")  # noqa: T201
        assert max(seen) < max(warm) + GROWTH_MB
        gateway.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(gateway.process.wait(), PATIENCE) == 0


@pytest.mark.usefixtures("database")
async def test_told_to_end_it_does_not_wait_for_a_sender_that_hangs(
    settings: Settings, store: S3Store, bus: OpenBus, tmp_path: Path
) -> None:
    async def hanging() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield BLOCK
        await asyncio.Event().wait()

    async with running(settings, tmp_path) as gateway, customer(gateway) as caller:
        path = await caller.create_upload(30 * MB, filename="a.mp4")
        sending = asyncio.create_task(caller.patch(path, 0, hanging()))
        await until(Upload.filter(id=id_of(path), offset__gte=PART_BYTES).exists)
        gateway.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(0.9 * SILENCE_SECONDS):  # which would end it too
            assert await gateway.process.wait() == 0
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        async with running(settings, tmp_path) as again:
            offset = await Caller(caller.user, caller.session, again.url).offset(path)
            assert PART_BYTES <= offset <= 9 * MB


@pytest.mark.usefixtures("database")
async def test_killed_in_the_middle_it_goes_on_where_it_was(
    settings: Settings, store: S3Store, bus: OpenBus, tmp_path: Path
) -> None:
    content = os.urandom(20 * MB)
    async with running(settings, tmp_path) as gateway, customer(gateway) as caller:
        path = await caller.create_upload(len(content), filename="a.mp4")
        await caller.patch(path, 0, content[: 12 * MB])
        gateway.process.kill()
        await gateway.process.wait()
        async with running(settings, tmp_path) as again:
            back = Caller(caller.user, caller.session, again.url)
            offset = await back.offset(path)
            assert offset == 12 * MB
            await back.patch(path, offset, content[offset:])
            assert (await back.settled(path))["failure"]["reason"] == "not-media"
