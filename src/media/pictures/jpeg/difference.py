"""A change of pixels as a change of quantized coefficients: the transform is linear, so differences suffice."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from media.pictures.jpeg.frame import Component, FrameHeader, Table
from media.pictures.jpeg.scan import columns
from media.pixels.paint import Box

Moves = npt.NDArray[np.float64]

# Red, green and blue to Y, Cb and Cr (ITU-T T.871, section 7); a difference has no offset.
TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]]
)

# The cosine transform of 8 values (T.81, A.3.3).
_COSINES = np.sqrt(2 / 8) * np.cos(np.outer(np.arange(8), 2 * np.arange(8) + 1) * np.pi / 16)
_COSINES[0] /= np.sqrt(2)


def _zigzag() -> npt.NDArray[np.intp]:
    """Places in a block of 8 x 8 in the order of coding (T.81, figure A.6)."""
    cells = [(row, column) for row in range(8) for column in range(8)]
    cells.sort(key=lambda cell: (sum(cell), cell[0] if sum(cell) % 2 else cell[1]))
    return np.array([row * 8 + column for row, column in cells])


_ZIGZAG = _zigzag()


class UnevenError(Exception):
    """A component is sampled at a fraction that is not whole."""


def block_deltas(
    header: FrameHeader, component: Component, table: Table, moves: Moves, box: Box
) -> dict[int, list[int]]:
    """What to add to the quantized coefficients of the blocks under `box`, by number, in zigzag order.

    Args:
        moves: How far each pixel of the box moves in this component; height x width.

    Raises:
        UnevenError: The component's sampling is not supported.
    """
    most_across, most_down = header.most
    if len(header.components) == 1:
        wide = high = 1
    elif most_across % component.across or most_down % component.down:
        raise UnevenError
    else:
        wide, high = most_across // component.across, most_down // component.down
    blocks, row, column = _blocks(header, moves, box, wide, high)
    steps = np.rint((_COSINES @ blocks @ _COSINES.T).reshape(*blocks.shape[:2], 64)[..., _ZIGZAG] / table)
    width = columns(header, component)
    found: npt.NDArray[Any] = steps.astype(int)
    return {
        int((row + down) * width + column + across): found[down, across].tolist()
        for down, across in np.argwhere(found.any(axis=2))
    }


def _blocks(
    header: FrameHeader, moves: Moves, box: Box, wide: int, high: int
) -> tuple[npt.NDArray[np.float64], int, int]:
    """`moves` cut into blocks of samples, and row and column of the first; a sample is `wide` x `high` pixels."""
    across, down = 8 * wide, 8 * high
    column, row = box.left // across, box.top // down
    last_column, last_row = -(-box.right // across), -(-box.bottom // down)
    left, top = box.left - column * across, box.top - row * down
    within = ((top, 0), (left, 0))
    padded = np.pad(moves, within)
    padded = np.pad(
        padded,
        _up_to(padded.shape, header, row * down, column * across, last_row * down, last_column * across),
    )
    beyond = (
        (0, (last_row - row) * down - padded.shape[0]),
        (0, (last_column - column) * across - padded.shape[1]),
    )
    padded = np.pad(padded, beyond, mode="edge")  # beyond the picture's edge the last pixels go on
    cut = padded.reshape(last_row - row, 8, high, last_column - column, 8, wide).mean(axis=(2, 5))
    return cut.transpose(0, 2, 1, 3), row, column


def _up_to(
    shape: Sequence[int], header: FrameHeader, top: int, left: int, bottom: int, right: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """How much is missing below and right of the box, within the picture."""
    down = min(bottom, header.height) - top - shape[0]
    across = min(right, header.width) - left - shape[1]
    return (0, down), (0, across)
