"""The planes of a frame as arrays, to be read and written in place."""

from functools import reduce
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

Plane = npt.NDArray[Any]


def is_planar(frame: VideoFrame) -> bool:
    """Whether every component has a plane of its own, in whole bytes of the machine's order."""
    parts = frame.format.components
    separate = len({part.plane for part in parts}) == len(parts)
    return separate and not frame.format.is_big_endian and not frame.format.has_palette


def planes(frame: VideoFrame) -> list[Plane]:
    """Views on the planes, each height x width of its own, uint8 or uint16."""
    return [_view(frame, index) for index in range(len(frame.format.components))]


def _view(frame: VideoFrame, index: int) -> Plane:
    part = frame.format.components[index]
    plane = frame.planes[part.plane]
    kind: np.dtype[Any] = np.dtype(np.uint8 if part.bits <= 8 else np.uint16)
    rows: Plane = np.frombuffer(cast(memoryview, plane), kind)
    return rows.reshape(-1, plane.line_size // kind.itemsize)[: part.height, : part.width]


def shift(target: Plane, old: Plane, new: Plane, mask: npt.NDArray[np.bool_], bits: int) -> None:
    """Add `new` - `old` to `target` where `mask` is set; the mask may be finer by whole factors."""
    down, across = -(-mask.shape[0] // target.shape[0]), -(-mask.shape[1] // target.shape[1])
    if (down, across) != (1, 1):
        mask = _coarse(mask, target.shape, down, across)
    moved = target.astype(np.int32) + new - old
    np.copyto(target, moved.clip(0, 2**bits - 1).astype(target.dtype), where=mask)


def _coarse(
    mask: npt.NDArray[np.bool_], shape: tuple[int, ...], down: int, across: int
) -> npt.NDArray[np.bool_]:
    padded = np.zeros((shape[0] * down, shape[1] * across), bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    corners = (padded[row::down, column::across] for row in range(down) for column in range(across))
    return np.asarray(reduce(np.logical_or, corners))
