"""How a player turns the picture: FFmpeg's display matrix."""

import math
import struct

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

_FORM = "=9i"  # libavutil/display.h: 3 x 3, 16.16 fixed point but the last column


def display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    """The matrix that came with a decoded frame, None where there is none."""
    data = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
    return struct.unpack(_FORM, bytes(data)[:36]) if data is not None else None


def rotation_of(matrix: tuple[int, ...] | None) -> int:
    """Degrees clockwise, to the nearest quarter turn."""
    if matrix is None or not any(matrix[:2]):
        return 0
    angle = math.degrees(math.atan2(matrix[1], matrix[0]))
    return round(angle / 90) * 90 % 360
