"""Small parts of the agent: cancellations, the scratch folder, names, the meaning of errors."""

import asyncio
import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.errors import MediaError, Reason, UnavailableError, WorkError
from contracts.messages import CancelWork, SegmentTask
from contracts.settings import AgentSettings
from gpu_agent.cancellation import Cancellations
from gpu_agent.card import agent_id, card
from gpu_agent.worker import trouble_of
from sandbox.scratch import scratch_folder


def task_of(job: UUID | None = None) -> SegmentTask:
    """A task of which only the names matter."""
    return SegmentTask.model_construct(job_id=job or uuid4(), attempt_id=uuid4())


async def test_a_cancellation_stops_what_runs_for_its_job_only() -> None:
    cancellations, ours, other = Cancellations(), task_of(), task_of()
    running, unharmed = (asyncio.create_task(asyncio.Event().wait()) for _ in range(2))
    with cancellations.watching(ours, running), cancellations.watching(other, unharmed):
        cancellations.hear(CancelWork(job_id=ours.job_id))
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not unharmed.done()
    unharmed.cancel()
    cancellations.hear(CancelWork(job_id=other.job_id))  # nothing is watched any more: no harm


async def test_an_attempt_that_is_given_up_stops_alone_and_never_comes_back() -> None:
    cancellations, lost = Cancellations(), task_of()
    again = task_of(lost.job_id)
    running, unharmed = (asyncio.create_task(asyncio.Event().wait()) for _ in range(2))
    with cancellations.watching(lost, running), cancellations.watching(again, unharmed):
        cancellations.hear(CancelWork(job_id=lost.job_id, attempt_id=lost.attempt_id))
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not unharmed.done()
    unharmed.cancel()
    assert cancellations.covers(lost, time.time_ns() + 10**9)
    assert not cancellations.covers(again, 0)


def test_it_covers_what_was_published_before_and_not_what_came_after() -> None:
    cancellations, task = Cancellations(), task_of()
    before = time.time_ns() - 1
    cancellations.hear(CancelWork(job_id=task.job_id))
    assert cancellations.covers(task, before)
    assert not cancellations.covers(task, time.time_ns() + 1)
    assert not cancellations.covers(task_of(), before)


def test_scratch_is_removed_at_the_end_and_that_of_the_dead_at_the_start(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from sandbox.scratch import scratch_folder\n"
        "with scratch_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'segment.mp4').write_bytes(b'x'); os._exit(9)\n"
    )
    path = os.pathsep.join(entry for entry in sys.path if entry)
    subprocess.run([sys.executable, "-c", code, tmp_path], env={"PYTHONPATH": path}, check=False)
    assert [file.name for file in tmp_path.glob("work-*/*.mp4")] == ["segment.mp4"]
    with scratch_folder(tmp_path) as first, scratch_folder(tmp_path) as second:
        assert first != second
        assert first.is_dir() and second.is_dir()
        assert len(list(tmp_path.glob("work-*"))) == 2
    assert list(tmp_path.glob("work-*")) == []


def test_an_agent_that_is_told_to_stop_has_no_free_slot() -> None:
    assert card(AgentSettings(slots=3), "a", [uuid4()], stopping=True).slots == 1


def test_names_are_fit_to_be_keys() -> None:
    assert agent_id(AgentSettings(id="rack 4/gpu.1")) == "rack-4-gpu-1"
    assert agent_id(AgentSettings()).endswith(f"-{os.getpid()}")
    shown = card(AgentSettings(slots=3), "a", [uuid4()])
    assert (shown.slots, len(shown.busy), shown.device) == (3, 1, "cpu")
    assert "paste" in shown.engines and shown.life == card(AgentSettings(), "a", []).life


@pytest.mark.parametrize(
    ("error", "reason", "retryable"),
    [
        (MemoryError(), Reason.OUT_OF_MEMORY, True),
        (OSError(errno.ENOSPC, "full"), Reason.DISK_FULL, True),
        (ZeroDivisionError(), Reason.ENGINE_FAILED, True),
        (MediaError(Reason.TRUNCATED, "cut short"), Reason.TRUNCATED, False),
        (WorkError(Reason.DECODE_FAILED, "no", retryable=False), Reason.DECODE_FAILED, False),
        (UnavailableError("object store"), Reason.UNAVAILABLE, True),
    ],
)
def test_what_is_said_of_errors(error: Exception, reason: Reason, retryable: bool) -> None:
    trouble = trouble_of(error)
    assert (trouble.failure.reason, trouble.retryable) == (reason, retryable)
