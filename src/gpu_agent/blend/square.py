"""A face's square."""

from dataclasses import dataclass

from faces.align import Matrix
from faces.detect import Picture
from gpu_agent.blend.small import Floats


@dataclass(frozen=True)
class Square:
    """What is cut out of a frame for an engine.

    Attributes:
        picture: The whole frame as it was then, BGR.
        crop: The aligned square, (size, size, 3) BGR.
        matrix: From frame pixels to the square, (2, 3).
        strength: 0 to 1: how much of the swap is shown.
        face: Where the square shows the face itself, 0 to 1, at the size of `small.SIDE`.
    """

    picture: Picture
    crop: Picture
    matrix: Matrix
    strength: float
    face: Floats
