"""The runner turns every way a worker can end into a reply or a typed error, and leaves no process."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
from pydantic import BaseModel

import sandbox
from contracts.errors import MediaError, Reason, UnavailableError, WorkError
from contracts.settings import SandboxSettings
from tests.processes import has_ended
from tests.unit.sandbox.targets import Reply, Request
from tests.waiting import until

_LIMITS = SandboxSettings(memory_mb=512, cpu_seconds=20, wall_seconds=30)
_HERE = "tests.unit.sandbox.targets"


_OUTLIVED = """
import asyncio, sys
import sandbox
from contracts.settings import SandboxSettings
from tests.unit.sandbox.targets import Reply, Request
request, limits = Request(value=sys.argv[1]), SandboxSettings()
asyncio.run(sandbox.run("tests.unit.sandbox.targets:sleep", request, Reply, limits=limits))
"""


async def _run(name: str, value: str = "", limits: SandboxSettings = _LIMITS) -> str:
    return (await sandbox.run(f"{_HERE}:{name}", Request(value=value), Reply, limits=limits)).value


def _zygotes() -> list[psutil.Process]:
    living = [child for child in psutil.Process().children() if not has_ended(child)]
    return [child for child in living if "sandbox.zygote" in " ".join(child.cmdline())]


def _workers() -> list[psutil.Process]:
    return [worker for zygote in _zygotes() for worker in zygote.children(recursive=True)]


async def test_a_reply_comes_back() -> None:
    assert await _run("echo", "grüße\n") == "grüße\n"


async def test_the_worker_sees_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAGE_S3_SECRET_KEY", "secret")
    seen = (await _run("environment")).split(",")
    assert not [name for name in seen if name.startswith("VISAGE") or name in ("HOME", "USER")]


async def test_what_is_printed_does_not_spoil_the_reply() -> None:
    assert await _run("chatter", "intact") == "intact"


@pytest.mark.parametrize(
    ("target", "limits", "words"),
    [
        ("eat_memory", _LIMITS, "memory"),
        ("spin", SandboxSettings(memory_mb=512, cpu_seconds=1, wall_seconds=30), "processor"),
        ("sleep", SandboxSettings(memory_mb=512, cpu_seconds=20, wall_seconds=2), "longer than 2 s"),
        ("segfault", _LIMITS, "SIGSEGV"),
        ("leave", _LIMITS, "broke off"),
    ],
)
async def test_a_worker_beyond_its_limits_is_a_typed_error(
    target: str, limits: SandboxSettings, words: str
) -> None:
    with pytest.raises(MediaError, match=words) as caught:
        await _run(target, limits=limits)
    assert caught.value.reason is Reason.PROBE_LIMIT
    await until(lambda: not _workers())


async def test_typed_errors_travel_back() -> None:
    with pytest.raises(MediaError) as media:
        await _run("refuse")
    assert (media.value.reason, media.value.message) == (Reason.TRUNCATED, "cut short")
    assert media.value.detail == {"missing": 7}
    with pytest.raises(WorkError) as work:
        await _run("refuse_work")
    assert not work.value.retryable
    with pytest.raises(UnavailableError):
        await _run("unavailable")


async def test_an_untyped_error_is_internal() -> None:
    with pytest.raises(WorkError, match="ZeroDivisionError") as caught:
        await _run("stumble")
    assert caught.value.reason is Reason.INTERNAL


async def test_a_reply_of_the_wrong_shape_is_refused() -> None:
    class Strict(BaseModel):
        number: int

    with pytest.raises(MediaError, match="no sense"):
        await sandbox.run(f"{_HERE}:wrong_reply", Request(), Strict, limits=_LIMITS)


async def test_cancelling_kills_the_worker(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(_run("sleep", str(note)))
    await until(lambda: note.exists() and note.read_text() != "")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: has_ended(int(note.read_text())))


async def test_workers_die_with_whoever_started_them(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    caller = await asyncio.create_subprocess_exec(sys.executable, "-c", _OUTLIVED, str(note), env=environment)
    await until(lambda: note.exists() and note.read_text() != "")
    worker = psutil.Process(int(note.read_text()))
    family = [worker, *worker.parents()[:2]]
    caller.kill()
    await caller.wait()
    await until(lambda: all(has_ended(process) for process in family))


async def test_workers_come_from_one_process_with_the_modules_that_were_named() -> None:
    sandbox.prepare("fractions")
    assert await _run("modules") == "fractions"
    assert await _run("zygote") == await _run("zygote")


async def test_a_crash_and_a_death_bring_another_process_to_fork_from() -> None:
    first = await _run("zygote")
    with pytest.raises(MediaError):
        await _run("segfault")
    second = await _run("zygote")
    os.kill(int(second), signal.SIGKILL)
    third = await _run("zygote")
    assert len({first, second, third}) == 3


async def test_many_calls_at_once_do_not_wait_for_each_other() -> None:
    replies = await asyncio.gather(*(_run("echo", str(number)) for number in range(20)))
    assert replies == [str(number) for number in range(20)]
    assert len(_zygotes()) == 1
