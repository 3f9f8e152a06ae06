"""Who wins, what is tried again, what is given up: decided by rows alone, without I/O."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from contracts.errors import Failure, Reason
from contracts.messages import Message, SegmentDone, SegmentFailed, SegmentStarted
from contracts.states import AttemptState, JobState, SegmentState
from storage.outcomes import AttemptEnd, AttemptRow, SegmentEnd


class AgentDied(Message):
    """An agent died over an attempt that the broker then handed to another. The scheduler itself finds out."""

    attempt_id: UUID
    job_id: UUID
    segment_index: int
    agent_id: str


Report: TypeAlias = SegmentStarted | SegmentDone | SegmentFailed | AgentDied

_OPEN = (AttemptState.RELEASED, AttemptState.RUNNING)
_BEATEN = Failure(reason=Reason.CANCELLED, message="Another attempt at the segment was the first.")


@dataclass(frozen=True, slots=True)
class Landing:
    """An attempt that is in flight no more: `seconds` of its work count, and its segment may wait again."""

    attempt_id: UUID
    job_id: UUID
    index: int
    seconds: float
    again: bool = False


@dataclass(slots=True)
class Verdicts:
    """What a batch of reports comes to.

    Attributes:
        deaths: Attempts over which an agent died, once for each death.
        won: Results that are their segments' now.
        failed_jobs: Jobs that cannot be completed, with the failure of the segment that ended them.
        unwanted: Keys of objects nobody needs.
        stopping: Jobs that are to stop though an agent works on them.
        dropped: Attempts that are to stop though an agent works on them.
        touched: Jobs of which an attempt ended.
    """

    started: list[SegmentStarted] = field(default_factory=list)
    deaths: list[UUID] = field(default_factory=list)
    attempts: list[AttemptEnd] = field(default_factory=list)
    segments: list[SegmentEnd] = field(default_factory=list)
    landings: list[Landing] = field(default_factory=list)
    won: list[SegmentDone] = field(default_factory=list)
    failed_jobs: dict[UUID, Failure] = field(default_factory=dict)
    unwanted: list[str] = field(default_factory=list)
    stopping: set[UUID] = field(default_factory=set)
    dropped: list[UUID] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)


def judge(rows: Mapping[UUID, AttemptRow], reports: Sequence[Report], max_attempts: int) -> Verdicts:
    """Decide a batch of reports in their order. `rows` are brought up to date on the way."""
    bench = _Bench(rows, max_attempts)
    for report in reports:
        row = rows.get(report.attempt_id)
        if row is None:
            bench.gone(report)
        elif isinstance(report, SegmentStarted):
            bench.started(row, report)
        elif isinstance(report, SegmentDone):
            bench.done(row, report)
        elif isinstance(report, AgentDied):
            bench.died(row, report)
        else:
            bench.failed(row, report)
    return bench.verdicts


class _Bench:
    def __init__(self, rows: Mapping[UUID, AttemptRow], max_attempts: int) -> None:
        self.verdicts = Verdicts()
        self._rows = rows
        self._at: dict[int, list[AttemptRow]] = defaultdict(list)
        for row in rows.values():
            self._at[row.segment_id].append(row)
        self._max_attempts = max_attempts

    def gone(self, report: Report) -> None:
        self._land(report, 0.0)
        if isinstance(report, SegmentDone):
            self._discard(report)

    def started(self, row: AttemptRow, report: SegmentStarted) -> None:
        if row.state in _OPEN:
            row.state = AttemptState.RUNNING
            self.verdicts.started.append(report)
        else:
            self.verdicts.dropped.append(row.attempt_id)
        if _is_stopping(row):
            self.verdicts.stopping.add(row.job_id)

    def died(self, row: AttemptRow, report: AgentDied) -> None:
        if row.state not in _OPEN:
            return
        row.deaths += 1
        self.verdicts.deaths.append(row.attempt_id)
        if row.deaths >= self._max_attempts:
            row.deaths -= 1  # this one counts as the attempt's end
            self.failed(row, _loss(report))
            self.verdicts.dropped.append(row.attempt_id)

    def done(self, row: AttemptRow, report: SegmentDone) -> None:
        if row.state is AttemptState.DONE:
            if report.key != row.key:  # two agents ended the same attempt
                self._discard(report)
        elif row.state is AttemptState.LATE:
            self._discard(report)
        elif row.segment in (SegmentState.WAITING, SegmentState.RELEASED):
            self._win(row, report)
        else:
            self._come_late(row, report)

    def _win(self, row: AttemptRow, report: SegmentDone) -> None:
        self._end(row, AttemptState.DONE, report, charged=report.gpu_seconds)
        self._set_segment(row, SegmentState.DONE, report.key)
        for rival in row.rivals:
            self._beat(row, rival)
        self.verdicts.won.append(report)
        self.verdicts.segments.append(
            SegmentEnd(
                row.segment_id,
                SegmentState.DONE,
                key=report.key,
                size=report.size,
                frames=report.frames,
                faces=report.faces,
                face_frames=report.face_frames,
                damaged=report.damaged,
                gpu_seconds=report.gpu_seconds,
            )
        )

    def _come_late(self, row: AttemptRow, report: SegmentDone) -> None:
        # The winner of a segment is charged; of a cancelled one, whoever worked.
        charged = report.gpu_seconds if row.segment is SegmentState.CANCELLED else 0.0
        self._end(row, AttemptState.LATE, report, charged=charged)
        self._discard(report)

    def _discard(self, report: SegmentDone) -> None:
        if report.key is not None:
            self.verdicts.unwanted.append(report.key)

    def _beat(self, winner: AttemptRow, rival: UUID) -> None:
        if rival in self._rows:
            self._rows[rival].state = AttemptState.CANCELLED
        self.verdicts.attempts.append(AttemptEnd(rival, AttemptState.CANCELLED, None, 0.0, 0.0, _BEATEN))
        self.verdicts.landings.append(Landing(rival, winner.job_id, winner.index, 0.0))
        self.verdicts.dropped.append(rival)

    def failed(self, row: AttemptRow, report: SegmentFailed) -> None:
        if row.state not in _OPEN:
            self._land(report, 0.0)
            return
        state = _end_state(row, report)
        again = self._after_failure(row, report, state)
        charged = 0.0 if report.agent_fault or state is AttemptState.LOST else report.gpu_seconds
        self._end(row, state, report, charged=charged, failure=report.failure, again=again)

    def _after_failure(self, row: AttemptRow, report: SegmentFailed, state: AttemptState) -> bool:
        """Where the segment stands now; whether it waits again."""
        if row.segment is not SegmentState.RELEASED or row.rivals:
            return False
        if _is_stopping(row):
            self._give_back(row, SegmentState.CANCELLED)
            return False
        if self._may_retry(row, report, state):
            self._give_back(row, SegmentState.WAITING)
            return True
        failure = _given_up(row.deaths + 1) if state is AttemptState.LOST else report.failure
        self._give_back(row, SegmentState.FAILED, failure)
        self.verdicts.failed_jobs.setdefault(row.job_id, failure)
        return False

    def _may_retry(self, row: AttemptRow, report: SegmentFailed, state: AttemptState) -> bool:
        if report.failure.reason is Reason.CANCELLED:
            return True  # the job goes on: it was meant for an earlier run of it
        if not report.retryable:
            return False
        if state is AttemptState.LOST:
            return row.deaths + 1 < self._max_attempts
        return row.failed + 1 < self._max_attempts

    def _give_back(self, row: AttemptRow, state: SegmentState, failure: Failure | None = None) -> None:
        self._set_segment(row, state)
        self.verdicts.segments.append(SegmentEnd(row.segment_id, state, failure))

    def _set_segment(self, row: AttemptRow, state: SegmentState, key: str | None = None) -> None:
        for other in self._at[row.segment_id]:
            other.segment, other.key = state, key

    def _land(self, report: Report, seconds: float, *, again: bool = False) -> None:
        landing = Landing(report.attempt_id, report.job_id, report.segment_index, seconds, again)
        self.verdicts.landings.append(landing)

    def _end(
        self,
        row: AttemptRow,
        state: AttemptState,
        report: SegmentDone | SegmentFailed,
        *,
        charged: float,
        failure: Failure | None = None,
        again: bool = False,
    ) -> None:
        row.state = state
        for other in self._at[row.segment_id]:
            if row.attempt_id in other.rivals:
                other.rivals.remove(row.attempt_id)
        seconds = report.gpu_seconds
        end = AttemptEnd(row.attempt_id, state, report.agent_id or None, seconds, charged, failure)
        self.verdicts.attempts.append(end)
        # A late result's work is charged where it was done: its slot was held for this user.
        counted = seconds if isinstance(report, SegmentDone) else charged
        self._land(report, counted, again=again)
        self.verdicts.touched.add(row.job_id)


def _end_state(row: AttemptRow, report: SegmentFailed) -> AttemptState:
    if report.failure.reason is Reason.CANCELLED:
        return AttemptState.CANCELLED if _is_stopping(row) else AttemptState.LOST
    if report.failure.reason is Reason.AGENT_LOST:
        return AttemptState.LOST
    return AttemptState.FAILED


def _loss(report: AgentDied) -> SegmentFailed:
    failure = Failure(reason=Reason.AGENT_LOST, message="The agents that worked on the segment died.")
    return SegmentFailed(**report.model_dump(), failure=failure, retryable=False, agent_fault=True)


def _given_up(deaths: int) -> Failure:
    message = f"The segment was given up: {deaths} agents died or hung while they worked on it."
    return Failure(reason=Reason.AGENT_LOST, message=message)


def _is_stopping(row: AttemptRow) -> bool:
    return row.job is JobState.CANCELLING or row.job.final
