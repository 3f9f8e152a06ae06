"""Faces of several frames swapped in one go, in smaller goes when memory runs out."""

from collections.abc import Sequence

import numpy as np

from gpu_agent.engines.base import Crops, Engine, Identity, Swapped
from sandbox.limits import is_want_of_memory


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
