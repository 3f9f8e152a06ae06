"""Frames with their faces in, the same frames with swapped faces out. Knows no file."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gpu_agent.batches import swap
from gpu_agent.blend.base import Blending
from gpu_agent.blend.blender import Blender
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.seen import F, Seen

_BATCH_BYTES = 96 * 2**20  # of the frames held meanwhile


def swapped(
    seen: Iterable[Seen[F]], engine: Engine, identities: Sequence[Identity], blending: Blending | None = None
) -> Iterator[Seen[F]]:
    """The same frames in the same order, every face in them replaced by its identity.

    A `blending` that saw earlier frames of the same video goes on where it was.
    """
    blending = blending or Blender(engine)
    for batch in _batches(seen, engine.batch):
        _swap_batch(batch, engine, identities, blending)
        yield from batch


def _batches(seen: Iterable[Seen[F]], most: int) -> Iterator[list[Seen[F]]]:
    batch: list[Seen[F]] = []
    faces = held = 0
    for one in seen:
        batch.append(one)
        faces += len(one.faces)
        held += one.frame.to_bgr().nbytes if one.faces else 0
        if faces >= most or len(batch) >= most or held >= _BATCH_BYTES:
            yield batch
            batch, faces, held = [], 0, 0
    if batch:
        yield batch


def _swap_batch(
    batch: list[Seen[F]], engine: Engine, identities: Sequence[Identity], blending: Blending
) -> None:
    found = [(one.frame, face) for one in batch for face in one.faces]
    if not found:
        return
    squares = blending.squares(found)
    crops = np.stack([square.crop for square in squares])
    result = swap(engine, crops, [identities[face.face] for _, face in found])
    for (frame, _), square, crop, mask in zip(found, squares, result.crops, result.masks, strict=True):
        blending.lay(frame, square, crop, mask)
