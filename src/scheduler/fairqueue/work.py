"""What is queued, and on which terms."""

from collections.abc import Hashable
from dataclasses import dataclass

Key = tuple[Hashable, int]
"""A segment: its job and its index."""


@dataclass(frozen=True, slots=True)
class Work:
    """One segment that waits for a slot.

    Attributes:
        order: Place of the job among its user's jobs, smallest first: its time of submission.
        index: Place of the segment in its job.
        estimate: Expected cost in GPU seconds, above 0.
    """

    user: Hashable
    job: Hashable
    index: int
    estimate: float
    order: float = 0.0

    @property
    def key(self) -> Key:
        """What makes the segment unique."""
        return self.job, self.index


@dataclass(frozen=True, slots=True)
class Terms:
    """What a user is entitled to.

    Attributes:
        weight: Share against other users while both have work waiting, above 0.
        cap: Segments in flight at the same time; 0 pauses the user.
        burst: Whether slots that nobody else can use may be taken above a cap that is not 0.
    """

    weight: float = 1.0
    cap: int = 1_000_000
    burst: bool = False

    def __post_init__(self) -> None:
        if self.weight <= 0 or self.cap < 0:
            raise ValueError(f"weight must be above 0 and cap at least 0: {self}")
