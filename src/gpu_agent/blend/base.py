"""What stands between frames and an engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from faces.align import Matrix
from faces.detect import Picture
from gpu_agent.blend.edge import Masks
from gpu_agent.blend.small import Floats
from gpu_agent.seen import F, Seen, SeenFace, SwappableFrame


@dataclass(frozen=True)
class Square:
    """What is cut out of a frame for an engine.

    Attributes:
        picture: The whole frame as it was then, BGR.
        crop: The aligned square, (size, size, 3) BGR.
        matrix: From frame pixels to the square, (2, 3).
        strength: 0 to 1: how much of the swap is shown.
        face: Where the square shows the face itself, 0 to 1, at the size of `small.SIDE`; None: all over.
    """

    picture: Picture
    crop: Picture
    matrix: Matrix
    strength: float = 1.0
    face: Floats | None = None


class Blending(Protocol):
    """Cuts squares out of a segment's frames, which come in order, and lays swapped ones over them."""

    def look(self, seen: Seen[F]) -> None:
        """Remember the faces of a frame that is only looked at: one before the segment's first."""

    def squares(self, faces: Sequence[tuple[SwappableFrame, SeenFace]]) -> list[Square]:
        """The squares of faces, in the order of their frames."""

    def lay(self, frame: SwappableFrame, square: Square, crop: Picture, mask: Masks) -> None:
        """Lay what an engine made of a square over its frame; `mask` says what the engine changed."""
