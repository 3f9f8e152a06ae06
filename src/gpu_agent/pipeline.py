"""One segment, from the source's bytes to an encoded file. Runs in the worker process.

    read, decode, detect, track ─► align, swap, paste back ─► encode once
            (a thread)                  (a thread)           (main thread)

Between two threads a few frames wait at most.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from media.encode import SegmentWriter

from contracts.media import EncodeSpec, MediaKind
from faces.detect import Picture
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.identities import Identities
from gpu_agent.stages import Ahead
from gpu_agent.swapping import Finder, Seen, swapped
from gpu_agent.tally import Tally
from gpu_agent.wire import Order, Outcome
from media.frames import Frame, read_range
from media.picture import write_picture
from media.source import Source, open_source

# Frames decoded before a segment's start, so that tracking there is as it would be without the cut.
_CONTEXT_FRAMES = 8
_WAITING_FRAMES = 4


class Workshop:
    """Makes segments, one after another."""

    def __init__(self, identities: Identities, threads: int = 0) -> None:
        """`identities` keeps engines and faces between segments; of `threads` 0 takes all cores."""
        self.identities = identities
        self._threads = threads

    def make(self, order: Order, on_frames: Callable[[int], None]) -> Outcome:
        """Make a segment; `on_frames` hears a few times a second how many frames are written.

        Raises:
            VisageError: With the reason for which it cannot be made.
        """
        begun = time.monotonic()
        engine = self.identities.engine(order.task.engine)
        identity = self.identities.identity(engine, order.faces[0]) if order.faces else None
        make = self._picture if order.task.kind is MediaKind.PICTURE else self._video
        tally = Tally(on_frames)
        with closing(open_source(order.source_url)) as source:
            for one in make(order, source, engine, identity):
                tally.add(one.frame.pts, len(one.faces) if identity else 0)
        return tally.outcome(time.monotonic() - begun)

    def _video(
        self, order: Order, source: Source, engine: Engine, identity: Identity | None
    ) -> Iterator[Seen[Frame]]:
        """Encode the range; yields every frame once it is written."""
        task = order.task
        reader = read_range(source, task.stream_index, task.range, _CONTEXT_FRAMES, self._threads)
        with (
            closing(reader) as frames,
            closing(Ahead(_seen(frames, order), _WAITING_FRAMES)) as seen,
            closing(Ahead(_swapped(seen, engine, identity), _WAITING_FRAMES)) as done,
            closing(SegmentWriter(Path(order.output), task.encode)) as writer,
        ):
            for one in done:
                writer.write(one.frame, one.frame.pts)
                yield one

    def _picture(
        self, order: Order, source: Source, engine: Engine, identity: Identity | None
    ) -> Iterator[Seen[Frame]]:
        """Write the one frame in the source's own format."""
        frames = read_range(source, order.task.stream_index, order.task.range)
        for one in _swapped(_seen(frames, order), engine, identity):
            write_picture(_reduced(one.frame.to_bgr(), order.task.encode), source, Path(order.output))
            yield one


def _seen(frames: Iterable[Frame], order: Order) -> Iterator[Seen[Frame]]:
    """The frames of the range with their faces; those of context only teach the tracker."""
    # A picture comes upright from its reader; a video's frames are turned by players only.
    rotation = 0 if order.task.kind is MediaKind.PICTURE else order.task.encode.rotation
    finder = Finder(order.task.time_base, rotation)
    for frame in frames:
        one = finder.see(frame)
        if frame.in_range:
            yield one


def _swapped(seen: Iterable[Seen[Frame]], engine: Engine, identity: Identity | None) -> Iterator[Seen[Frame]]:
    yield from seen if identity is None else swapped(seen, engine, identity)


def _reduced(picture: Picture, spec: EncodeSpec) -> Picture:
    """The upright picture in the result's size, where that is smaller; `spec` may be of it as stored."""
    longest = max(picture.shape[:2])
    ratio = max(spec.width, spec.height) / longest
    if ratio >= 1:
        return picture
    size = (round(picture.shape[1] * ratio), round(picture.shape[0] * ratio))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
