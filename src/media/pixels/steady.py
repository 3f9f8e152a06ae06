"""Frames made alike before anything looks at them: whole pictures, all of one size."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from contracts.media import EncodeSpec
from media.pixels.deinterlace import NEIGHBORS, deinterlaced

_SMOOTH = int(Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT)


@dataclass(frozen=True)
class Steady:
    """What is done to the frames of a video as they are decoded.

    Attributes:
        size: Width and height in pixels that frames of another size are scaled to, as players show them; None
            leaves them.
        deinterlace: Whether interlaced frames are made whole pictures.
    """

    size: tuple[int, int] | None = None
    deinterlace: bool = False

    @property
    def neighbors(self) -> int:
        """Frames before and after one that have a part in it."""
        return NEIGHBORS if self.deinterlace else 0

    def made(
        self, frames: Iterable[VideoFrame], time_base: Fraction, threads: int = 1
    ) -> Iterator[VideoFrame]:
        """The same number of frames at the same times, in units of `time_base`."""
        whole = deinterlaced(frames, time_base, threads) if self.deinterlace else frames
        return (self._sized(frame) for frame in whole)

    def _sized(self, frame: VideoFrame) -> VideoFrame:
        if self.size is None or self.size == (frame.width, frame.height):
            return frame
        width, height = self.size
        return frame.reformat(width=width, height=height, interpolation=_SMOOTH, threads=1)


def steady_of(spec: EncodeSpec) -> Steady:
    """What a job's frames need. Where packets may be copied, frames of another size have to be told apart."""
    return Steady(None if spec.copies else spec.source_size, spec.deinterlace)
