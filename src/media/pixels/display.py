"""How a player turns the picture: FFmpeg's display matrix."""

import math
import struct

from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

_FORM = "=9i"  # libavutil/display.h: 3 x 3, 16.16 fixed point but the last column


def display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    """The matrix that came with a decoded frame, None where there is none."""
    data = side_data(frame, Type.DISPLAYMATRIX)
    return struct.unpack(_FORM, data[:36]) if data is not None and len(data) >= 36 else None


def side_data(frame: VideoFrame, kind: Type) -> bytes | None:
    """What came with a decoded frame besides its picture; None where it did not."""
    try:
        data = frame.side_data.get(kind)  # type: ignore[call-overload]
    except ValueError:  # PyAV hands out none where it does not know the kind of one, such as EXIF's
        return None
    return bytes(data) if data is not None else None


def rotation_of(matrix: tuple[int, ...] | None) -> int:
    """Degrees clockwise, to the nearest quarter turn."""
    if matrix is None or not any(matrix[:2]):
        return 0
    angle = math.degrees(math.atan2(matrix[1], matrix[0]))
    return round(angle / 90) * 90 % 360
