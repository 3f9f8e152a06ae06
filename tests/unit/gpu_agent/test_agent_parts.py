"""Small parts of the agent: cancellations, the scratch folder, names, the meaning of errors."""

import asyncio
import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.errors import MediaError, Reason, UnavailableError, WorkError
from contracts.settings import AgentSettings
from gpu_agent.cancellation import Cancellations
from gpu_agent.card import agent_id, card
from gpu_agent.worker import trouble_of
from sandbox.scratch import scratch_folder


async def test_a_cancellation_stops_what_runs_for_its_job_only() -> None:
    cancellations, ours, other = Cancellations(), uuid4(), uuid4()
    running, unharmed = (asyncio.create_task(asyncio.Event().wait()) for _ in range(2))
    with cancellations.watching(ours, running), cancellations.watching(other, unharmed):
        cancellations.cancel(ours)
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not unharmed.done()
    unharmed.cancel()
    cancellations.cancel(other)  # nothing is watched any more: no harm


def test_it_covers_what_was_published_before_and_not_what_came_after() -> None:
    cancellations, job = Cancellations(), uuid4()
    before = time.time_ns() - 1
    cancellations.cancel(job)
    assert cancellations.covers(job, before)
    assert not cancellations.covers(job, time.time_ns() + 1)
    assert not cancellations.covers(uuid4(), before)


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


def test_names_are_fit_to_be_keys() -> None:
    assert agent_id(AgentSettings(id="rack 4/gpu.1")) == "rack-4-gpu-1"
    assert agent_id(AgentSettings()).endswith(f"-{os.getpid()}")
    shown = card(AgentSettings(slots=3), "a", [uuid4()])
    assert (shown.slots, len(shown.busy), shown.device) == (3, 1, "cpu")
    assert "paste" in shown.engines


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
