"""A worker process by itself: what it may, what it knows, how it ends."""

import asyncio
import os
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.errors import Reason, WorkError
from contracts.settings import AgentSettings
from gpu_agent.child import Child, WorkerDiedError
from gpu_agent.slots import Slots
from gpu_agent.wire import Order, Progress
from tests.clips import face_source, frames_of, task_for, write_clip
from tests.portraits import hopper_path
from tests.processes import has_ended
from tests.waiting import PATIENCE, until


def order_for(clip: Path, out: Path, **changes: object) -> Order:
    face = face_source(hopper_path())
    return Order(task=task_for(clip, **changes), source_url=str(clip), faces=[face], output=str(out))


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    child = Child(AgentSettings(memory_mb=2048), "cpu", 1)
    yield child
    await child.stop()


async def test_it_knows_no_secret_and_is_limited(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAGE_S3_SECRET_KEY", "hush")
    monkeypatch.setenv("HTTP_PROXY", "http://elsewhere")
    await child.start()
    assert child.pid is not None
    known = dict(
        entry.partition("=")[::2]
        for entry in Path(f"/proc/{child.pid}/environ").read_text().split("\0")
        if entry
    )
    assert set(known) <= {
        *("PYTHONPATH", "PATH", "LANG", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"),
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LD_LIBRARY_PATH"),
    }
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert f"{2048 * 2**20}" in next(line for line in limits.splitlines() if "address space" in line)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 2048 * 2**20


async def test_it_serves_one_segment_after_another(child: Child, clip: Path, tmp_path: Path) -> None:
    heard: list[Progress] = []
    first = await child.run(order_for(clip, tmp_path / "1.nut"), heard.append)
    pid = child.pid
    second = await child.run(order_for(clip, tmp_path / "2.nut"), heard.append)
    assert child.pid == pid
    assert (first.frames, second.frames) == (45, 45)
    times = [[pts for pts, _ in frames_of(tmp_path / name)] for name in ("1.nut", "2.nut")]
    assert times[0] == times[1] == [pts for pts, _ in frames_of(clip)]
    assert heard


async def test_a_typed_error_leaves_it_alive(child: Child, clip: Path, tmp_path: Path) -> None:
    await child.start()
    pid = child.pid
    with pytest.raises(WorkError) as caught:
        await child.run(order_for(clip, tmp_path / "x.nut", engine="none-such"), lambda _: None)
    assert caught.value.reason is Reason.ENGINE_MISSING
    assert child.pid == pid


async def test_time_over(child: Child, long_clip: Path, tmp_path: Path) -> None:
    await child.start()
    with pytest.raises(WorkError) as caught:
        await child.run(order_for(long_clip, tmp_path / "x.nut", timeout_seconds=0.5), lambda _: None)
    assert caught.value.reason is Reason.SEGMENT_TIMEOUT
    assert caught.value.retryable
    assert child.pid is None


async def test_want_of_memory_is_said(tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    write_clip(large, 6, scale=8)
    child = Child(AgentSettings(memory_mb=640), "cpu", 1)
    try:
        with pytest.raises(WorkError) as caught:
            await child.run(order_for(large, tmp_path / "x.nut"), lambda _: None)
    finally:
        await child.stop()
    assert caught.value.reason is Reason.OUT_OF_MEMORY
    assert caught.value.retryable


async def test_cancelling_kills_it(child: Child, long_clip: Path, tmp_path: Path) -> None:
    begun = asyncio.Event()
    work = asyncio.create_task(child.run(order_for(long_clip, tmp_path / "x.nut"), lambda _: begun.set()))
    await asyncio.wait_for(begun.wait(), PATIENCE)
    pid = child.pid
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert pid is not None and has_ended(pid)


async def test_a_slot_starts_its_worker_ahead_and_again_after_a_death(clip: Path, tmp_path: Path) -> None:
    slots = Slots(AgentSettings(slots=1))
    try:
        slots.warm()
        await until(lambda: slots.children[0].pid)
        async with slots.lend() as child:
            await child.start()
            pid = child.pid
            assert pid is not None
            os.kill(pid, 9)
            with pytest.raises(WorkerDiedError):
                await child.run(order_for(clip, tmp_path / "x.nut"), lambda _: None)
        await until(lambda: slots.children[0].pid not in (None, pid))
    finally:
        await slots.close()
    assert slots.children[0].pid is None
