"""Joining segments by stream copy, every other packet of the original as it was, and checking the result."""

import struct
from collections.abc import Sequence
from pathlib import Path

from av.error import FFmpegError

from contracts.errors import Reason, VisageError, WorkError
from contracts.media import EncodeSpec, SegmentRange
from media.joining.grafting import Grafting, stock_of
from media.joining.joint import Work
from media.joining.muxing import Muxing
from media.joining.report import JoinReport
from media.joining.segments import mismatch
from media.pictures.opening import join_picture
from media.sources.source import Source, open_source
from media.words import words_of

__all__ = ["JoinReport", "join"]


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
            return _join_video(Work.of(segments, source, out, spec, damaged))
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


def _join_video(work: Work) -> JoinReport:
    try:
        stock = stock_of(work)
        if stock is not None:
            return Grafting(work).make(stock)
    except (WorkError, IndexError, struct.error) as error:
        # FFmpeg reads some files otherwise than their boxes say: what it reads, it can write.
        if isinstance(error, WorkError) and error.reason is not Reason.RESULT_MISMATCH:
            raise
    return Muxing(work).make()


def _failed(error: Exception) -> WorkError:
    if getattr(error, "errno", None) == 28:  # ENOSPC
        return WorkError(Reason.DISK_FULL, "The disk is full: the result could not be written.")
    return WorkError(
        Reason.RESULT_MISMATCH, f"The segments could not be joined: {words_of(error)}.", retryable=False
    )
