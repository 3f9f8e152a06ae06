"""One segment, from the source's bytes to an encoded file. Runs in the worker process.

    read and decode ─► detect and track ─► align, swap, paste back ─► encode once
               (thread 1)                        (thread 2)           (main thread)

Between two threads a few frames wait at most, fewer the larger they are.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import Reason, WorkError
from contracts.media import MediaKind
from gpu_agent.engines.base import Engine, Identity
from gpu_agent.identities import Identities
from gpu_agent.stages import Ahead
from gpu_agent.swapping import Finder, Seen, swapped
from gpu_agent.wire import Order, Outcome
from media.encode import SegmentWriter
from media.frames import Frame, read_range
from media.source import open_source

# Frames decoded before a segment's start, so that tracking there is as it would be without the cut.
_CONTEXT_FRAMES = 8
_WAITING_BYTES = 64 * 2**20
_PROGRESS_SECONDS = 0.2

OnFrames = Callable[[int], None]


class Workshop:
    """Makes segments, one after another."""

    def __init__(self, identities: Identities) -> None:
        """`identities` keeps engines and faces between segments."""
        self.identities = identities

    def make(self, order: Order, on_frames: OnFrames) -> Outcome:
        """Make a segment; `on_frames` hears a few times a second how many frames are written.

        Raises:
            VisageError: With the reason for which it cannot be made.
        """
        begun = time.monotonic()
        engine = self.identities.engine(order.task.engine)
        identity = self._identity(engine, order)
        make = _make_picture if order.task.kind is MediaKind.PICTURE else _make_video
        tally = make(order, engine, identity, _Ticker(on_frames))
        return tally.outcome(time.monotonic() - begun)
