"""What a JPEG frame is made of: components, their sampling, the grid of their blocks (T.81, B.2.2 and A.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media.pictures.jpeg.markers import APP0, APP14, DQT, Part
from media.pictures.refusals import no_picture

Table = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Component:
    """A component: its identifier, sampling factors across and down, and number of its quantization table."""

    name: int
    across: int
    down: int
    table: int


@dataclass(frozen=True)
class FrameHeader:
    """The frame header: `marker` says how it is coded."""

    marker: int
    precision: int
    width: int
    height: int
    components: tuple[Component, ...]

    @property
    def most(self) -> tuple[int, int]:
        """The largest sampling factors, across and down."""
        return max(one.across for one in self.components), max(one.down for one in self.components)

    def blocks(self, component: Component) -> tuple[int, int]:
        """Blocks of a component across and down, without those that only fill up a group."""
        across, down = self.most
        wide = -(-self.width * component.across // across)
        high = -(-self.height * component.down // down)
        return -(-wide // 8), -(-high // 8)

    @property
    def groups(self) -> tuple[int, int]:
        """Groups of blocks (MCUs) across and down in a scan of several components."""
        across, down = self.most
        return -(-self.width // (8 * across)), -(-self.height // (8 * down))


def frame_header(part: Part) -> FrameHeader:
    """Parse a start of frame; raises MediaError (NOT_A_PICTURE) where it makes no sense."""
    data = part.data
    precision, height, width, count = data[0], int.from_bytes(data[1:3]), int.from_bytes(data[3:5]), data[5]
    rows = [data[6 + 3 * place : 9 + 3 * place] for place in range(count)]
    components = tuple(Component(row[0], row[1] >> 4, row[1] & 15, row[2]) for row in rows)
    sensible = all(0 < one.across <= 4 and 0 < one.down <= 4 for one in components)
    if precision != 8 or not width or not height or count not in (1, 3, 4) or not sensible:
        raise no_picture("This kind of JPEG picture cannot be used.")
    return FrameHeader(part.marker, precision, width, height, components)


def quantization(parts: Sequence[Part]) -> dict[int, Table]:
    """The quantization tables by number, 64 values each in zigzag order."""
    tables: dict[int, Table] = {}
    for part in parts:
        place = 0
        while part.marker == DQT and place < len(part.data):
            wide, number = part.data[place] >> 4, part.data[place] & 15
            size = 128 if wide else 64
            kind = ">u2" if wide else "u1"
            steps = np.frombuffer(part.data, kind, 64, place + 1).astype(np.int32)
            tables[number] = np.maximum(steps, 1)  # none of an intact file is 0
            place += 1 + size
    return tables


def adobe_transform(parts: Sequence[Part]) -> int | None:
    """What Adobe's segment says of colors: 0 none, 1 YCbCr, 2 YCCK; None without such a segment."""
    for part in parts:
        if part.marker == APP14 and part.data.startswith(b"Adobe") and len(part.data) >= 12:
            return part.data[11]
    return None


def is_plain(header: FrameHeader, parts: Sequence[Part]) -> bool:
    """Whether components are colors themselves, red, green and blue or inks; else luma and chroma.

    As libjpeg decides it (its `default_decompress_parms`).
    """
    transform = adobe_transform(parts)
    if len(header.components) == 4:
        return not transform
    if any(part.marker == APP0 and part.data.startswith(b"JFIF\x00") for part in parts):
        return False
    if transform is not None:
        return transform == 0
    return bytes(one.name for one in header.components) == b"RGB"
