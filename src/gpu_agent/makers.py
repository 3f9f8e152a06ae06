"""Who makes a segment: a worker process, or the clock."""

from dataclasses import dataclass
from typing import Protocol

from contracts.engines import TIMED, family
from contracts.errors import Reason, WorkError
from contracts.messages import SegmentTask
from gpu_agent.reports import Reports
from gpu_agent.wire import Outcome
from storage.objects import Stored


@dataclass(frozen=True, slots=True)
class Made:
    """A finished segment: what is said of it, and the object it became; None where nothing was changed."""

    outcome: Outcome
    stored: Stored | None


class Maker(Protocol):
    """Makes segments of some engines."""

    async def make(self, task: SegmentTask, reports: Reports) -> Made:
        """Make one segment and tell `reports` how far it is. Cancelling this ends the work.

        Raises:
            VisageError: It could not be made.
        """


@dataclass(frozen=True, slots=True)
class Makers:
    """The makers of an agent: `timed` for engines that spend a declared time, `workers` for all others."""

    workers: Maker
    timed: Maker

    def of(self, engine: str) -> Maker:
        """Who makes segments of that engine."""
        return self.timed if family(engine) == TIMED else self.workers


class NoMaker:
    """Stands for engines that this agent does not offer."""

    async def make(self, task: SegmentTask, reports: Reports) -> Made:
        """Raises `WorkError` (`ENGINE_MISSING`)."""
        message = f'This agent does not offer the engine "{task.engine}".'
        raise WorkError(Reason.ENGINE_MISSING, message, engine=task.engine)
