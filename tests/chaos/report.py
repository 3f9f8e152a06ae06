"""What a run came to."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.chaos.books import Books
from tests.chaos.killer import Killer
from tests.chaos.scale import Scale


@dataclass
class Report:
    """One run.

    Attributes:
        kills: Processes killed, by kind; `busy` of them while they had something in hand.
        jobs: Jobs by kind of errand; `states` by how they ended.
        attempts: Attempts at segments by how they ended; `redelivered` were handed out more than once.
        merges_again: Merge tasks that had to be sent again.
        seconds: Duration of the load and of the rest until nothing moved any more.
        complaints: Everything that is wrong.
    """

    seed: int
    kills: dict[str, int]
    busy: int
    jobs: dict[str, int]
    states: dict[str, int]
    segments: int
    attempts: dict[str, int]
    redelivered: int
    webhooks: int
    load_seconds: float
    settle_seconds: float
    complaints: list[str] = field(default_factory=list)

    @property
    def total_kills(self) -> int:
        """How many processes were killed."""
        return sum(self.kills.values())

    @property
    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "total_kills": self.total_kills, "ok": not self.complaints}

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"seed {self.seed}: {self.total_kills} kills, {self.busy} of them amid work: {_list(self.kills)}",
            f"{sum(self.jobs.values())} jobs: {_list(self.jobs)}; they ended {_list(self.states)}",
            f"{self.segments} segments, attempts {_list(self.attempts)}, {self.redelivered} handed out again",
            f"{self.webhooks} webhooks delivered",
            f"{self.load_seconds:.0f} s of load, {self.settle_seconds:.1f} s until nothing moved",
            *(self.complaints or ["nothing lost, nothing doubled, no cap broken, the accounts add up"]),
        ]


def report_of(scale: Scale, killer: Killer, books: Books, seconds: tuple[float, float]) -> Report:
    """The report before the complaints."""
    return Report(
        seed=scale.seed,
        kills=killer.by_kind,
        busy=sum(kill.busy for kill in killer.kills),
        jobs=_counted(errand.kind for errand in books.errands),
        states=_counted(job.state for job in books.jobs),
        segments=len(books.segments),
        attempts=_counted(attempt.state for attempt in books.attempts),
        redelivered=sum(attempt.deliveries > 1 for attempt in books.attempts),
        webhooks=len(books.deliveries),
        load_seconds=round(seconds[0], 1),
        settle_seconds=round(seconds[1], 1),
    )


def _counted(items: Any) -> dict[str, int]:
    return {str(name): count for name, count in Counter(items).most_common()}


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
