"""Frames as the encoder takes them: in its size and pixel format."""

from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from contracts.media import EncodeSpec
from media.pixels.color import matrix_of, range_of
from media.pixels.filters import filtered

_RGB = 0  # the matrix code point of ITU-T H.273 for pictures that are no YCbCr
_SMALLER = int(Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT)


def fitted(video: VideoFrame, spec: EncodeSpec) -> VideoFrame:
    """The frame in the size and pixel format of `spec`; the same frame where it is so already."""
    video = resized(video, spec.width, spec.height)
    if video.format.name == spec.pix_fmt:
        return video
    becomes = video.format.is_rgb and spec.color_space != _RGB
    matrix, values = matrix_of(video), range_of(video)
    picture = video.reformat(
        format=spec.pix_fmt,
        src_colorspace=matrix,
        dst_colorspace=spec.color_space if becomes else matrix,
        src_color_range=values,
        dst_color_range=spec.color_range if becomes else values,
        interpolation=_SMALLER,
        threads=1,
    )
    # Some encoders write down what their frames say of themselves.
    picture.colorspace, picture.color_range = spec.color_space, spec.color_range
    return picture


def resized(video: VideoFrame, width: int, height: int) -> VideoFrame:
    """The frame at `width` x `height` pixels, its colors untouched.

    Where that is one pixel less, for an encoder that wants an even number, the last one is left out.
    """
    if (video.width, video.height) == (width, height):
        return video
    if 0 <= video.width - width <= 1 and 0 <= video.height - height <= 1:
        return filtered(video, "crop", f"{width}:{height}:0:0:exact=1")
    return video.reformat(width=width, height=height, interpolation=_SMALLER, threads=1)
