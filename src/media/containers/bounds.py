"""What a video or picture may be at most: `contracts.media.MediaLimits`, said in words where it is exceeded."""

from contracts.errors import MediaError, Reason
from contracts.media import MediaLimits


def check_size(width: int, height: int, limits: MediaLimits) -> None:
    """Refuse a frame of `width` x `height` pixels that is out of bounds: BAD_DIMENSIONS."""
    fits = width * height <= limits.max_pixels and max(width, height) <= limits.max_side
    if not fits or min(width, height) < limits.min_side:
        raise MediaError(
            Reason.BAD_DIMENSIONS,
            f"The picture has {width} x {height} pixels. Sides from {limits.min_side} to {limits.max_side} "
            f"pixels and up to {limits.max_pixels / 1e6:.0f} million pixels in all are taken.",
            width=width,
            height=height,
            limit=limits.max_pixels,
        )


def check_duration(seconds: float, limits: MediaLimits) -> None:
    """Refuse a video that lasts no time, or too long: BAD_DURATION."""
    if 0 < seconds <= limits.max_seconds:
        return
    lasts = f"The video lasts {seconds:.4g} s" if seconds > 0 else "The video lasts no time"
    raise MediaError(
        Reason.BAD_DURATION,
        f"{lasts}. Videos of up to {limits.max_seconds / 3600:g} hours pass.",
        limit=limits.max_seconds,
        value=seconds,
    )


def check_streams(count: int, limits: MediaLimits) -> None:
    """Refuse a file of too many tracks: PROBE_LIMIT."""
    if count > limits.max_streams:
        raise MediaError(
            Reason.PROBE_LIMIT,
            f"The file has {count} tracks; up to {limits.max_streams} are taken.",
            limit=limits.max_streams,
            value=count,
        )
