"""One swapped face put back into its frame: on its box, and the published way over the whole frame; on one core.

On its box means all of it: colors matched and detail kept, once from BGR to BGR as the published way, and once with the
box written into the planes of a 4:2:0 frame, which the published way leaves to others.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import av
import cv2
import numpy as np

from benchmarks.speed.films import SIZES, pictures
from faces.align import scale_of
from faces.detect import Detector, Picture
from gpu_agent.blend.base import Square
from gpu_agent.blend.blender import Blender
from gpu_agent.blend.compat import Swap, pasted
from gpu_agent.engines.base import Engine
from gpu_agent.seen import SeenFace, SwappableFrame
from media.pixels.frame import Frame
from media.pixels.paint import Box

_ROUNDS, _OFFICIAL_ROUNDS = 9, 3


class _Canvas:
    """A frame that is nothing but BGR."""

    pts = 0

    def __init__(self, picture: Picture) -> None:
        self._picture = picture.copy()

    def to_bgr(self) -> Picture:
        return self._picture

    def part(self, box: Box) -> Picture:
        return self._picture[box.rows, box.columns]

    def patch(self, x: int, y: int, bgr: Picture) -> None:
        self._picture[y : y + bgr.shape[0], x : x + bgr.shape[1]] = bgr


@dataclass
class _Case:
    """A frame as it comes from a decoder, and a square that was swapped."""

    picture: Picture
    blender: Blender
    square: Square
    crop: Picture

    def lay(self, frame: SwappableFrame) -> None:
        self.blender.lay(frame, self.square, self.crop, np.ones(self.crop.shape[:2], np.float32))


def laying(size: str, share: float, engine: Engine) -> dict[str, Any]:
    """Milliseconds of both ways in a frame of that size, whose face has that share of its height."""
    case = _case(size, share, engine)
    swap = Swap(case.crop / np.float32(255), case.square.matrix)
    with _one_core():
        ours = min(_cpu(partial(case.lay, _Canvas(case.picture))) for _ in range(_ROUNDS))
        planes = min(_cpu(partial(case.lay, _frame(case.picture))) for _ in range(_ROUNDS))
        whole = min(_cpu(partial(pasted, case.square.picture, [swap])) for _ in range(_OFFICIAL_ROUNDS))
    return {
        "frame": size,
        "square_px": round(engine.size / scale_of(case.square.matrix)),
        "box_ms": round(ours * 1e3, 2),
        "box_and_planes_ms": round(planes * 1e3, 2),
        "official_ms": round(whole * 1e3, 2),
        "times_faster": round(whole / ours, 1),
        "times_faster_with_planes": round(whole / planes, 1),
    }


def _case(size: str, share: float, engine: Engine) -> _Case:
    picture = next(pictures(*SIZES[size], 1, share))
    blender, face = Blender(engine), SeenFace(Detector().detect(picture)[0].points)
    (square,) = blender.squares([(_frame(picture), face)])
    return _Case(picture, blender, square, np.ascontiguousarray(square.crop[:, ::-1]))


def _frame(picture: Picture) -> Frame:
    """The picture as a decoder gives it, looked at already."""
    frame = Frame(av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p"), 0)
    frame.to_bgr()
    return frame


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of the processor: what else the machine does hardly shows in them."""
    began = time.process_time()
    work()
    return time.process_time() - began


@contextmanager
def _one_core() -> Iterator[None]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
