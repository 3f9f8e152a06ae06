"""A frame with what was found in it: what detection and tracking hand to swapping."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from faces.detect import Picture, Points
from media.pixels.paint import Box


class SwappableFrame(Protocol):
    """The part of `media.pixels.frame.Frame` that is needed here."""

    @property
    def pts(self) -> int:
        """Presentation time in ticks of the stream's time base."""

    def to_bgr(self) -> Picture:
        """The pixels as they are now, shape (height, width, 3); not to be written to."""

    def part(self, box: Box) -> Picture:
        """A box of those pixels; not to be written to."""

    def patch(self, x: int, y: int, bgr: Picture) -> None:
        """Replace a box whose corner is at x, y; pixels outside it stay bit for bit."""


F = TypeVar("F", bound=SwappableFrame)


@dataclass(frozen=True)
class SeenFace:
    """A face that is to be swapped.

    Attributes:
        points: Five points, (5, 2) in pixels of the stored frame, smoothed.
        track: The same along a segment for the same face on screen.
        face: Place of the identity it gets among the job's faces.
        strength: 0 to 1: how much of the swap is shown, for a face that comes or goes.
    """

    points: Points
    track: int = 0
    face: int = 0
    strength: float = 1.0


@dataclass(frozen=True)
class Seen(Generic[F]):
    """A frame and its faces that are to be swapped."""

    frame: F
    faces: list[SeenFace]
