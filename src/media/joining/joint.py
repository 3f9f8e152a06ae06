"""What every way of joining has in common: the row of the video's packets, and the check of what was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from contracts.media import EncodeSpec, SegmentRange
from media.containers.container import kind_of
from media.containers.index import FrameIndex, Integers, read_index
from media.joining.damage import damage_note
from media.joining.likeness import check_picture, check_tracks
from media.joining.prints import Print
from media.joining.report import JoinReport
from media.joining.segments import Segments
from media.joining.timeline import with_dts
from media.joining.tracks import Tracks, dropped_note
from media.joining.verify import check_faststart, check_frames, check_prints, read_back
from media.rate import kept
from media.sources.source import Source

ISO = ("mp4", "mov")
"""Containers of boxes."""


@dataclass(frozen=True)
class Work:
    """What is to be joined.

    Attributes:
        kind: Of the original, see `media.containers.sniff`.
        pts: When the frames that are kept are shown, in units of the spec's time base.
        damaged: Ranges in which frames may be missing.
    """

    segments: list[str | Path]
    source: Source
    out: Path
    spec: EncodeSpec
    damaged: Sequence[SegmentRange]
    kind: str
    index: FrameIndex
    pts: Integers

    @classmethod
    def of(
        cls,
        segments: Sequence[str | Path],
        source: Source,
        out: Path,
        spec: EncodeSpec,
        damaged: Sequence[SegmentRange],
    ) -> "Work":
        """Look up when frames are shown, and begin."""
        index = read_index(source)
        pts = kept(index.pts, index.time_base, spec.fps_limit)
        return cls(list(segments), source, out, spec, damaged, kind_of(source), index, pts)


class Joint:
    """One try at a join.

    Attributes:
        sooner: Seconds by which the video begins earlier in the result.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.sooner = Fraction(0)
        self._prints: dict[int, Print] = {}

    def note(self, packet: "Packet[Any]", index: int) -> None:
        """Remember a packet of the original that is to be found in track `index` of the result."""
        if packet.size:
            self._prints.setdefault(index, Print()).add(packet, self.work.kind in ISO)

    def videos(self, parts: Segments, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
        """The segments' packets with all their times, for `stream`."""
        spec, base = self.work.spec, self.work.spec.time_base
        step = max(1, round(1 / (spec.fps * base))) if spec.fps else 1
        for packet in with_dts(parts.packets(), spec.reorder_frames, step):
            assert packet.pts is not None and packet.dts is not None
            packet.duration = self._duration(packet.pts, step)
            packet.pts -= round(self.sooner / base)
            packet.dts -= round(self.sooner / base)
            packet.stream = stream
            yield packet

    def _duration(self, pts: int, step: int) -> int:
        """Until the next frame that is kept; of the last one, as in the original."""
        place = int(np.searchsorted(self.work.pts, pts, side="right"))
        if place < len(self.work.pts):
            return int(self.work.pts[place]) - pts
        return self.work.index.end - pts if self.work.index.end is not None else step

    def check(self, original: InputContainer, tracks: Tracks) -> JoinReport:
        """Read the result back, and compare it with what went in.

        Raises:
            WorkError: RESULT_MISMATCH.
        """
        work, spec = self.work, self.work.spec
        if spec.container in ISO:
            check_faststart(work.out)
        found = read_back(work.out, work.kind in ISO)
        pts = found.pts + round(self.sooner / found.time_base)
        missing = check_frames(_rescaled(pts, found.time_base, spec.time_base), work.pts, work.damaged)
        check_prints(found.prints, self._prints)
        check_picture(work.out, spec)
        changed = check_tracks(work.out, original, tracks, work.kind == spec.container)
        dropped = [dropped_note(tracks.dropped)] if tracks.dropped else []
        return JoinReport(
            frames=len(found.pts),
            duration_seconds=self._seconds(),
            first_pts=int(work.pts[0]),
            last_pts=int(work.pts[-1]),
            audio_packets=self._sounds(original, tracks),
            notes=[*damage_note(missing, work.damaged, spec.time_base), *dropped, *changed],
            size=work.out.stat().st_size,
        )

    def _seconds(self) -> float:
        first, last = int(self.work.pts[0]), int(self.work.pts[-1])
        return float((last - first + self._duration(last, 1)) * self.work.spec.time_base)

    def _sounds(self, original: InputContainer, tracks: Tracks) -> int:
        """Packets of sound that were copied."""
        places = (tracks.copied.get(audio.index) for audio in original.streams.audio)
        return sum(self._prints[place].count for place in places if place in self._prints)


def _rescaled(pts: Integers, base: Fraction, to: Fraction) -> Integers:
    """Times in units of `base` as the nearest ones in units of `to`."""
    ratio = base / to
    return (2 * pts * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)
