"""Whether packets of a source may be copied into its result, decided once a job."""

from contracts.media import EncodeSpec, VideoStream
from media.encoders import prores
from media.untouched import h264

# Encoders whose packets may follow those of a source of the same codec.
_ENCODERS = ("libx264", "libvpx-vp9", "prores_ks")
# ProRes 4444 decodes to 12 bits and is encoded from 10: its packets say nothing of either.
_ANY_FORMAT = ("prores",)
_HIGHEST_NUMBER = 31  # of a sequence parameter set (ITU-T H.264, section 7.4.2.1.1)
# Where runs take turns, an encoder stands beside the first one: of larger frames two do not fit a worker's memory.
_MOST_PIXELS = 4096 * 2304
_MOST_REORDERING = 16  # frames; what H.264 allows


def allowing(spec: EncodeSpec, video: VideoStream) -> EncodeSpec:
    """`spec` for a source like `video`, with `copies` set where packets of it may stand in the result."""
    if not _is_alike(spec, video):
        return spec
    if spec.encoder == "libx264":
        return _with_own_numbers(spec, video)
    if spec.codec == "prores" and not prores.is_known(video):
        return spec
    return _copying(spec, video)


def _is_alike(spec: EncodeSpec, video: VideoStream) -> bool:
    """Whether frames go through unchanged but for what is painted on them."""
    return (
        spec.encoder in _ENCODERS
        and spec.codec == video.codec
        and (spec.width, spec.height) == (video.width, video.height)
        and (spec.pix_fmt == video.pix_fmt or spec.codec in _ANY_FORMAT)
        and spec.time_base == video.time_base
        and spec.width * spec.height <= _MOST_PIXELS
        and spec.fps_limit is None
        and not spec.deinterlace
        and video.reorder_frames <= _MOST_REORDERING
    )


def _with_own_numbers(spec: EncodeSpec, video: VideoStream) -> EncodeSpec:
    """The encoder's parameter sets get a number that the source's do not have."""
    sets = h264.parameter_sets(bytes.fromhex(video.header))
    free = set(range(_HIGHEST_NUMBER + 1)) - (sets.numbers if sets is not None else set())
    if sets is None or not free:
        return spec
    told = [spec.options.get("x264-params"), f"sps-id={max(free)}"]
    options = spec.options | {"x264-params": ":".join(filter(None, told))}
    return _copying(spec.model_copy(update={"options": options}), video)


def _copying(spec: EncodeSpec, video: VideoStream) -> EncodeSpec:
    return spec.model_copy(
        update={
            "copies": True,
            "source_header": video.header,
            "source_format": video.pix_fmt,
            "reorder_frames": max(spec.reorder_frames, video.reorder_frames),
        }
    )
