"""What the properties of a HEIF picture say of it."""

import struct
from fractions import Fraction
from math import floor

import numpy as np

from media.pictures.heif.meta import Meta
from media.pictures.refusals import no_picture
from media.pictures.turning import upright
from media.pixels.paint import Box


def shown_part(meta: Meta) -> Box:
    """What is shown of the item: all, or what its clean aperture leaves (14496-12, 12.1.4)."""
    size = meta.property_of(meta.primary, b"ispe")
    if size is None or len(size) < 12:
        raise no_picture()
    width, height = struct.unpack_from(">II", size, 4)
    clean = meta.property_of(meta.primary, b"clap")
    if clean is None:
        return Box(0, 0, width, height)
    numbers = struct.unpack_from(">IIIIiIiI", clean)
    if not all(numbers[1::2]):
        raise no_picture()
    wide, high, right, down = (Fraction(*numbers[place : place + 2]) for place in range(0, 8, 2))
    left, top = floor((width - wide) / 2 + right), floor((height - high) / 2 + down)
    box = Box(left, top, left + int(wide), top + int(high))
    if left < 0 or top < 0 or box.right > width or box.bottom > height or not (int(wide) and int(high)):
        raise no_picture()
    return box


def pixel_format(configuration: bytes, data: bytes) -> tuple[str, int]:
    """FFmpeg's name of how samples are stored, and their bits, by a decoder configuration."""
    if configuration == b"hvcC":
        chroma, depth = data[16] & 3, 8 + (data[17] & 7)
    else:
        flags = data[2]
        depth = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
        chroma = 0 if flags & 0x10 else {3: 1, 2: 2}.get(flags >> 2 & 3, 3)
    name = ("gray", "yuv420p", "yuv422p", "yuv444p")[chroma]
    return (name if depth == 8 else f"{name}{depth}le"), depth


def orientation(meta: Meta) -> int:
    """The EXIF orientation that turns and mirrors as the item's properties do, in their order."""
    probe = np.arange(6).reshape(2, 3)
    shown = probe
    for box in meta.properties_of(meta.primary):
        if box.kind == b"irot":
            shown = np.rot90(shown, box.data[0] & 3)
        elif box.kind == b"imir":
            shown = shown[:, ::-1] if box.data[0] & 1 else shown[::-1]
    return next(value for value in range(1, 9) if np.array_equal(upright(probe, value), shown))
