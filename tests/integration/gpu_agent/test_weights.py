"""An agent with weights from the object store: fetched, handed to the worker, swapped with."""

from pathlib import Path

import pytest

from contracts.errors import Reason
from contracts.messages import SegmentDone, SegmentFailed, SegmentTask, WeightsRef
from gpu_agent.weights.conversion import Conversion, convert
from storage import keys
from storage.s3 import S3Store
from tests.clips import task_for
from tests.integration.gpu_agent.conftest import Scheduler, StartAgent
from tests.unit.gpu_agent.weights.made import generator_file, identity_file


async def stored(store: S3Store, path: Path) -> WeightsRef:
    """A file as an import leaves it."""
    target = path.with_suffix(".kept")
    file = convert(Conversion(source=path, target=target, commercial=False, license="for tests"))
    key = keys.weights(file.sha256)
    await store.put(key, target)
    return WeightsRef(role=file.role, family=file.family, key=key, sha256=file.sha256, size=file.size)


@pytest.fixture
async def task(objects: S3Store, clip: Path, tmp_path: Path) -> SegmentTask:
    """A segment to be swapped with small networks of random numbers."""
    weights = [
        await stored(objects, generator_file(tmp_path / "generator.safetensors")),
        await stored(objects, identity_file(tmp_path / "identity.safetensors")),
    ]
    return task_for(clip).model_copy(update={"engine": "simswap:small", "weights": weights})


async def test_a_segment_is_swapped_with_imported_weights(
    scheduler: Scheduler, start_agent: StartAgent, task: SegmentTask
) -> None:
    agent = await start_agent("one")
    await scheduler.release(task)
    done = await scheduler.next_event("done", "failed")
    assert isinstance(done, SegmentDone), done
    assert (done.frames, done.faces) == (45, 45)
    kept = {path.name for path in (agent.folder / "weights").iterdir()}
    assert kept == {f"{ref.sha256}.safetensors" for ref in task.weights}


async def test_weights_that_are_gone_end_the_attempt(
    scheduler: Scheduler, start_agent: StartAgent, task: SegmentTask, objects: S3Store
) -> None:
    await objects.delete(task.weights[0].key)
    await start_agent("one")
    await scheduler.release(task)
    failed = await scheduler.next_event("done", "failed")
    assert isinstance(failed, SegmentFailed), failed
    assert failed.failure.reason is Reason.OBJECT_MISSING
    assert not failed.retryable
