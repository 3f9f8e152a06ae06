"""A still of a video or picture, for lists and players."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream
from PIL import Image

from contracts.errors import Reason, WorkError
from media.containers.container import kind_of, main_video, open_container
from media.containers.sniff import PICTURES
from media.containers.walk import only
from media.pictures.opening import shown
from media.pixels.color import Pixels, to_bgr
from media.pixels.display import display_matrix, rotation_of
from media.pixels.planes import is_planar, planes
from media.sources.source import Source, open_source

_SIDE = 1280
_OBLONG = 8  # a pixel whose sides differ by more is a mistake
_FRAMES = 75  # looked at, from the start
_LEAST_CONTRAST = 12.0  # standard deviation of 8-bit luma: black and white leaders have less
_SMOOTH = int(Interpolation.AREA | Interpolation.ACCURATE_RND)


def poster(video: str | Path, out_jpg: Path) -> None:
    """Write a JPEG of the first frame that shows something, as displayed, its sides at most 1280 pixels.

    Raises:
        MediaError: See `media.containers.container`.
        WorkError: DECODE_FAILED where nothing can be decoded.
    """
    with open_source(video) as source:
        write_still(_telling(source), out_jpg, _SIDE)


def write_still(pixels: Pixels, out_jpg: Path, side: int) -> None:
    """Write BGR pixels as a JPEG whose sides are at most `side` pixels."""
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    image.save(out_jpg, format="JPEG", quality=85, optimize=True)


def _telling(source: Source) -> Pixels:
    if kind_of(source) in PICTURES:
        return shown(source)
    with open_container(source) as container:
        stream = main_video(container)
        only(container, stream)
        return displayed(_telling_frame(container, stream), stream.sample_aspect_ratio)


def _telling_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    best: tuple[float, VideoFrame] | None = None
    try:
        for count, frame in enumerate(container.decode(stream)):
            contrast = _contrast(frame)
            if best is None or contrast > best[0]:
                best = contrast, frame
            if contrast >= _LEAST_CONTRAST or count >= _FRAMES:
                break
    except FFmpegError as error:
        if best is None:
            raise undecodable() from error
    if best is None:
        raise undecodable()
    return best[1]


def displayed(frame: VideoFrame, sample_aspect: Fraction | None = None) -> Pixels:
    """The frame as a viewer sees it: turned upright, its pixels square. BGR."""
    wide = sample_aspect if sample_aspect and 1 / _OBLONG <= sample_aspect <= _OBLONG else Fraction(1)
    width = round(frame.width * wide)
    if width != frame.width:
        frame = frame.reformat(width=width, interpolation=_SMOOTH)
    return np.rot90(to_bgr(frame), -rotation_of(display_matrix(frame)) // 90)


def _contrast(frame: VideoFrame) -> float:
    """Standard deviation of the first component, in 8-bit units."""
    if not is_planar(frame):
        return float(to_bgr(frame)[::4, ::4].std())
    return float(planes(frame)[0][::4, ::4].std()) * 2.0 ** (8 - frame.format.components[0].bits)


def undecodable() -> WorkError:
    """The failure of a video of which nothing can be decoded."""
    return WorkError(Reason.DECODE_FAILED, "Not one frame of the video could be decoded.", retryable=False)
