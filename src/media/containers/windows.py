"""Windows on a fragmented file: the bytes that are enough to decode a range of it.

Without one, FFmpeg's demuxer reads the header of every fragment of a file before it gives the first packet.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from media.containers.fragments import Fragment
from media.sources.source import Positioned, Source

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Where a fragmented file holds which times.

    Attributes:
        head: Where its headers end.
        starts, ends: First and last byte (exclusive) of each fragment.
        keys: Presentation times of all key frames, ascending.
        holders: For each of `keys`, the fragment that holds it.
        least: For each fragment, the earliest time shown by it or any after it; ascending.
    """

    head: int
    starts: Integers
    ends: Integers
    keys: Integers
    holders: Integers
    least: Integers

    def around(self, begin: int, end: int | None) -> tuple[int, int, int]:
        """What `SegmentRange.window` says for the frames from `begin` to `end`, exclusive."""
        key = int(np.searchsorted(self.keys, begin, side="right")) - 1
        first = int(self.holders[key]) if key >= 0 else 0
        # One more than is shown: whoever copies packets has to see what comes after the last.
        last = len(self.ends) if end is None else int(np.searchsorted(self.least, end))
        return self.head, int(self.starts[first]), int(self.ends[min(max(first, last), len(self.ends) - 1)])


def windows_of(fragments: Sequence[Fragment], head: int) -> Windows:
    """The windows on a file whose headers end at `head`."""
    earliest = np.array([fragment.rows[:, 1].min() for fragment in fragments], np.int64)
    keys = [fragment.rows[fragment.rows[:, 3] == 1, 1] for fragment in fragments]
    # The last one may lack the largest negative offset, which moves all times: see `fragments`.
    numbers = np.minimum(np.arange(len(fragments)), max(0, len(fragments) - 2))
    holders = np.repeat(numbers, [len(times) for times in keys])
    times = np.concatenate(keys)
    order = np.argsort(times, kind="stable")
    return Windows(
        head=head,
        starts=np.array([fragment.start for fragment in fragments], np.int64),
        ends=np.array([fragment.end for fragment in fragments], np.int64),
        keys=times[order],
        holders=holders[order],
        least=np.minimum.accumulate(earliest[::-1])[::-1],
    )


class Window(Positioned):
    """A source of which only the headers and a window are seen: the rest looks like one box of free space.

    Every offset stays what it was, so that whatever the fragments say about their place stays true.
    """

    def __init__(self, source: Source, head: int, start: int, end: int) -> None:
        """See `SegmentRange.window`."""
        super().__init__()
        self._source = source
        self._head, self._start = head, max(head, start)
        self.name = source.name
        self.size = min(end, source.size)
        self._free = _free_box(self._start - head)
        self.bytes_read = source.bytes_read

    def close(self) -> None:
        """The source stays open: it is not the window's."""

    def read(self, count: int = -1, /) -> bytes:
        """Up to `count` bytes at the position."""
        end = self.size if count < 0 else min(self._position + count, self.size)
        pieces = []
        while self._position < end:
            piece = self._piece(end)
            if not piece:
                break
            pieces.append(piece)
            self._position += len(piece)
        self.bytes_read = self._source.bytes_read
        return b"".join(pieces)

    def _piece(self, end: int) -> bytes:
        """The bytes from the position to `end`, or to where another stretch of the file begins."""
        here = self._position
        if self._head <= here < self._start:
            within = here - self._head
            stop = min(end, self._start) - self._head
            return self._free[within:stop].ljust(stop - within, b"\0")
        self._source.seek(here)
        return self._source.read(min(end, self._head if here < self._head else end) - here)


def _free_box(size: int) -> bytes:
    """The header of a box of free space; where there is no room for one, there is nothing to hide."""
    if size >= 2**32:
        return struct.pack(">I4sQ", 1, b"free", size)
    return struct.pack(">I4s", size, b"free") if size else b""
