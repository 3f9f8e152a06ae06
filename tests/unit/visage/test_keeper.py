"""The keeper starts, watches, restarts and stops real processes."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.processes import has_ended

from visage.embedded.process import Program
from visage.keeper import Keeper, StartError

READY_WHEN_FILE_IS_THERE = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


class Sleeper:
    """A program that says by a file that it is ready, then sleeps."""

    grace = 5.0

    def __init__(self, folder: Path, name: str = "sleeper", code: str = READY_WHEN_FILE_IS_THERE) -> None:
        self.name = name
        self._sign = folder / f"{name}.ready"
        self._log = folder / f"{name}.log"
        self._code = code
        self.starts = 0

    def prepare(self) -> None:
        self.starts += 1
        self._sign.unlink(missing_ok=True)

    def program(self) -> Program:
        argv = [sys.executable, "-c", self._code, str(self._sign)]
        return Program(self.name, argv, {"PATH": os.defpath}, self._log)

    async def check(self) -> None:
        self._sign.stat()


@pytest.fixture
async def keeper() -> AsyncIterator[Keeper]:
    keeper = Keeper()
    yield keeper
    await keeper.close()


async def test_it_is_there_when_it_is_ready(keeper: Keeper, tmp_path: Path) -> None:
    await keeper.add(Sleeper(tmp_path))
    assert not has_ended(keeper.processes["sleeper"])


async def test_what_is_killed_is_started_again(keeper: Keeper, tmp_path: Path) -> None:
    await keeper.add(Sleeper(tmp_path))
    pid = keeper.processes["sleeper"]
    os.kill(pid, signal.SIGKILL)
    assert await keeper.restarted("sleeper", pid) == keeper.processes["sleeper"] != pid


async def test_changes_are_told(keeper: Keeper, tmp_path: Path) -> None:
    seen: list[dict[str, int]] = []
    keeper.on_change = lambda: seen.append(keeper.processes)
    await keeper.add(Sleeper(tmp_path))
    pid = keeper.processes["sleeper"]
    os.kill(pid, signal.SIGKILL)
    new = await keeper.restarted("sleeper", pid)
    assert seen == [{"sleeper": pid}, {}, {"sleeper": new}]


async def test_what_cannot_start_is_given_up_with_the_end_of_its_log(keeper: Keeper, tmp_path: Path) -> None:
    broken = Sleeper(tmp_path, code="raise SystemExit('no such dial')")
    with pytest.raises(StartError, match="no such dial"):
        await keeper.add(broken)
    assert broken.starts > 1
    assert keeper.processes == {}


async def test_what_cannot_be_prepared_is_given_up_with_the_reason(keeper: Keeper, tmp_path: Path) -> None:
    class Unprepared(Sleeper):
        def prepare(self) -> None:
            raise PermissionError("initdb is not ours to run")

    with pytest.raises(StartError, match="cannot be started: initdb is not ours to run"):
        await keeper.add(Unprepared(tmp_path))


async def test_what_never_gets_ready_is_given_up(keeper: Keeper, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="not ready after"):
        await keeper.add(Sleeper(tmp_path, code="import time; time.sleep(600)"), seconds=0.5)
    assert keeper.processes == {}


async def test_what_is_removed_is_gone_and_stays_gone(keeper: Keeper, tmp_path: Path) -> None:
    sleeper = Sleeper(tmp_path)
    await keeper.add(sleeper)
    pid = keeper.processes["sleeper"]
    await keeper.remove(["sleeper"])
    assert has_ended(pid)
    assert sleeper.starts == 1


async def test_what_ignores_the_stop_signal_is_killed(keeper: Keeper, tmp_path: Path) -> None:
    deaf = Sleeper(tmp_path, code=IGNORES_SIGTERM + READY_WHEN_FILE_IS_THERE)
    deaf.grace = 0.2
    await keeper.add(deaf)
    pid = keeper.processes["sleeper"]
    await keeper.close()
    assert has_ended(pid)


async def test_a_listener_that_fails_does_not_end_the_watch(keeper: Keeper, tmp_path: Path) -> None:
    def disk_full() -> None:
        raise OSError("no space left")

    keeper.on_change = disk_full
    await keeper.add(Sleeper(tmp_path))
    pid = keeper.processes["sleeper"]
    os.kill(pid, signal.SIGKILL)
    assert await keeper.restarted("sleeper", pid) != pid
