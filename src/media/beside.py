"""Two films side by side: frames that an original and its result show at the same time, from stretches of both."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from contracts.media import SegmentRange
from media.containers.container import kind_of
from media.containers.index import FrameIndex, read_index
from media.containers.sniff import PICTURES
from media.frames import read_range
from media.pictures.opening import shown
from media.pixels.color import Pixels
from media.pixels.steady import Steady
from media.previews.poster import displayed
from media.sources.source import Source, open_source

# Original and result, as a viewer sees them, BGR, of one size: the result's.
Pair = tuple[Pixels, Pixels]
# Share of the usual time between two frames by which times may differ: containers round them.
_SAME_TIME = 0.4


@dataclass(frozen=True)
class _Film:
    """A file and its index."""

    source: Source
    index: FrameIndex
    steady: Steady

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """When each frame is shown."""
        return np.asarray(self.index.pts * float(self.index.time_base), np.float64)


class Beside:
    """An original and its result, be they videos or pictures. To be closed.

    Attributes:
        missing: Frames of the original at whose time the result shows none of its own.
    """

    def __init__(self, original: str, result: str, deinterlaced: bool = False) -> None:
        """Open paths or presigned URLs. `deinterlaced` says that the result is, and the original is not.

        Raises:
            MediaError: See `media.containers.container`.
        """
        self._sources = open_source(original), open_source(result)
        try:
            self._films = None if kind_of(self._sources[0]) in PICTURES else self._opened(deinterlaced)
        except BaseException:
            self.close()
            raise
        self._same = _same_times(*self._films) if self._films else np.zeros((1, 2), np.int64)
        self.missing = len(self._films[0].index.pts) - len(self._same) if self._films else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of both files."""
        for source in self._sources:
            source.close()

    def stretches(self, count: int, frames: int) -> Iterator[Iterator[Pair]]:
        """Up to `count` stretches of `frames` consecutive frames, spread evenly; all of a film no longer than that.

        Raises:
            MediaError, WorkError: See `media.frames.read_range`.
        """
        if self._films is None:
            yield iter([_alike(*(shown(source) for source in self._sources))])
            return
        for places in _spread(self._same, count, frames):
            yield _pairs(*self._films, places)

    def _opened(self, deinterlaced: bool) -> tuple[_Film, _Film]:
        original, result = self._sources
        return (
            _Film(original, read_index(original), Steady(deinterlace=deinterlaced)),
            _Film(result, read_index(result), Steady()),
        )


def _same_times(original: _Film, result: _Film) -> npt.NDArray[np.int64]:
    """Places in both indexes of frames that are shown at the same time, shape (n, 2)."""
    before, after = original.seconds, result.seconds
    usual = float(np.median(np.diff(before))) if len(before) > 1 else 1.0
    shifts = (0.0, before[0] - after[0])  # some containers begin at 0 whatever the original did
    found = [_matches(before, after + shift, usual * _SAME_TIME) for shift in shifts]
    return max(found, key=len)


def _matches(
    before: npt.NDArray[np.float64], after: npt.NDArray[np.float64], tolerance: float
) -> npt.NDArray[np.int64]:
    right = np.clip(np.searchsorted(after, before), 1, max(len(after) - 1, 1))
    nearest = np.where(
        np.abs(after[right - 1] - before) <= np.abs(after[right % len(after)] - before),
        right - 1,
        right % len(after),
    )
    near = np.abs(after[nearest] - before) <= tolerance
    _, first = np.unique(nearest[near], return_index=True)
    return np.column_stack([np.flatnonzero(near), nearest[near]])[first]


def _spread(same: npt.NDArray[np.int64], count: int, frames: int) -> Iterator[npt.NDArray[np.int64]]:
    if len(same) <= count * frames:
        yield same
        return
    for start in np.linspace(0, len(same) - frames, count).round().astype(int):
        yield same[start : start + frames]


def _pairs(original: _Film, result: _Film, places: npt.NDArray[np.int64]) -> Iterator[Pair]:
    """The frames at `places` of both; one that is damaged in either is left out."""
    if not len(places):
        return
    with (
        closing(_pictures(original, places[:, 0])) as before,
        closing(_pictures(result, places[:, 1])) as after,
    ):
        waiting = next(after, None)
        for place, picture in before:
            while waiting is not None and waiting[0] < place:
                waiting = next(after, None)
            if waiting is not None and waiting[0] == place:
                yield _alike(picture, waiting[1])


def _pictures(film: _Film, places: npt.NDArray[np.int64]) -> Generator[tuple[int, Pixels], None, None]:
    """Frames of a film, each with its number in `places`."""
    numbers = {int(pts): number for number, pts in enumerate(film.index.pts[places])}
    span = _span(film.index, places)
    reader = read_range(film.source, film.index.stream_index, span, threads=1, steady=film.steady)
    with closing(reader) as frames:
        for frame in frames:
            if frame.pts in numbers:
                yield numbers[frame.pts], displayed(frame.video)


def _span(index: FrameIndex, places: npt.NDArray[np.int64]) -> SegmentRange:
    first, last = int(index.pts[places[0]]), int(index.pts[places[-1]])
    key = max(0, int(np.searchsorted(index.keys, first, side="right")) - 1)
    return SegmentRange(
        index=min(1, int(places[0])),
        start_pts=first,
        end_pts=last + 1,
        seek_pts=min(int(index.keys[key]), first),
        previous_pts=int(index.pts[places[0] - 1]) if places[0] else None,
        seconds=float((last + 1 - first) * index.time_base),
    )


def _alike(original: Pixels, result: Pixels) -> Pair:
    """Both at the result's size: a tariff may have made it smaller."""
    height, width = result.shape[:2]
    if original.shape != result.shape:
        original = np.asarray(cv2.resize(original, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(original), np.ascontiguousarray(result)
