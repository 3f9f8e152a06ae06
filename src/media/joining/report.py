"""What a join reports."""

from pydantic import BaseModel, Field

from contracts.notes import Note


class JoinReport(BaseModel):
    """What the result holds, as read back from it.

    Attributes:
        first_pts, last_pts: In units of the spec's time base.
        audio_packets: Copied from the original; like those of all other copied tracks, found unchanged.
        grafted: Whether the original's own boxes were taken over, see `media.joining.graft`.
        notes: What the join found that a user should know, such as tracks that the container cannot hold.
    """

    frames: int
    duration_seconds: float
    first_pts: int = 0
    last_pts: int = 0
    audio_packets: int = 0
    grafted: bool = False
    notes: list[Note] = Field(default_factory=list)
    size: int = 0
