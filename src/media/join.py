"""Joining segments by stream copy, every other packet of the original as it was, and checking the result."""

import heapq
import math
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from contracts.errors import Reason, VisageError, WorkError
from contracts.media import EncodeSpec, SegmentRange
from media.container import kind_of, main_video, open_container
from media.damage import damage_note
from media.graft import Stock, graft, read_stock
from media.index import Integers, read_index
from media.likeness import check_picture, check_tracks
from media.moov import chapter_tracks
from media.pictures.opening import join_picture
from media.prints import Print
from media.rate import kept
from media.report import JoinReport
from media.segments import Segments, mismatch
from media.source import Source, open_source
from media.timeline import with_dts
from media.tracks import Laid, Tracks, add_video, dropped_note, lay_tracks, open_result, open_video
from media.verify import check_faststart, check_frames, check_prints, read_back
from media.walk import only

__all__ = ["JoinReport", "join"]

_LARGEST_TIMESCALE = 2**31 - 1
_ISO = ("mp4", "mov")


def join(
    segments: Sequence[str | Path],
    original: str | Path,
    out: Path,
    spec: EncodeSpec,
    damaged: Sequence[SegmentRange] = (),
) -> JoinReport:
    """Make the result at `out` by copying packets: of the segments, in order, and of the other tracks.

    Args:
        segments: Paths or URLs of what `SegmentWriter` wrote.
        original: Path or URL.
        damaged: Ranges in which packets could not be decoded (`RangeReader.damaged`): there, frames may be
            missing.

    Raises:
        WorkError: RESULT_MISMATCH (not retryable) where the segments do not fit together or the finished file
            is not what it should be; DISK_FULL; OBJECT_MISSING. No file is left at `out` then.
        UnavailableError: The object store is away.
    """
    try:
        with open_source(original) as source:
            if spec.encoder == "picture":
                return _join_picture(segments, source, out, spec)
            return _Join(segments, source, out, spec, damaged).run()
    except (FFmpegError, OSError, ValueError) as error:
        out.unlink(missing_ok=True)
        raise _failed(error) from error
    except VisageError:
        out.unlink(missing_ok=True)
        raise


def _join_picture(segments: Sequence[str | Path], source: Source, out: Path, spec: EncodeSpec) -> JoinReport:
    if len(segments) != 1:
        raise mismatch("a picture is one segment")
    with open_source(segments[0]) as segment:
        notes = join_picture(segment, source, (spec.width, spec.height), out)
    return JoinReport(frames=1, duration_seconds=0, size=out.stat().st_size, notes=notes)


class _Join:
    """One join of a video: what its steps share."""

    def __init__(
        self,
        segments: Sequence[str | Path],
        source: Source,
        out: Path,
        spec: EncodeSpec,
        damaged: Sequence[SegmentRange],
    ) -> None:
        self.segments = list(segments)
        self.source = source
        self.out = out
        self.spec = spec
        self.damaged = damaged
        self.kind = kind_of(source)
        self.index = read_index(source)
        self.pts = kept(self.index.pts, self.index.time_base, spec.fps_limit)
        self.prints: dict[int, Print] = {}
        # Seconds by which the video, and the other tracks, begin earlier in the result.
        self.sooner = self.earlier = Fraction(0)

    def run(self) -> JoinReport:
        try:
            stock = self._stock()
            if stock is not None:
                return self._grafted(stock)
        except (WorkError, IndexError, struct.error) as error:
            # FFmpeg reads some files otherwise than their boxes say: what it reads, it can write.
            if isinstance(error, WorkError) and error.reason is not Reason.RESULT_MISMATCH:
                raise
            self.prints.clear()
        return self._muxed()

    def _stock(self) -> Stock | None:
        own = self.kind in _ISO and self.kind == self.spec.container
        return read_stock(self.source) if own else None

    def _grafted(self, stock: Stock) -> JoinReport:
        """The original's boxes, with the new video in them."""
        film = self.out.with_name(f"{self.out.stem}-video{self.out.suffix}")
        try:
            with (
                Segments(self.segments, self.spec.time_base) as parts,
                open_video(str(film), self.spec, stock.timescale) as result,
            ):
                stream = add_video(result, parts.template, self.spec)
                for frame in self._videos(parts, stream):
                    result.mux(frame)
            with open_source(film) as video:
                graft(video, stock, self.source, self.out, int(self.pts[0]) * self.spec.time_base)
        finally:
            film.unlink(missing_ok=True)
        with open_container(self.source, self.kind) as original:
            main = main_video(original)
            tracks = Tracks({stream.index: stream.index for stream in original.streams if stream is not main})
            others = [original.streams[index] for index in tracks.copied]
            only(original, *others)
            for packet in original.demux(*others) if others else ():
                self._note(packet, packet.stream.index)
            return self._check(original, tracks).model_copy(update={"grafted": True})

    def _muxed(self) -> JoinReport:
        """A new file of the original's packets and tags, as FFmpeg knows them."""
        titles = chapter_tracks(self.source) if self.kind in _ISO else []
        with (
            open_container(self.source, self.kind) as original,
            Segments(self.segments, self.spec.time_base) as parts,
        ):
            self._rebase(original)
            timescale = movie_timescale(original, self.spec)
            with open_result(str(self.out), original, self.spec, timescale) as result:
                main = main_video(original)
                laid = lay_tracks(result, original, main, parts.template, self.spec, titles)
                self._write(result, original, parts, laid)
            return self._check(original, laid.tracks)

    def _rebase(self, original: InputContainer) -> None:
        """Have what begins at some time, as a transport stream does, begin at zero, all tracks alike.

        AVI says when frames are decoded; FFmpeg adds to it as many frames as a decoder might hold back. The
        sound is not held back, nor does a player wait: the first frame is shown when it is decoded.
        """
        if self.kind == "mpegts":
            self.earlier = self.sooner = Fraction(original.start_time or 0, 1_000_000)
        elif self.kind == "avi":
            begin = main_video(original).start_time or 0
            self.sooner = (int(self.pts[0]) - begin) * self.spec.time_base

    def _write(
        self,
        result: OutputContainer,
        original: InputContainer,
        parts: Segments,
        laid: Laid,
    ) -> None:
        only(original, *(original.streams[index] for index in laid.streams))
        rows: list[Iterator[Packet[Any]]] = [
            self._videos(parts, laid.video),
            _copies(original, laid, self.earlier),
        ]
        for packet in heapq.merge(*rows, key=_when):
            plain = packet.stream is not laid.video
            result.mux(packet)  # brings its times into the result's time base
            if plain:
                self._note(packet, packet.stream.index)

    def _note(self, packet: "Packet[Any]", index: int) -> None:
        """Remember a packet of the original that is to be found in track `index` of the result."""
        if packet.size:
            self.prints.setdefault(index, Print()).add(packet, self.kind in _ISO)

    def _videos(self, parts: Segments, stream: VideoStream) -> "Iterator[Packet[VideoStream]]":
        base = self.spec.time_base
        step = max(1, round(1 / (self.spec.fps * base))) if self.spec.fps else 1
        for packet in with_dts(parts.packets(), self.spec.reorder_frames, step):
            assert packet.pts is not None and packet.dts is not None
            packet.duration = self._duration(packet.pts, step)
            packet.pts -= round(self.sooner / base)
            packet.dts -= round(self.sooner / base)
            packet.stream = stream
            yield packet

    def _duration(self, pts: int, step: int) -> int:
        """Until the next frame that is kept; of the last one, as in the original."""
        place = int(np.searchsorted(self.pts, pts, side="right"))
        if place < len(self.pts):
            return int(self.pts[place]) - pts
        return self.index.end - pts if self.index.end is not None else step

    def _check(self, original: InputContainer, tracks: Tracks) -> JoinReport:
        if self.spec.container in _ISO:
            check_faststart(self.out)
        found = read_back(self.out, self.kind in _ISO)
        pts = found.pts + round(self.sooner / found.time_base)
        missing = check_frames(rescaled(pts, found.time_base, self.spec.time_base), self.pts, self.damaged)
        check_prints(found.prints, self.prints)
        check_picture(self.out, self.spec)
        changed = check_tracks(self.out, original, tracks, self.kind == self.spec.container)
        sounds = [
            tracks.copied[audio.index] for audio in original.streams.audio if audio.index in tracks.copied
        ]
        return JoinReport(
            frames=len(found.pts),
            duration_seconds=float(
                (self.pts[-1] - self.pts[0] + self._duration(int(self.pts[-1]), 1)) * self.spec.time_base
            ),
            first_pts=int(self.pts[0]),
            last_pts=int(self.pts[-1]),
            audio_packets=sum(self.prints[index].count for index in sounds if index in self.prints),
            notes=[
                *damage_note(missing, self.damaged, self.spec.time_base),
                *([dropped_note(tracks.dropped)] if tracks.dropped else []),
                *changed,
            ],
            size=self.out.stat().st_size,
        )


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


def movie_timescale(original: InputContainer, spec: EncodeSpec) -> int:
    """Units a second of an MP4's own clock, in which a late start of a track is written.

    Fine enough for every track's start to be exact where one starts late, else FFmpeg's usual 1000.
    """
    if all((stream.start_time or 0) <= 0 for stream in original.streams):
        return 1000
    bases = [stream.time_base for stream in original.streams if stream.time_base is not None]
    exact = math.lcm(spec.time_base.denominator, *(base.denominator for base in bases))
    return exact if exact <= _LARGEST_TIMESCALE else spec.time_base.denominator


def rescaled(pts: Integers, base: Fraction, to: Fraction) -> Integers:
    """Times in units of `base` as the nearest ones in units of `to`."""
    ratio = base / to
    return (2 * pts * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)


def _failed(error: Exception) -> WorkError:
    if getattr(error, "errno", None) == 28:  # ENOSPC
        return WorkError(Reason.DISK_FULL, "The disk is full: the result could not be written.")
    return WorkError(Reason.RESULT_MISMATCH, f"The segments could not be joined: {error}.", retryable=False)
