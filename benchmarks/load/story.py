"""What happened to the jobs of a scenario. All times are seconds since 1970, of this machine's clock."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be submitted: so many segments, each holding a slot for `least` to `most` seconds."""

    user: str
    segments: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Held:
    """A segment held a slot from `start` to `end`."""

    user: str
    job: str
    index: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """What it cost."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Told:
    """A job that ended well: submitted, in the queue with all its segments, and over with its result."""

    user: str
    job: str
    submitted: float
    queued: float
    over: float


@dataclass(frozen=True, slots=True)
class Story:
    """Jobs, and their segments in the order of their starts."""

    jobs: list[Told]
    held: list[Held]

    def of(self, user: str) -> list[Held]:
        """A user's segments."""
        return [one for one in self.held if one.user == user]

    def first_start(self, job: str) -> float:
        """When a job's first segment started."""
        return next(one.start for one in self.held if one.job == job)


def story(jobs: Iterable[Told], held: Iterable[Held]) -> Story:
    """A story in its order."""
    return Story(list(jobs), sorted(held, key=lambda one: one.start))
