"""Single pictures of a video, spread over its length, for whoever wants to know what it shows."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from media.containers.container import kind_of, main_video, open_container
from media.containers.sniff import PICTURES
from media.containers.walk import only
from media.pictures.opening import shown
from media.pixels.color import Pixels, to_bgr
from media.pixels.display import display_matrix, rotation_of
from media.sources.source import Source

_SIDE = 1280  # of a picture of a video: larger ones cost more to turn into BGR than to decode
_OBLONG = 8  # a pixel whose sides differ by more is a mistake
_SMOOTH = int(Interpolation.AREA | Interpolation.ACCURATE_RND)
# With so few key frames the video is decoded as a whole: it is short, or was made to be small.
_FEW = 12


@dataclass(frozen=True)
class Sample:
    """A picture of a video: upright, its pixels square, BGR; `seconds` from the start."""

    seconds: float
    pixels: Pixels


def samples(source: Source, seconds: float, most: int) -> Generator[Sample, None, None]:
    """Up to `most` pictures of a video of so many seconds; of a picture itself, in its full size.

    Key frames come first, in an order in which any part of them is spread over the whole video: take as many as
    there is time for. What cannot be decoded is passed over.

    Raises:
        MediaError: See `media.containers.container`.
    """
    if kind_of(source) in PICTURES:
        yield Sample(0.0, shown(source))
        return
    with open_container(source) as container:
        stream = main_video(container)
        only(container, stream)
        seen: list[float] = []
        for frame in _key_frames(container, stream, seconds, most):
            seen.append(_time(frame, stream))
            yield Sample(seen[-1], _pixels(frame, stream.sample_aspect_ratio))
        if len(seen) < min(_FEW, most):
            for frame in _between(container, stream, seconds / most, seen):
                yield Sample(_time(frame, stream), _pixels(frame, stream.sample_aspect_ratio))


def spread(count: int) -> list[int]:
    """0 to count - 1 in the order of van der Corput's sequence: whatever part is taken is spread evenly."""
    bits = max(count - 1, 1).bit_length()
    turned = (int(f"{place:0{bits}b}"[::-1], 2) for place in range(1 << bits))
    return [place for place in turned if place < count]


def _key_frames(
    container: InputContainer, stream: VideoStream, seconds: float, most: int
) -> Iterator[VideoFrame]:
    """The key frames before `most` places of the video, each once."""
    met: set[int | None] = set()
    for place in spread(most):
        frame = _key_frame(container, stream, seconds * place / most)
        if frame is not None and frame.pts not in met:
            met.add(frame.pts)
            yield frame


def _key_frame(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame | None:
    assert stream.time_base is not None
    stream.codec_context.skip_frame = "NONKEY"
    try:
        container.seek((stream.start_time or 0) + round(seconds / stream.time_base), stream=stream)
        return next(container.decode(stream), None)
    except FFmpegError:
        return None


def _between(
    container: InputContainer, stream: VideoStream, step: float, seen: list[float]
) -> Iterator[VideoFrame]:
    """Frames about `step` seconds from each other and half of that from those that were seen."""
    stream.codec_context.skip_frame = "DEFAULT"
    taken = sorted(seen)
    try:
        container.seek(stream.start_time or 0, stream=stream)
        for frame in container.decode(stream):
            if _is_new(_time(frame, stream), step, taken):
                taken.append(_time(frame, stream))
                yield frame
    except FFmpegError:
        return


def _is_new(time: float, step: float, taken: list[float]) -> bool:
    return all(abs(time - other) >= step / 2 for other in taken) and time >= step / 2


def _time(frame: VideoFrame, stream: VideoStream) -> float:
    assert stream.time_base is not None
    return max(0.0, float(((frame.pts or 0) - (stream.start_time or 0)) * stream.time_base))


def _pixels(frame: VideoFrame, aspect: Fraction | None) -> Pixels:
    turn = -rotation_of(display_matrix(frame)) // 90
    wide = aspect if aspect and 1 / _OBLONG <= aspect <= _OBLONG else Fraction(1)
    width, height = float(frame.width * wide), float(frame.height)
    shrink = min(1.0, _SIDE / max(width, height))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    if size != (frame.width, frame.height):
        frame = frame.reformat(width=size[0], height=size[1], interpolation=_SMOOTH)
    return np.ascontiguousarray(np.rot90(to_bgr(frame), turn))
