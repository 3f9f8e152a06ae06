"""Chunks: the runs of bytes in which an MP4 or MOV file keeps a track's samples (ISO/IEC 14496-12, 8.7)."""

import struct
from dataclasses import dataclass

import numpy as np

from media.containers.boxes import find
from media.containers.moov import Integers, Track, expand, table


@dataclass(frozen=True)
class Chunks:
    """A track's chunks, in the order of its samples.

    Attributes:
        offsets, sizes: In bytes, in the file.
        seconds: Decoding time of each chunk's first sample, without edits.
    """

    offsets: Integers
    sizes: Integers
    seconds: "np.typing.NDArray[np.float64]"

    @property
    def total(self) -> int:
        """Bytes of all chunks."""
        return int(self.sizes.sum())


def read_chunks(track: Track) -> Chunks | None:
    """The chunks of a track; None where its tables do not tell where its bytes are."""
    offsets = _offsets(track.stored)
    counts = _samples_per_chunk(track.stored, len(offsets))
    firsts = np.concatenate(([0], np.cumsum(counts)))
    sizes = _ends(track.stored, firsts)
    if sizes is None:
        return None
    times = np.concatenate(([0], np.cumsum(expand(table(track.stored, b"stts", 2)))))
    starts = times[np.minimum(firsts[:-1], len(times) - 1)]
    return Chunks(offsets, np.diff(sizes), starts / track.timescale)


def _offsets(stored: memoryview) -> Integers:
    wide = find(stored, b"co64")
    if wide is None:
        return table(stored, b"stco", 1)[:, 0]
    pairs = table(stored, b"co64", 2)
    return (pairs[:, 0] << 32) | pairs[:, 1]


def _samples_per_chunk(stored: memoryview, chunks: int) -> Integers:
    """By the runs of `stsc`: the number of its first chunk, from 1, and how many samples each has."""
    runs = table(stored, b"stsc", 3)
    begins = np.clip(runs[:, 0] - 1, 0, chunks)
    lengths = np.maximum(np.diff(np.append(begins, chunks)), 0)
    return np.repeat(runs[:, 1], lengths)[:chunks]


def _ends(stored: memoryview, firsts: Integers) -> Integers | None:
    """Bytes of all samples before each of `firsts`; None where the sizes are not there, or not in bytes."""
    box = find(stored, b"stsz")
    if box is None or len(box) < 12:
        return None
    uniform, count = struct.unpack_from(">II", box, 4)
    if len(firsts) < 2 or firsts[-1] != count:
        return np.zeros(1, np.int64) if count == 0 and len(firsts) < 2 else None
    if uniform == 1:  # old QuickTime sound: its description alone says what a sample weighs
        return None
    if uniform:
        return np.asarray(firsts * uniform, np.int64)
    sizes = np.frombuffer(box[12 : 12 + 4 * count], ">u4")
    if len(sizes) < count:
        return None
    ends: Integers = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    return ends[firsts]
