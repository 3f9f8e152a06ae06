"""`visage up`: one service a folder, watched over, nothing left behind, nothing forgotten."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from tests.processes import has_ended
from tests.waiting import until

from contracts.settings import AgentSettings, GatewaySettings, Settings, StackSettings
from visage.embedded import secrets
from visage.environment import variables
from visage.runfile import RunFile, read

NAMES = {"nats", "postgres", "s3", "gateway", "webhooks", "relay", "merger", "scheduler", "agent-1"}
START_SECONDS = 90


@pytest.fixture(scope="module")
def settings_of_up(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("up") / "var"
    return Settings(
        data=data,
        gateway=GatewaySettings(port=0),
        agent=AgentSettings(engine="paste"),
        stack=StackSettings(agents=1),
    )


@pytest.fixture(scope="module")
async def up(settings_of_up: Settings) -> AsyncIterator["Up"]:
    """A running `visage up`; the last test may have killed it."""
    process = await Up.start(settings_of_up)
    yield process
    await process.stop()


class Up:
    """One `visage up` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, settings: Settings) -> None:
        self.process = process
        self.data = settings.data

    @classmethod
    async def start(cls, settings: Settings) -> "Up":
        """Start it and wait until it says where the page is."""
        up = cls(await command(settings, "up"), settings)
        async with asyncio.timeout(START_SECONDS):
            said = await up.lines_until("Visage runs at")
        assert "Visage runs at" in said, said
        return up

    async def lines_until(self, words: str) -> str:
        """Everything it prints up to a line with `words`, or to its end."""
        assert self.process.stdout is not None
        said = ""
        while line := (await self.process.stdout.readline()).decode():
            said += line
            if words in line:
                break
        return said

    async def stop(self) -> int:
        """Ask it to end; its exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode

    @property
    def run_file(self) -> RunFile:
        """What it says runs."""
        found = read(self.data)
        assert found is not None
        return found


async def command(settings: Settings, *words: str) -> asyncio.subprocess.Process:
    """`visage WORDS` with `settings`."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("VISAGE_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "visage", *words),
        env=outside | variables(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def get(url: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_run_file_names_everything_that_runs(up: Up) -> None:
    processes = up.run_file.processes
    assert processes.keys() == NAMES
    assert up.run_file.pid == up.process.pid
    parents = {name: psutil.Process(process.pid).ppid() for name, process in processes.items()}
    assert parents == dict.fromkeys(NAMES, up.process.pid)


async def test_every_actor_is_ready(up: Up) -> None:
    health = {name: process.health for name, process in up.run_file.processes.items() if process.health}
    answers = {name: await get(f"{url}/readyz") for name, url in health.items()}
    assert {name: status for name, (status, _) in answers.items()} == dict.fromkeys(health, 200), answers


async def test_the_page_is_served(up: Up) -> None:
    assert (await get(up.run_file.url))[0] == 200


async def test_a_second_one_is_refused(up: Up, settings_of_up: Settings) -> None:
    second = await command(settings_of_up, "up")
    said, _ = await second.communicate()
    assert second.returncode == 1
    assert "already runs" in said.decode()
    assert up.run_file.url.encode() in said


async def test_the_agent_holds_no_password_of_others(up: Up) -> None:
    known = secrets.load(up.data)
    held = psutil.Process(up.run_file.processes["agent-1"].pid).environ()
    assert json.loads(held["VISAGE_NATS_PASSWORDS"]) == {"agent": known.nats["agent"]}
    assert [name for name, value in held.items() if known.postgres in value] == []


async def test_a_killed_actor_is_started_again(up: Up) -> None:
    before = up.run_file.processes["merger"].pid
    os.kill(before, signal.SIGKILL)
    await until(lambda: merger_of(up) not in (None, before))


def merger_of(up: Up) -> int | None:
    """Its process id, while it runs."""
    merger = up.run_file.processes.get("merger")
    return merger and merger.pid


async def test_after_kill_nothing_is_left_and_a_new_start_knows_everything(
    up: Up, settings_of_up: Settings
) -> None:
    known = secrets.load(up.data)
    family = psutil.Process(up.process.pid).children(recursive=True)
    up.process.kill()
    await up.process.wait()
    await until(lambda: all(map(has_ended, family)))
    assert read(up.data) is None

    again = await Up.start(settings_of_up)
    assert secrets.load(up.data) == known
    status, _ = await _as_operator(again, known.operator_key or "")
    assert await again.stop() == 0
    assert status == 200
    assert list(_still_running(up.data)) == []


async def _as_operator(up: Up, key: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {key}"}
    address = f"{up.run_file.url}/api/v1/jobs"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
        return answer.status, await answer.text()


def _still_running(data: Path) -> list[str]:
    """Command lines of processes that still work on `data`."""
    lines = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(data) in line:
            lines.append(line)
    return lines
