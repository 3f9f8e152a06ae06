"""A worker process that swaps by networks: under its limit of memory, with weights that come with each order."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from contracts.errors import Reason, WorkError
from contracts.settings import AgentSettings
from gpu_agent.child import Child
from gpu_agent.wire import Order
from tests.clips import face_source, frames_of, task_for
from tests.portraits import hopper_path
from tests.unit.gpu_agent.networks import lively

FRAMES = 6


def order_for(clip: Path, out: Path, weights: dict[str, Path]) -> Order:
    frames = frames_of(clip)
    task = task_for(clip, engine="simswap", end=frames[FRAMES][0])
    return Order(
        task=task,
        source_url=str(clip),
        faces=[face_source(hopper_path()).model_copy(update={"face_id": uuid4()})],
        output=str(out),
        weights={role: str(path) for role, path in weights.items()},
    )


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    child = Child(AgentSettings(memory_mb=2048, engine="simswap"), "cpu", 1)
    yield child
    await child.stop()


async def test_faces_are_swapped_by_the_weights_of_the_order(
    child: Child, clip: Path, tmp_path: Path
) -> None:
    """One worker, one engine after another: without weights, with some, with others."""
    identity = lively.write_file(tmp_path / "identity", lively.SMALL_IDENTITY)
    made = {}
    await child.start()
    pid = child.pid
    with pytest.raises(WorkError) as caught:
        await child.run(order_for(clip, tmp_path / "none.nut", {}), lambda _: None)
    assert caught.value.reason is Reason.WEIGHTS_MISSING
    for family in ("simswap-224", "trained-512"):
        generator = lively.write_file(tmp_path / family, lively.SMALL[family])
        out = tmp_path / f"{family}.nut"
        order = order_for(clip, out, {"generator": generator, "identity": identity})
        outcome = await child.run(order, lambda _: None)
        assert outcome.frames == outcome.face_frames == FRAMES
        made[family] = [picture for _, picture in frames_of(out)]
    assert child.pid == pid
    original = [picture for _, picture in frames_of(clip)][:FRAMES]
    for pictures in made.values():
        assert all(np.abs(a.astype(int) - b).max() > 20 for a, b in zip(pictures, original, strict=True))
    assert any((a != b).any() for a, b in zip(*made.values(), strict=True))


async def test_want_of_memory_is_said(clip: Path, tmp_path: Path) -> None:
    """The limit holds for what torch allocates."""
    wide = {
        "family": "simswap-224",
        "shape": '{"size": 512, "widths": [640, 16, 16, 16], "blocks": 1, "latent": 32}',
    }
    weights = {
        "generator": lively.write_file(tmp_path / "generator", wide),
        "identity": lively.write_file(tmp_path / "identity", lively.SMALL_IDENTITY),
    }
    child = Child(AgentSettings(memory_mb=1400, engine="simswap"), "cpu", 1)
    try:
        with pytest.raises(WorkError) as caught:
            await child.run(order_for(clip, tmp_path / "x.nut", weights), lambda _: None)
    finally:
        await child.stop()
    assert caught.value.reason is Reason.OUT_OF_MEMORY
    assert caught.value.retryable
