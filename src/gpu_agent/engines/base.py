"""What an engine is: the part that puts one face onto another, in aligned squares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from faces.align import Matrix
from faces.detect import Picture, Points

# Shape (n, size, size, 3), BGR.
Crops = npt.NDArray[np.uint8]
# Shape (n, size, size), 0 to 1: how much of the swapped pixel is shown.
Masks = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Photo:
    """A photo (BGR) of a face, its five points in pixels, and its weight beside the face's other photos."""

    picture: Picture
    points: Points
    weight: float = 1.0


@dataclass(frozen=True)
class Identity:
    """A face as its engine wants it: computed once a photo. `data` is the engine's own."""

    engine: str
    data: Any


@dataclass(frozen=True)
class Swapped:
    """What `Engine.swap` returns, one row a crop."""

    crops: Crops
    masks: Masks


class Engine(Protocol):
    """Swaps faces in squares that are aligned to its template."""

    @property
    def name(self) -> str:
        """As tasks and cards name it."""

    @property
    def device(self) -> str:
        """Where it computes: "cpu", or the accelerator's name."""

    @property
    def size(self) -> int:
        """Side of its squares in pixels."""

    @property
    def batch(self) -> int:
        """Faces that are best swapped in one go: more are no faster, and the next frame should not wait for long."""

    @property
    def templates(self) -> Matrix:
        """Where a face's five points lie in its square, (n, 5, 2) in pixels; the best of several is taken."""

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """The identity of a face: of one photo, or the weighted mean of several, be they of one person or not."""

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """Put `identities[i]` onto `crops[i]`. Raises `MemoryError` where a smaller batch could do."""
