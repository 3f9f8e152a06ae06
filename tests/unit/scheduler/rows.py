"""The tables that the scheduler decides by, in memory, with the rules by which `storage` changes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from contracts.states import AttemptState, JobState, SegmentState
from scheduler.verdicts import Verdicts
from storage.outcomes import AttemptEnd, AttemptRow, SegmentEnd

OPEN = (AttemptState.RELEASED, AttemptState.RUNNING)


@dataclass
class SegmentRow:
    id: int
    job: UUID
    index: int
    state: SegmentState = SegmentState.WAITING
    key: str | None = None
    wins: int = 0
    since: int = 0  # attempts before it count no more, as after a retry of its job


@dataclass
class Attempt:
    id: UUID
    segment: SegmentRow
    state: AttemptState = AttemptState.RELEASED
    charged: float = 0.0
    deaths: int = 0


@dataclass
class Rows:
    jobs: dict[UUID, JobState] = field(default_factory=dict)
    segments: list[SegmentRow] = field(default_factory=list)
    attempts: dict[UUID, Attempt] = field(default_factory=dict)

    def add_job(self, job: UUID, segments: int) -> None:
        self.jobs[job] = JobState.WAITING
        self.segments += [SegmentRow(len(self.segments) + n, job, n) for n in range(segments)]

    def segments_of(self, job: UUID) -> list[SegmentRow]:
        return [segment for segment in self.segments if segment.job == job]

    def open_attempts(self, job: UUID) -> list[Attempt]:
        return [one for one in self.attempts.values() if one.segment.job == job and one.state in OPEN]

    def release(self, attempt: UUID, job: UUID, index: int) -> bool:
        """As `storage.dispatch.release`: False where the job does not go on, or the segment does not wait."""
        segment = self.segments_of(job)[index]
        if (
            self.jobs[job] not in (JobState.WAITING, JobState.RUNNING)
            or segment.state is not SegmentState.WAITING
        ):
            return False
        self.jobs[job] = JobState.RUNNING
        segment.state = SegmentState.RELEASED
        self.attempts[attempt] = Attempt(attempt, segment)
        return True

    def second(self, attempt: UUID, first: UUID) -> None:
        """A straggler's second attempt."""
        self.attempts[attempt] = Attempt(attempt, self.attempts[first].segment)

    def read(self, attempts: Iterable[UUID]) -> dict[UUID, AttemptRow]:
        return {attempt: self._row(self.attempts[attempt]) for attempt in attempts}

    def _row(self, attempt: Attempt) -> AttemptRow:
        segment = attempt.segment
        others = [one for one in self.attempts.values() if one.segment is segment][segment.since :]
        return AttemptRow(
            attempt_id=attempt.id,
            job_id=segment.job,
            segment_id=segment.id,
            index=segment.index,
            state=attempt.state,
            segment=segment.state,
            job=self.jobs[segment.job],
            failed=sum(one.state is AttemptState.FAILED for one in others),
            deaths=sum(one.deaths + (one.state is AttemptState.LOST) for one in others),
            rivals=[one.id for one in others if one.state in OPEN and one is not attempt],
            key=segment.key,
        )

    def write(self, verdicts: Verdicts) -> tuple[set[UUID], set[UUID], set[UUID]]:
        """What a settlement writes; jobs that are merged, failed and cancelled by it."""
        for started in verdicts.started:
            if self.attempts[started.attempt_id].state in OPEN:
                self.attempts[started.attempt_id].state = AttemptState.RUNNING
        for attempt in verdicts.deaths:
            self.attempts[attempt].deaths += 1
        self.end(verdicts.attempts, verdicts.segments)
        merging = {job for job in verdicts.touched if self._is_complete(job)}
        self.jobs |= dict.fromkeys(merging, JobState.MERGING)
        failed = {job for job in verdicts.failed_jobs if self._goes_on(job)}
        for job in failed:
            self.jobs[job] = JobState.FAILED
            self.drop_waiting(job)
        return merging, failed, {job for job in verdicts.touched if self.cancel_if_stopped(job)}

    def end(self, attempts: Iterable[AttemptEnd], segments: Iterable[SegmentEnd]) -> None:
        for end in attempts:
            self.attempts[end.attempt_id].state = end.state
            self.attempts[end.attempt_id].charged = end.charged
        for stand in segments:
            segment = self.segments[stand.segment_id]
            segment.state, segment.key = stand.state, stand.key
            segment.wins += stand.state is SegmentState.DONE

    def drop_waiting(self, job: UUID) -> None:
        for segment in self.segments_of(job):
            if segment.state is SegmentState.WAITING:
                segment.state = SegmentState.CANCELLED

    def cancel_if_stopped(self, job: UUID) -> bool:
        over = self.jobs[job] is JobState.CANCELLING and not self.open_attempts(job)
        if over:
            self.jobs[job] = JobState.CANCELLED
            self.drop_waiting(job)
        return over

    def reopen(self, job: UUID) -> None:
        """As `storage.lifecycle.reopen_job`."""
        self.jobs[job] = JobState.WAITING
        for segment in self.segments_of(job):
            if segment.state is not SegmentState.DONE:
                segment.state = SegmentState.WAITING
                segment.since = sum(one.segment is segment for one in self.attempts.values())

    def _is_complete(self, job: UUID) -> bool:
        return self._goes_on(job) and all(
            segment.state is SegmentState.DONE for segment in self.segments_of(job)
        )

    def _goes_on(self, job: UUID) -> bool:
        return self.jobs[job] in (JobState.WAITING, JobState.RUNNING)
