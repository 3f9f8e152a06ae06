"""How like its original a result is: frames, timestamps, audio, and the picture outside the faces."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, zip_longest
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from faces.detect import Detector, Picture

FACE_MARGIN = 0.75  # of the box's size on every side: hair and chin belong to the swapped region


@dataclass(frozen=True)
class Likeness:
    """What the two files have in common.

    Attributes:
        psnr_outside: dB over all pixels outside the faces of all frames compared, BGR.
        psnr_inside: dB over the face boxes; low where faces were swapped.
    """

    frames: tuple[int, int]
    same_times: bool
    same_audio: bool
    psnr_outside: float
    psnr_inside: float


def compare(original: Path, result: Path, every: int = 10) -> Likeness:
    """Compare two files; pixels on every `every`-th frame."""
    times: tuple[list[Fraction], list[Fraction]] = ([], [])
    errors = Errors()
    with av.open(str(original)) as one, av.open(str(result)) as other:
        pairs = zip_longest(one.decode(video=0), other.decode(video=0))
        for index, pair in enumerate(pairs):
            for frame, known in zip(pair, times, strict=True):
                if frame is not None:
                    known.append(frame.pts * frame.time_base)
            if index % every == 0 and None not in pair:
                errors.add(*(frame.to_ndarray(format="bgr24") for frame in pair))
    return Likeness(
        frames=(len(times[0]), len(times[1])),
        same_times=times[0] == times[1],
        same_audio=audio_packets(original) == audio_packets(result),
        psnr_outside=errors.decibels(inside=False),
        psnr_inside=errors.decibels(inside=True),
    )


class Errors:
    """Squared errors inside and outside the faces YuNet finds in the original."""

    def __init__(self) -> None:
        self._detector = Detector()
        self._sums = {True: (0.0, 0), False: (0.0, 0)}

    def add(self, before: Picture, after: Picture) -> None:
        """Take a frame and what became of it, BGR."""
        faces = np.zeros(before.shape[:2], bool)
        for found in self._detector.detect(before):
            x, y, width, height = found.box
            left, right = x - FACE_MARGIN * width, x + (1 + FACE_MARGIN) * width
            top, bottom = y - FACE_MARGIN * height, y + (1 + FACE_MARGIN) * height
            faces[max(0, int(top)) : max(0, int(bottom)), max(0, int(left)) : max(0, int(right))] = True
        squares = (before.astype(np.int32) - after) ** 2
        for inside, mask in ((True, faces), (False, ~faces)):
            squared, count = self._sums[inside]
            self._sums[inside] = (squared + float(squares[mask].sum()), count + int(mask.sum()) * 3)

    def decibels(self, *, inside: bool) -> float:
        """PSNR of the samples there."""
        return decibels(*self._sums[inside])


def frame_times(path: Path) -> list[Fraction]:
    """Presentation time of every frame in seconds, as a player shows them."""
    with av.open(str(path)) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def audio_packets(path: Path) -> list[list[tuple[Fraction, str]]]:
    """Time in seconds and SHA-256 of every packet, for every audio stream."""
    with av.open(str(path)) as container:
        packets: dict[int, list[tuple[Fraction, str]]] = {s.index: [] for s in container.streams.audio}
        for packet in container.demux(*container.streams.audio) if packets else ():
            if packet.size:
                digest = hashlib.sha256(bytes(packet)).hexdigest()
                packets[packet.stream.index].append((packet.pts * packet.time_base, digest))
        return list(packets.values())


def pictures(path: Path, every: int = 1) -> Iterator[npt.NDArray[np.uint8]]:
    """Every `every`-th frame as BGR, unrotated."""
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), 0, None, every):
            yield frame.to_ndarray(format="bgr24")


def decibels(squares: float, count: int) -> float:
    """PSNR of 8-bit samples from a sum of squared errors; infinite where nothing differs."""
    return float("inf") if not squares else 10 * float(np.log10(255**2 * count / squares))
