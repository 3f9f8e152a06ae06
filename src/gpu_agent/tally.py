"""Counting what was done in a segment."""

import time
from collections.abc import Callable, Sequence

from gpu_agent.seen import Seen
from gpu_agent.untouched import Copied, Item
from gpu_agent.wire import Outcome

_PROGRESS_SECONDS = 0.2


class Tally:
    """Counts frames and faces as they are written, and tells of them now and then.

    Attributes:
        frames: Frames so far.
    """

    def __init__(self, on_frames: Callable[[int], None]) -> None:
        """`on_frames` hears the number of frames at most five times a second."""
        self._on_frames = on_frames
        self._told = time.monotonic()
        self.frames = 0
        self._faces = self._face_frames = self._copied = self._looked = 0
        self._first: int | None = None
        self._last: int | None = None

    def take(self, item: Item) -> None:
        """One more frame that was written, all those of a group that was copied, or one that was looked at."""
        if isinstance(item, Seen):
            self._add([item.frame.pts])
            self._faces += len(item.faces)
            self._face_frames += bool(item.faces)
        elif isinstance(item, Copied):
            self._add(item.times)
            self._copied += len(item.times)
        else:
            self._looked += 1
        self._tell()

    def _add(self, times: Sequence[int]) -> None:
        self.frames += len(times)
        self._looked = max(0, self._looked - len(times))
        self._first = times[0] if self._first is None else self._first
        self._last = times[-1]

    def _tell(self) -> None:
        """What waits counts as progress: else looking at a long group would be taken for standing still."""
        if time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._told = time.monotonic()
            self._on_frames(self.frames + self._looked)

    def outcome(self, seconds: float, damaged: int) -> Outcome:
        """The sum of it, `seconds` after the work began, with so many packets that could not be decoded."""
        return Outcome(
            frames=self.frames,
            faces=self._faces,
            face_frames=self._face_frames,
            copied=self._copied,
            damaged=damaged,
            seconds=seconds,
            first_pts=self._first,
            last_pts=self._last,
        )
