"""Decoding times for packets whose presentation times alone are known."""

import heapq
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Timed(Protocol):
    """Anything with a presentation and a decoding time."""

    pts: int | None
    dts: int | None


T = TypeVar("T", bound=Timed)


def with_dts(packets: Iterable[T], reorder: int, step: int) -> Iterator[T]:
    """Give packets, in decoding order, decoding times that never go back and never exceed their own `pts`.

    The packet at place i decodes at the (i - reorder)-th smallest presentation time of all, as encoders do
    it; the first `reorder` ones `step` units apart before the first. Holds `reorder` times in memory.

    Raises:
        ValueError: A packet overtakes more than `reorder` others, or has no time.
    """
    waiting: list[int] = []
    first: int | None = None
    last: int | None = None
    for place, packet in enumerate(packets):
        if packet.pts is None:
            raise ValueError("a packet without a presentation time")
        first = packet.pts if first is None else first
        heapq.heappush(waiting, packet.pts)
        early = reorder - place
        packet.dts = first - early * step if early > 0 else heapq.heappop(waiting)
        if packet.dts > packet.pts or (last is not None and packet.dts <= last):
            raise ValueError("a packet overtakes more frames than its encoder said")
        last = packet.dts
        yield packet
