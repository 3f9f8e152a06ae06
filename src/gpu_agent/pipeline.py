"""One segment, from the source's bytes to an encoded file. Runs in the worker process.

    read, decode, detect, track ─► align, swap, paste back ─► encode once, or copy
            (a thread)                  (a thread)               (main thread)

Between two threads a batch of frames waits at most, fewer where they are large. A picture is a segment of one frame.
Groups of pictures in which nothing is swapped are copied where the spec allows it: `gpu_agent.untouched`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby
from typing import cast

from contracts.errors import Reason, WorkError
from contracts.media import EncodeSpec
from contracts.messages import SegmentTask
from gpu_agent.blend import SOFT, blending
from gpu_agent.blend.base import Blending
from gpu_agent.casting import casting_of
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.finding import Finder
from gpu_agent.identities import Identities
from gpu_agent.seen import Seen
from gpu_agent.stages import Ahead, waiting_frames
from gpu_agent.swapping import swapped
from gpu_agent.tally import Tally
from gpu_agent.untouched import Again, Copied, Item, Sorting
from gpu_agent.wire import Order, Outcome
from media.encode import SegmentWriter, keeps
from media.frames import Frame, RangeReader, read_range
from media.pixels.steady import steady_of
from media.sources.source import Source, open_source
from media.untouched.groups import Groups

# Frames decoded before a segment's start, so that tracking there is as it would be without the cut: points are then
# within a few thousandths of the distance between the eyes.
_CONTEXT_FRAMES = 32


class Workshop:
    """Makes segments, one after another."""

    def __init__(self, identities: Identities, threads: int = 0, blend: str = SOFT) -> None:
        """`identities` keeps engines and faces; `threads` are decoder's and encoder's, 0 takes all cores.

        `blend` names the way in which swaps are laid over frames.
        """
        self.identities = identities
        self._blend = blend
        self._threads = threads

    def make(self, order: Order, on_frames: Callable[[int], None]) -> Outcome:
        """Make a segment; `on_frames` hears a few times a second how many frames are written.

        Raises:
            VisageError: With the reason for which it cannot be made.
        """
        begun = time.monotonic()
        engine = self.identities.engine(order.task.engine, order.weights)
        identities = [self.identities.identity(engine, face) for face in order.faces]
        blend = blending(self._blend, engine)
        tally = Tally(on_frames)
        groups = _groups(order.task)
        with (
            closing(open_source(order.source_url)) as source,
            closing(self._frames(order, source, groups)) as frames,
        ):
            found = _sorted(_seen(frames, order.task, blend), order, groups, self._threads)
            swap = partial(_swapped, engine, identities, blend)
            for item in self._written(order, found, swap, _waiting(order.task.encode, engine)):
                tally.take(item)
        if not tally.frames:
            raise WorkError(
                Reason.DECODE_FAILED, "The segment has no frame that can be shown.", retryable=False
            )
        return tally.outcome(time.monotonic() - begun, frames.damaged)

    def _frames(self, order: Order, source: Source, groups: Groups | None) -> RangeReader:
        task = order.task
        context = _CONTEXT_FRAMES if task.faces else 0
        steady = steady_of(task.encode)
        return read_range(source, task.stream_index, task.range, context, self._threads, groups, steady)

    def _written(
        self,
        order: Order,
        items: Iterable[Item],
        swap: Callable[[Iterable[Item]], Iterator[Item]],
        waiting: int,
    ) -> Iterator[Item]:
        """Everything that is in the result, as soon as it is; `waiting` frames may wait between two stages."""
        task = order.task
        with (
            closing(Ahead(items, waiting)) as sorted_out,
            closing(Ahead(swap(sorted_out), waiting)) as done,
            SegmentWriter(order.output, task.encode, task.range.previous_pts, self._threads) as writer,
        ):
            for item in done:
                if isinstance(item, Copied):
                    writer.copy(item.packets)
                if not isinstance(item, Seen) or writer.write(item.frame):
                    yield item


def _waiting(encode: EncodeSpec, engine: Engine) -> int:
    return waiting_frames(*(encode.source_size or (encode.width, encode.height)), engine.batch)


def _groups(task: SegmentTask) -> Groups | None:
    return Groups(task.encode, task.range) if task.encode.copies else None


def _sorted(seen: Iterator[Seen[Frame]], order: Order, groups: Groups | None, threads: int) -> Iterator[Item]:
    """The frames with their faces, and groups that stay as they are."""
    if groups is None:
        yield from seen
    else:
        yield from Sorting(groups, order.task.encode, _again(order, threads)).sorted(seen)


def _again(order: Order, threads: int) -> Again:
    """Decodes some of the segment's frames once more."""

    def again(first: int, last: int) -> Iterator[Frame]:
        task = order.task
        # Whatever segment it lies in, it is not read from the video's beginning on.
        changes = {"index": 1, "start_pts": first, "end_pts": last + 1, "seek_pts": first, "frames": None}
        span = task.range.model_copy(update=changes)
        with (
            closing(open_source(order.source_url)) as source,
            closing(
                read_range(source, task.stream_index, span, 0, threads, steady=steady_of(task.encode))
            ) as frames,
        ):
            yield from frames

    return again


def _seen(frames: Iterable[Frame], task: SegmentTask, blend: Blending) -> Iterator[Seen[Frame]]:
    """The frames of the range with their faces; those of context only teach the tracker and `blend`."""
    if not task.faces:  # nobody to look for: the frames pass through
        yield from (Seen(frame, []) for frame in frames if frame.in_range)
        return
    finder = Finder(task.time_base, task.encode.rotation, casting_of(task.persons))
    previous = task.range.previous_pts
    for frame in frames:
        if not frame.in_range:
            blend.look(finder.see(frame))
            continue
        # Nobody looks for faces in frames that the writer leaves out.
        kept = _is_kept(previous, frame.pts, task.encode)
        yield finder.see(frame) if kept else Seen(frame, [])
        previous = frame.pts


def _is_kept(previous: int | None, pts: int, spec: EncodeSpec) -> bool:
    return keeps(previous, pts, spec.time_base, spec.fps_limit)


def _swapped(
    engine: Engine, identities: Sequence[Identity], blend: Blending, items: Iterable[Item]
) -> Iterator[Item]:
    if not identities:
        yield from items
        return
    for are_frames, row in groupby(items, lambda item: isinstance(item, Seen)):
        if are_frames:
            yield from swapped(cast(Iterator[Seen[Frame]], row), engine, identities, blend)
        else:
            yield from row
