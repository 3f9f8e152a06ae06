"""One segment, from the source's bytes to an encoded file. Runs in the worker process.

    read, decode, detect, track ─► align, swap, paste back ─► encode once
            (a thread)                  (a thread)           (main thread)

Between two threads a few frames wait at most. A picture is a segment of one frame.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from contracts.errors import Reason, WorkError
from contracts.media import EncodeSpec
from contracts.messages import SegmentTask
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.identities import Identities
from gpu_agent.stages import Ahead
from gpu_agent.swapping import Finder, Seen, swapped
from gpu_agent.tally import Tally
from gpu_agent.wire import Order, Outcome
from media.encode import SegmentWriter, keeps
from media.frames import Frame, RangeReader, read_range
from media.source import Source, open_source
from media.steady import steady_of

# Frames decoded before a segment's start, so that tracking there is as it would be without the cut.
_CONTEXT_FRAMES = 8
_WAITING_FRAMES = 4


class Workshop:
    """Makes segments, one after another."""

    def __init__(self, identities: Identities, threads: int = 0) -> None:
        """`identities` keeps engines and faces; `threads` are decoder's and encoder's, 0 takes all cores."""
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
        tally = Tally(on_frames)
        with closing(open_source(order.source_url)) as source, closing(self._frames(order, source)) as frames:
            for one in self._written(order, frames, engine, identity):
                tally.add(one.frame.pts, len(one.faces) if identity else 0)
        if not tally.frames:
            raise WorkError(
                Reason.DECODE_FAILED, "The segment has no frame that can be shown.", retryable=False
            )
        return tally.outcome(time.monotonic() - begun, frames.damaged)

    def _frames(self, order: Order, source: Source) -> RangeReader:
        task = order.task
        steady = steady_of(task.encode)
        return read_range(
            source, task.stream_index, task.range, _CONTEXT_FRAMES, self._threads, steady=steady
        )

    def _written(
        self, order: Order, frames: Iterable[Frame], engine: Engine, identity: Identity | None
    ) -> Iterator[Seen[Frame]]:
        """Every frame that is in the result, as soon as it is."""
        task = order.task
        with (
            closing(Ahead(_seen(frames, task), _WAITING_FRAMES)) as seen,
            closing(Ahead(_swapped(seen, engine, identity), _WAITING_FRAMES)) as done,
            SegmentWriter(order.output, task.encode, task.range.previous_pts, self._threads) as writer,
        ):
            for one in done:
                if writer.write(one.frame):
                    yield one


def _seen(frames: Iterable[Frame], task: SegmentTask) -> Iterator[Seen[Frame]]:
    """The frames of the range with their faces; those of context only teach the tracker."""
    if not task.faces:  # nobody to look for: the frames pass through
        yield from (Seen(frame, []) for frame in frames if frame.in_range)
        return
    finder = Finder(task.time_base, task.encode.rotation)
    previous = task.range.previous_pts
    for frame in frames:
        if not frame.in_range:
            finder.see(frame)
            continue
        # Nobody looks for faces in frames that the writer leaves out.
        kept = _is_kept(previous, frame.pts, task.encode)
        yield finder.see(frame) if kept else Seen(frame, [])
        previous = frame.pts


def _is_kept(previous: int | None, pts: int, spec: EncodeSpec) -> bool:
    return keeps(previous, pts, spec.time_base, spec.fps_limit)


def _swapped(seen: Iterable[Seen[Frame]], engine: Engine, identity: Identity | None) -> Iterator[Seen[Frame]]:
    yield from seen if identity is None else swapped(seen, engine, identity)
