"""The index of an AVI file as FFmpeg's demuxer reads it, of one list of all chunks or of several (OpenDML)."""

import numpy as np

from contracts.errors import MediaError, Reason
from media.containers.container import main_video, open_container
from media.containers.found import FrameIndex
from media.sources.source import Source

# Codecs without frames that are shown later than they are decoded. AVI knows decoding times only.
_STRAIGHT = (
    "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "mjpeg", "dvvideo", "huffyuv", "ffvhuff", "ffv1", "utvideo",
    "magicyuv", "rawvideo", "cfhd", "prores",
)  # fmt: skip

# Of these, decoders say no usable times for reordered frames; of MPEG-4 they do.
_UNTIMED = ("h264", "hevc")
_BUFFER = 4096  # bytes read at a time: the demuxer looks into many places


def read_avi(source: Source) -> FrameIndex | None:
    """Every frame of the main video by the index; None where there is none of the whole, or frames are reordered.

    Raises:
        MediaError: BAD_TIMELINE where nothing says in what order frames are shown; see `media.containers.container`.
    """
    with open_container(source, "avi", _BUFFER) as container:
        stream = main_video(container)
        context = stream.codec_context
        codec = context.codec.canonical_name if context is not None else ""
        reordered = context is not None and bool(context.has_b_frames)
        if reordered and codec in _UNTIMED:
            raise MediaError(
                Reason.BAD_TIMELINE,
                "An AVI does not say when the reordered frames of such a video are shown. Export it as MP4 or MKV.",
                codec=codec,
            )
        if reordered or codec not in _STRAIGHT:
            return None
        shown = [(entry.timestamp, entry.is_keyframe) for entry in stream.index_entries if entry.size > 0]
        if not shown or stream.time_base is None:
            return None
        rows = np.array(shown, np.int64)
        pts, keys = rows[:, 0], rows[rows[:, 1] == 1, 0]
        steps = np.diff(pts)
        end = int(pts[-1]) + (int(np.median(steps)) if len(steps) else 1)
        if not len(keys) or (steps <= 0).any() or not 0 < (stream.duration or 0) <= end:
            return None
        return FrameIndex(stream.index, stream.time_base, pts[pts >= keys[0]], keys, end)
