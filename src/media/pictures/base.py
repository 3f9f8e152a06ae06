"""What every kind of picture can do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.notes import Note
from media.pictures.change import Change
from media.pixels.color import Pixels

Steps = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Facts:
    """What a picture's headers say.

    Attributes:
        width, height: Of the stored picture in pixels, before `orientation`.
        orientation: How it is turned for showing, as EXIF counts: 1 to 8.
        pix_fmt: FFmpeg's name of the nearest pixel format.
        bit_depth: Bits of a component.
    """

    width: int
    height: int
    orientation: int
    pix_fmt: str
    bit_depth: int = 8


@dataclass(frozen=True)
class Written:
    """A picture as a file, and what its user should know of it."""

    data: bytes
    notes: list[Note]


class Picture(ABC):
    """A picture of some format, its headers read, its pixels not yet.

    Attributes:
        facts: What the headers say; known before anything is decoded.
    """

    facts: Facts

    @abstractmethod
    def look(self) -> Pixels:
        """The stored pixels as height x width x 3 bytes, blue first, not turned.

        Raises:
            MediaError: DAMAGED where they cannot be decoded.
        """

    @abstractmethod
    def written(self, change: Change | None, size: tuple[int, int]) -> Written:
        """The picture with `change`, given in stored pixels, at `size` (stored width and height)."""

    @property
    def size(self) -> tuple[int, int]:
        """Stored width and height in pixels."""
        return self.facts.width, self.facts.height


def steps(change: Change, gray: bool) -> Steps:
    """How far a change moves each pixel of its box: red, green, blue; or one value of luma.

    Where nothing changed it is 0. Luma is that of ITU-R BT.601, as JPEG and PNG viewers make gray.
    """
    moved: Steps = change.after[:, :, ::-1].astype(np.int32) - change.before[:, :, ::-1]
    if not gray:
        return moved
    luma = moved @ np.array([0.299, 0.587, 0.114])
    return np.asarray(np.rint(luma), np.int32)[:, :, np.newaxis]
