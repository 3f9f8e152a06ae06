"""What a join reports."""

from pydantic import BaseModel


class JoinReport(BaseModel):
    """What the result holds, as read back from it.

    Attributes:
        first_pts, last_pts: In units of the spec's time base.
        audio_packets: Copied from the original; like those of all other copied tracks, found unchanged.
        dropped: Tracks of the original that the container cannot hold, in words.
    """

    frames: int
    duration_seconds: float
    first_pts: int = 0
    last_pts: int = 0
    audio_packets: int = 0
    dropped: list[str] = []
    size: int = 0
