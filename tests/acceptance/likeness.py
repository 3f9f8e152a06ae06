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

from faces.detect import Detector

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
    times = frame_times(original), frame_times(result)
    outside, inside = picture_psnr(original, result, every)
    return Likeness(
        frames=(len(times[0]), len(times[1])),
        same_times=times[0] == times[1],
        same_audio=audio_packets(original) == audio_packets(result),
        psnr_outside=outside,
        psnr_inside=inside,
    )


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


def picture_psnr(original: Path, result: Path, every: int) -> tuple[float, float]:
    """PSNR in dB outside and inside the faces YuNet finds in the original."""
    detector = Detector()
    errors = {True: [0.0, 0], False: [0.0, 0]}
    for before, after in zip_longest(pictures(original, every), pictures(result, every)):
        faces = np.zeros(before.shape[:2], bool)
        for found in detector.detect(before):
            x, y, width, height = found.box
            left, right = x - FACE_MARGIN * width, x + (1 + FACE_MARGIN) * width
            top, bottom = y - FACE_MARGIN * height, y + (1 + FACE_MARGIN) * height
            faces[max(0, int(top)) : max(0, int(bottom)), max(0, int(left)) : max(0, int(right))] = True
        squares = (before.astype(np.int32) - after) ** 2
        for where, mask in ((True, faces), (False, ~faces)):
            errors[where][0] += float(squares[mask].sum())
            errors[where][1] += int(mask.sum()) * 3
    return decibels(*errors[False]), decibels(*errors[True])


def pictures(path: Path, every: int = 1) -> Iterator[npt.NDArray[np.uint8]]:
    """Every `every`-th frame as BGR, unrotated."""
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), 0, None, every):
            yield frame.to_ndarray(format="bgr24")


def decibels(squares: float, count: int) -> float:
    """PSNR of 8-bit samples from a sum of squared errors; infinite where nothing differs."""
    return float("inf") if not squares else 10 * float(np.log10(255**2 * count / squares))
