"""Counting what was done in a segment."""

import time
from collections.abc import Callable

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
        self._faces = self._face_frames = 0
        self._first: int | None = None
        self._last: int | None = None

    def add(self, pts: int, faces: int) -> None:
        """One more frame, with so many faces swapped in it."""
        self.frames += 1
        self._faces += faces
        self._face_frames += faces > 0
        self._first = pts if self._first is None else self._first
        self._last = pts
        if time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._told = time.monotonic()
            self._on_frames(self.frames)

    def outcome(self, seconds: float, damaged: int) -> Outcome:
        """The sum of it, `seconds` after the work began, with so many packets that could not be decoded."""
        return Outcome(
            frames=self.frames,
            faces=self._faces,
            face_frames=self._face_frames,
            damaged=damaged,
            seconds=seconds,
            first_pts=self._first,
            last_pts=self._last,
        )
