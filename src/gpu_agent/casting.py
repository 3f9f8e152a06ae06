"""Who gets which face."""

from collections.abc import Sequence
from typing import Protocol

from contracts.messages import PersonRef
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


def casting_of(persons: Sequence[PersonRef]) -> Casting:
    """The casting of a task: by its persons where it has any, else everybody gets the first face."""
    if not persons:
        return Everybody()
    from gpu_agent.recognizing import Recognized

    return Recognized(persons)
