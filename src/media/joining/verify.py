"""The check of a finished result: read back whole, and compared with what it was made from."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.packet import Packet
from av.stream import Stream

from contracts.media import SegmentRange
from media.containers.boxes import top_boxes
from media.containers.container import main_video, open_container
from media.containers.index import Integers
from media.containers.walk import only
from media.joining.damage import excused
from media.joining.prints import Print
from media.joining.segments import mismatch
from media.sources.source import open_source


@dataclass(frozen=True)
class ReadBack:
    """What a finished file holds: the times of its frames, ascending, and a print of every other stream."""

    time_base: Fraction
    pts: Integers
    prints: dict[int, Print]


def read_back(path: Path, durations: bool) -> ReadBack:
    """Read a finished file whole, packet by packet."""
    pts = array("q")
    key: bool | None = None
    prints: dict[int, Print] = defaultdict(Print)
    with open_source(path) as source, open_container(source) as container:
        main = main_video(container)
        only(
            container, *container.streams
        )  # those too that demuxers leave out by themselves, such as measurements
        for packet in container.demux():
            if packet.stream is main:
                pts.extend(_shown(packet))
                key = packet.is_keyframe if key is None else key
            elif packet.size:
                prints[packet.stream.index].add(packet, durations)
        if not key:
            raise mismatch("nothing can be decoded at its beginning")
        assert main.time_base is not None
        return ReadBack(main.time_base, np.sort(np.array(pts, np.int64)), dict(prints))


def _shown(packet: "Packet[Stream]") -> list[int]:
    return [packet.pts] if packet.size and packet.pts is not None and not packet.is_discard else []


def check_frames(found: Integers, expected: Integers, damaged: Sequence[SegmentRange]) -> Integers:
    """Refuse a result whose frames are not shown exactly when those of the original are.

    Returns the times of frames that are missing, all of them in ranges that are `damaged`.
    """
    extra, missing = np.setdiff1d(found, expected), np.setdiff1d(expected, found)
    if len(extra) or len(excused(missing, damaged)) < len(missing) or len(np.unique(found)) != len(found):
        raise mismatch(
            f"{len(missing)} frames are missing and {len(extra)} are shown at other times",
            missing=missing[:5].tolist(),
            extra=extra[:5].tolist(),
            frames=len(found),
            expected=len(expected),
        )
    return missing


def check_prints(found: dict[int, Print], expected: dict[int, Print]) -> None:
    """Refuse a result in which a copied track is not the original's, packet for packet."""
    for index, wanted in expected.items():
        if not wanted.same(found.get(index, Print())):
            got = found.get(index, Print()).count
            raise mismatch(
                "a copied track differs from the original's", track=index, packets=wanted.count, found=got
            )


def check_faststart(path: Path) -> None:
    """Refuse an MP4 or MOV file whose index comes after its media."""
    with open_source(path) as source:
        kinds = [box.kind for box in top_boxes(source)]
    if b"moov" not in kinds or (b"mdat" in kinds and kinds.index(b"moov") > kinds.index(b"mdat")):
        raise mismatch("the index is not in front")
