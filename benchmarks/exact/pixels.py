"""How like its upload's a result's pictures are, outside the faces."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.exact.reading import pictures
from faces.detect import Detector

_NEAR = 5  # frames: a tracker keeps a face that is not found for so long
_MARGIN = 0.75  # of a face's box on every side: hair and chin belong to it
_LEAST_SCORE = 0.3
_SAME = 99.0  # dB, of planes that are equal

Planes = list[npt.NDArray[np.float32]]
Mask = npt.NDArray[np.bool_]
Size = tuple[int, int]
Times = list[Fraction]


def outside(
    one: Path, other: Path, times: tuple[Times, Times], pix_fmt: str, size: Size, filters: str
) -> list[float]:
    """PSNR in dB of all planes together, outside the faces, of every pair of frames shown at the same time.

    Args:
        times: Of the frames of both.
        pix_fmt: What both are compared in, where its planes can be told apart.
        size: Width and height that `one` is shown at; `other` is scaled to it.
        filters: ffmpeg's, for `one`, that give it the form that the result has.
    """
    planar = _planar(pix_fmt)
    masks = _untouched(one, size, filters)
    after = zip(times[1], _frames(other, planar, size, f"scale={size[0]}:{size[1]}"), strict=False)
    found, late = [], next(after, None)
    for time, before, mask in zip(times[0], _frames(one, planar, size, filters), masks, strict=False):
        while late is not None and late[0] < time:
            late = next(after, None)
        if late is not None and late[0] == time:
            found.append(psnr(before, late[1], mask, planar))
    return found


def psnr(before: Planes, after: Planes, mask: Mask, pix_fmt: str) -> float:
    """PSNR in dB of all planes together where `mask`, of the first plane's size, is true; at most 99."""
    top = 2 ** av.VideoFormat(pix_fmt, 16, 16).components[0].bits - 1
    squares = samples = 0.0
    for was, now in zip(before, after, strict=True):
        down, across = -(-mask.shape[0] // was.shape[0]), -(-mask.shape[1] // was.shape[1])
        where = mask[::down, ::across]
        apart = (was - now)[where]
        squares += float(np.dot(apart, apart))
        samples += apart.size
    error = squares / max(samples, 1) / top**2
    return _SAME if error < 10 ** (-_SAME / 10) else -10 * float(np.log10(error))


def _planar(pix_fmt: str) -> str:
    """The format itself where every component is a plane of it, else the nearest that is so."""
    layout = av.VideoFormat(pix_fmt, 16, 16)
    if layout.has_palette or layout.is_big_endian or not (layout.is_planar or len(layout.components) == 1):
        return "yuv444p"
    return pix_fmt if len({part.plane for part in layout.components}) == len(layout.components) else "yuv444p"


def _frames(path: Path, pix_fmt: str, size: Size, filters: str) -> Iterator[Planes]:
    """The planes of every frame."""
    layout = av.VideoFormat(pix_fmt, *size)
    wide = layout.components[0].bits > 8
    shapes = [(part.height, part.width) for part in layout.components]
    total = sum(height * width for height, width in shapes) * (1 + wide)
    with pictures(path, pix_fmt, filters) as stream:
        while len(data := stream.read(total)) == total:
            values = np.frombuffer(data, np.uint16 if wide else np.uint8).astype(np.float32)
            cuts = np.cumsum([height * width for height, width in shapes])[:-1]
            yield [part.reshape(shape) for part, shape in zip(np.split(values, cuts), shapes, strict=True)]


def _untouched(path: Path, size: Size, filters: str) -> Iterator[Mask]:
    """For every frame, true where no face is, nor was or will be within a few frames."""
    detector = Detector(_LEAST_SCORE)
    boxes: list[list[tuple[int, int, int, int]]] = []
    with pictures(path, "bgr24", filters) as stream:
        total = size[0] * size[1] * 3
        while len(data := stream.read(total)) == total:
            picture = np.frombuffer(data, np.uint8).reshape(size[1], size[0], 3)
            boxes.append([_grown(face.box) for face in detector.detect(np.ascontiguousarray(picture))])
    for index in range(len(boxes)):
        mask = np.ones((size[1], size[0]), np.uint8)
        for near in boxes[max(0, index - _NEAR) : index + _NEAR + 1]:
            for left, top, right, bottom in near:
                cv2.rectangle(mask, (left, top), (right, bottom), 0, -1)
        yield mask.astype(bool)


def _grown(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    return (
        int(x - _MARGIN * width), int(y - _MARGIN * height),
        int(x + (1 + _MARGIN) * width), int(y + (1 + _MARGIN) * height),
    )  # fmt: skip
