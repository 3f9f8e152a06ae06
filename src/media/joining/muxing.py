"""Joining by muxing: a new file of the original's packets and tags, as FFmpeg knows them."""

import heapq
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from contracts.media import EncodeSpec
from media.containers.container import main_video, open_container
from media.containers.moov import chapter_tracks
from media.containers.walk import only
from media.joining.joint import ISO, Joint, Work
from media.joining.report import JoinReport
from media.joining.segments import Segments
from media.joining.tracks import Laid, lay_tracks, open_result

_LARGEST_TIMESCALE = 2**31 - 1


class Muxing(Joint):
    """A new file.

    Attributes:
        earlier: Seconds by which all tracks but the video begin earlier in the result.
    """

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.earlier = Fraction(0)

    def make(self) -> JoinReport:
        """Write and check the result.

        Raises:
            WorkError: RESULT_MISMATCH.
        """
        work = self.work
        # Before the demuxer reads: it and this would move each other's place in the source.
        titles = chapter_tracks(work.source) if work.kind in ISO else []
        with (
            open_container(work.source, work.kind) as original,
            Segments(work.segments, work.spec.time_base) as parts,
        ):
            self._rebase(original)
            timescale = _movie_timescale(original, work.spec)
            with open_result(str(work.out), original, work.spec, timescale) as result:
                main = main_video(original)
                laid = lay_tracks(result, original, main, parts.template, work.spec, titles)
                self._write(result, original, parts, laid)
            return self.check(original, laid.tracks)

    def _rebase(self, original: InputContainer) -> None:
        """Have what begins at some time, as a transport stream does, begin at zero, all tracks alike.

        AVI says when frames are decoded; FFmpeg adds to it as many frames as a decoder might hold back. The
        sound is not held back, nor does a player wait: the first frame is shown when it is decoded.
        """
        if self.work.kind == "mpegts":
            self.earlier = self.sooner = Fraction(original.start_time or 0, 1_000_000)
        elif self.work.kind == "avi":
            begin = main_video(original).start_time or 0
            self.sooner = (int(self.work.pts[0]) - begin) * self.work.spec.time_base

    def _write(
        self,
        result: OutputContainer,
        original: InputContainer,
        parts: Segments,
        laid: Laid,
    ) -> None:
        only(original, *(original.streams[index] for index in laid.streams))
        rows: list[Iterator[Packet[Any]]] = [
            self.videos(parts, laid.video),
            _copies(original, laid, self.earlier),
        ]
        for packet in heapq.merge(*rows, key=_when):
            plain = packet.stream is not laid.video
            result.mux(packet)  # brings its times into the result's time base
            if plain:
                self.note(packet, packet.stream.index)


def _copies(original: InputContainer, laid: Laid, shift: Fraction) -> "Iterator[Packet[Stream]]":
    """The packets of the copied tracks, of which ever more are found only by reading the whole file."""
    if not laid.streams:
        return
    for packet in original.demux(*(original.streams[index] for index in laid.streams)):
        if not packet.size:
            continue
        if shift:
            offset = round(shift / packet.time_base)
            packet.pts = packet.pts - offset if packet.pts is not None else None
            packet.dts = packet.dts - offset if packet.dts is not None else None
        packet.stream = laid.streams[packet.stream.index]
        yield packet


def _when(packet: "Packet[Any]") -> float:
    time = packet.dts if packet.dts is not None else packet.pts
    return float(time * packet.time_base) if time is not None else -math.inf


def _movie_timescale(original: InputContainer, spec: EncodeSpec) -> int:
    """Units a second of an MP4's own clock, in which a late start of a track is written.

    Fine enough for every track's start to be exact where one starts late, else FFmpeg's usual 1000.
    """
    if all((stream.start_time or 0) <= 0 for stream in original.streams):
        return 1000
    bases = [stream.time_base for stream in original.streams if stream.time_base is not None]
    exact = math.lcm(spec.time_base.denominator, *(base.denominator for base in bases))
    return exact if exact <= _LARGEST_TIMESCALE else spec.time_base.denominator
