"""The two fields of interlaced frames made one picture."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from av.video.frame import VideoFrame

from media.pixels.filters import Chain, form_of

# A frame for a frame; those that are not interlaced stay as they are, to the bit.
_ARGUMENTS = "mode=send_frame:parity=auto:deint=interlaced"

NEIGHBORS = 1
"""How many frames before and after one have a part in its picture."""


def deinterlaced(frames: Iterable[VideoFrame], time_base: Fraction, threads: int = 1) -> Iterator[VideoFrame]:
    """The same number of frames, at the same times in units of `time_base`; each waits for the one after it."""
    chain: Chain | None = None
    for frame in frames:
        if chain is not None and chain.form != form_of(frame):
            yield from _timed(chain.push(None), time_base)
            chain = None
        frame.time_base = time_base
        chain = chain or Chain(frame, "bwdif", _ARGUMENTS, threads)
        yield from _timed(chain.push(frame), time_base)
    if chain is not None:
        yield from _timed(chain.push(None), time_base)


def _timed(frames: Iterator[VideoFrame], time_base: Fraction) -> Iterator[VideoFrame]:
    """The filter counts in half ticks."""
    for frame in frames:
        assert frame.pts is not None and frame.time_base is not None
        frame.pts, frame.time_base = round(frame.pts * frame.time_base / time_base), time_base
        yield frame
