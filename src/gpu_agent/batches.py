"""Faces of several frames swapped in one go, in smaller goes when memory runs out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from faces.align import Matrix, best_similarity, warp
from faces.detect import Picture, Points
from gpu_agent.engines.base import Crops, Engine, Identity, Swapped
from sandbox.limits import is_want_of_memory


@dataclass(frozen=True)
class Aligned:
    """A face's square, (size, size, 3) BGR, and the matrix (2, 3) from frame pixels to it."""

    crop: Picture
    matrix: Matrix


def aligned(picture: Picture, points: Points, engine: Engine) -> Aligned:
    """The square of a face as the engine wants it."""
    matrix = best_similarity(points, engine.templates)
    return Aligned(warp(picture, matrix, engine.size), matrix)


def swap(engine: Engine, crops: Crops, identities: Sequence[Identity]) -> Swapped:
    """Swap a batch; where memory runs out, by halves. Raises `MemoryError` where one face is too many."""
    try:
        return engine.swap(crops, identities)
    except Exception as error:
        if len(crops) < 2 or not is_want_of_memory(error):
            raise
    half = len(crops) // 2
    first, second = (
        swap(engine, crops[:half], identities[:half]),
        swap(engine, crops[half:], identities[half:]),
    )
    return Swapped(np.concatenate([first.crops, second.crops]), np.concatenate([first.masks, second.masks]))
