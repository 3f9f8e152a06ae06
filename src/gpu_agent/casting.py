"""Who gets which face."""

from typing import Protocol

from faces.detect import Picture
from gpu_agent.tracking import TrackedFace


class Casting(Protocol):
    """Decides for a followed face which of the job's faces it gets."""

    def face_of(self, picture: Picture, face: TrackedFace) -> int | None:
        """Place of the identity among the job's faces; None leaves the face as it is.

        Called for every face of every frame in order, upright `picture` (BGR), points in its pixels.
        """


class Everybody:
    """Gives everybody the first face."""

    def face_of(self, picture: Picture, face: TrackedFace) -> int | None:
        """Always the first."""
        return 0
