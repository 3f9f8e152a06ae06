"""Decoding times for packets whose presentation times alone are known."""

import heapq
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Timed(Protocol):
    """Anything with a presentation and a decoding time."""

    pts: int | None
    dts: int | None


T = TypeVar("T", bound=Timed)


class DecodingClock:
    """Gives packets, in decoding order, decoding times that never go back and never exceed their own `pts`.

    The packet at place i decodes at the (i - reorder)-th smallest presentation time of all, as encoders do
    it; the first `reorder` ones `step` units apart before the first. Holds `reorder` times in memory.
    """

    def __init__(self, reorder: int, step: int) -> None:
        self._reorder, self._step = reorder, step
        self._waiting: list[int] = []
        self._place = 0
        self._first: int | None = None
        self._last: int | None = None

    def stamp(self, packet: Timed) -> None:
        """Set the `dts` of the next packet.

        Raises:
            ValueError: It overtakes more than `reorder` others, or has no time.
        """
        if packet.pts is None:
            raise ValueError("a packet without a presentation time")
        self._first = packet.pts if self._first is None else self._first
        heapq.heappush(self._waiting, packet.pts)
        early, self._place = self._reorder - self._place, self._place + 1
        packet.dts = self._first - early * self._step if early > 0 else heapq.heappop(self._waiting)
        if packet.dts > packet.pts or (self._last is not None and packet.dts <= self._last):
            raise ValueError("a packet overtakes more frames than its encoder said")
        self._last = packet.dts


def with_dts(packets: Iterable[T], reorder: int, step: int) -> Iterator[T]:
    """The same packets with the times of a `DecodingClock`.

    Raises:
        ValueError: See there.
    """
    clock = DecodingClock(reorder, step)
    for packet in packets:
        clock.stamp(packet)
        yield packet
