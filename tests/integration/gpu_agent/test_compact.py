"""The network that comes with Visage, in a worker process under a limit of memory, and what it makes."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from contracts import packaged
from contracts.settings import AgentSettings
from faces.align import best_similarity, warp
from faces.detect import Detector
from faces.recognize import SFace, likeness
from gpu_agent import engines
from gpu_agent.child import Child
from gpu_agent.engines.base import Photo
from gpu_agent.wire import Order
from tests.clips import face_source, frames_of, task_for
from tests.portraits import astronaut, hopper, hopper_path
from training.export import agreement

FRAMES = 6


def test_it_is_here_and_small_enough_for_a_repository() -> None:
    assert engines.usual() == "compact"
    for name in packaged.engines():
        found = packaged.packaged(name)
        assert found is not None
        assert found.metadata["license"] in (packaged.RESEARCH, packaged.CLEAN)
        assert found.weights.stat().st_size < 40e6 and found.graph.stat().st_size < 100e3
        assert agreement(found.weights, found.graph) >= 40


@pytest.mark.parametrize("name", packaged.engines() or ["compact"])
def test_who_sees_the_result_sees_the_source_person(name: str) -> None:
    engine = engines.create(name)
    source, target = (Photo(one, Detector().detect(one)[0].points) for one in (hopper(), astronaut()))
    square = warp(target.picture, best_similarity(target.points, engine.templates), engine.size)
    done = engine.swap(square[None], [engine.prepare([source])])
    mask = done.masks[0, ..., None]
    made = np.asarray(done.crops[0] * mask + square * (1 - mask), np.uint8)
    seen, wanted, was = (
        SFace().embed(picture, points)
        for picture, points in (
            (made, np.float32(engine.templates[0])),
            (source.picture, source.points),
            (target.picture, target.points),
        )
    )
    assert likeness(seen, wanted) > max(0.3, likeness(seen, was) + 0.1)
    assert mask[:4].max() < 0.5, "the border of the square stays"


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    child = Child(AgentSettings(memory_mb=1024), "cpu", 2)
    yield child
    await child.stop()


async def test_a_worker_swaps_by_it_where_nobody_chose_an_engine(
    child: Child, clip: Path, tmp_path: Path
) -> None:
    task = task_for(clip, engine="compact", end=frames_of(clip)[FRAMES][0])
    order = Order(
        task=task,
        source_url=str(clip),
        faces=[face_source(hopper_path()).model_copy(update={"face_id": uuid4()})],
        output=str(tmp_path / "made.nut"),
    )
    await child.start()
    outcome = await child.run(order, lambda _: None)
    assert outcome.frames == outcome.face_frames == FRAMES
    for (_, before), (_, after) in zip(frames_of(clip), frames_of(tmp_path / "made.nut"), strict=False):
        assert np.abs(after.astype(int) - before).max() > 20
