"""Frames in, frames with swapped faces out: detect, track, align, swap, paste back. Knows no file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Protocol, TypeVar

import numpy as np

from faces.detect import Detector, Picture, Points
from gpu_agent.batches import aligned, swap
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.paste_back import patch
from gpu_agent.tracking import CONTINUE_SCORE, Tracker
from gpu_agent.turning import stored_points, upright

_BATCH = 16  # faces, and frames, that are swapped in one go
_BATCH_BYTES = 96 * 2**20  # of the frames held meanwhile


class SwappableFrame(Protocol):
    """The part of `media.frames.Frame` that is needed here."""

    @property
    def pts(self) -> int:
        """Presentation time in ticks of the stream's time base."""

    def to_bgr(self) -> Picture:
        """The pixels as they are now, shape (height, width, 3); not to be written to."""

    def patch(self, x: int, y: int, bgr: Picture) -> None:
        """Replace a box whose corner is at x, y; pixels outside it stay bit for bit."""


F = TypeVar("F", bound=SwappableFrame)


@dataclass(frozen=True)
class Seen(Generic[F]):
    """A frame and its faces: five points each, (5, 2) in pixels of the stored frame."""

    frame: F
    faces: list[Points]


class Finder:
    """Finds and follows faces through the frames of one segment."""

    def __init__(self, time_base: Fraction, rotation: int = 0) -> None:
        """Times are in ticks of `time_base` seconds; players turn frames clockwise by `rotation` degrees."""
        self._detector = Detector(CONTINUE_SCORE)
        self._tracker = Tracker()
        self._time_base = float(time_base)
        self._rotation = rotation
        self._last: int | None = None

    def see(self, frame: F) -> Seen[F]:
        """The faces of the next frame."""
        stored = frame.to_bgr()
        picture = upright(stored, self._rotation)
        seconds = 0.0 if self._last is None else (frame.pts - self._last) * self._time_base
        self._last = frame.pts
        faces = self._tracker.update(picture, self._detector.detect(picture), seconds)
        height, width = stored.shape[:2]
        return Seen(frame, [stored_points(face.points, self._rotation, width, height) for face in faces])


def swapped(seen: Iterable[Seen[F]], engine: Engine, identity: Identity) -> Iterator[Seen[F]]:
    """The same frames in the same order, every face in them replaced by `identity`."""
    for batch in _batches(seen):
        _swap_batch(batch, engine, identity)
        yield from batch


def _batches(seen: Iterable[Seen[F]]) -> Iterator[list[Seen[F]]]:
    batch: list[Seen[F]] = []
    faces = held = 0
    for one in seen:
        batch.append(one)
        faces += len(one.faces)
        held += one.frame.to_bgr().nbytes if one.faces else 0
        if faces >= _BATCH or len(batch) >= _BATCH or held >= _BATCH_BYTES:
            yield batch
            batch, faces, held = [], 0, 0
    if batch:
        yield batch


def _swap_batch(batch: list[Seen[F]], engine: Engine, identity: Identity) -> None:
    squares = [(one.frame, aligned(one.frame.to_bgr(), face, engine)) for one in batch for face in one.faces]
    if not squares:
        return
    result = swap(engine, np.stack([square.crop for _, square in squares]), [identity] * len(squares))
    for (frame, square), crop, mask in zip(squares, result.crops, result.masks, strict=True):
        done = patch(frame.to_bgr(), crop, mask, square.matrix)
        if done is not None:
            frame.patch(done.x, done.y, done.pixels)
