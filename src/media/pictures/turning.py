"""Between pixels as they are stored and as they are shown, by the EXIF orientation.

The eight values are those of Exif 2.32, tag 0x0112.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from media.pixels.paint import Box

Array = npt.NDArray[Any]


def is_turned(orientation: int) -> bool:
    """Whether rows become columns when it is shown."""
    return orientation >= 5


def upright(stored: Array, orientation: int) -> Array:
    """Stored pixels (h x w or h x w x n) as they are shown."""
    return {
        2: lambda: stored[:, ::-1],
        3: lambda: stored[::-1, ::-1],
        4: lambda: stored[::-1],
        5: lambda: stored.swapaxes(0, 1),
        6: lambda: np.rot90(stored, -1),
        7: lambda: stored[::-1, ::-1].swapaxes(0, 1),
        8: lambda: np.rot90(stored, 1),
    }.get(orientation, lambda: stored)()


def stored(shown: Array, orientation: int) -> Array:
    """Shown pixels as they are stored: what `upright` undoes."""
    return upright(shown, {6: 8, 8: 6}.get(orientation, orientation))


def stored_box(box: Box, orientation: int, width: int, height: int) -> Box:
    """Where a box of a picture shown with `width` x `height` pixels lies in the stored one."""
    left, top = box.left, box.top
    from_right, from_bottom = width - box.right, height - box.bottom
    across, down = box.right - box.left, box.bottom - box.top
    corner = {
        2: (from_right, top),
        3: (from_right, from_bottom),
        4: (left, from_bottom),
        5: (top, left),
        6: (top, from_right),
        7: (from_bottom, from_right),
        8: (from_bottom, left),
    }.get(orientation, (left, top))
    if is_turned(orientation):
        across, down = down, across
    return Box(corner[0], corner[1], corner[0] + across, corner[1] + down)
