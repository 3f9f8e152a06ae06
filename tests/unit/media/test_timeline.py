"""Decoding times made from presentation times alone are such that every player can follow them."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.joining.timeline import with_dts


@dataclass
class _Packet:
    pts: int | None
    dts: int | None = None


def _pyramid(groups: list[int], steps: list[int]) -> list[int]:
    """Presentation times in the decoding order of groups of one anchor and its B-frames, the middle first."""
    places, first = [0], 1
    for size in groups:
        last = first + size
        inner = list(range(first, last))
        middle = inner.pop(len(inner) // 2) if len(inner) > 1 else None
        places += [last, *([middle] if middle is not None else []), *inner]
        first = last + 1
    times = [0]
    for step in (steps * (max(places) // len(steps) + 1))[: max(places)]:
        times.append(times[-1] + step)
    return [times[place] for place in places]


@given(
    groups=st.lists(st.integers(0, 3), max_size=20),
    steps=st.lists(st.integers(1, 50), min_size=1, max_size=20),
)
def test_they_grow_and_never_exceed_the_presentation(groups: list[int], steps: list[int]) -> None:
    packets = [_Packet(pts) for pts in _pyramid(groups, steps)]
    done = list(with_dts(packets, 2, 10))
    times = [packet.dts for packet in done if packet.dts is not None]
    assert times == sorted(set(times)) and len(times) == len(packets)
    assert all(
        packet.dts is not None and packet.pts is not None and packet.dts <= packet.pts for packet in done
    )
    assert times[2:] == sorted(packet.pts or 0 for packet in packets)[: len(times[2:])]


def test_a_packet_that_overtakes_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="overtakes"):
        list(with_dts([_Packet(30), _Packet(40), _Packet(10)], 1, 10))


def test_a_packet_without_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="presentation"):
        list(with_dts([_Packet(None)], 0, 10))
