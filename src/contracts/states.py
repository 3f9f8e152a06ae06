"""States of jobs, segments and attempts, each with its meaning. Drawn in docs/states.md."""

from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands. `done`, `failed` and `cancelled` are final, though `failed` may be retried."""

    QUEUED = "queued"  # accepted by the gateway, not yet planned
    WAITING = "waiting"  # planned: its segments stand in the fair queue, none has started
    RUNNING = "running"  # at least one segment was released to an agent
    MERGING = "merging"  # every segment is done, the result is being joined
    CANCELLING = "cancelling"  # asked to stop, running segments have not all stopped yet
    DONE = "done"  # the result is stored
    FAILED = "failed"  # ended with a failure; done segments are kept for a retry
    CANCELLED = "cancelled"  # stopped on request

    @property
    def final(self) -> bool:
        """Whether no actor will work on the job any more."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class SegmentState(StrEnum):
    """Where a segment stands. Only `done` segments are merged."""

    WAITING = "waiting"  # in the fair queue
    RELEASED = "released"  # an attempt was handed to the agents
    DONE = "done"  # its bytes are stored
    FAILED = "failed"  # gave up after its attempts
    CANCELLED = "cancelled"  # stopped with its job


class AttemptState(StrEnum):
    """Where one try at a segment stands."""

    RELEASED = "released"  # published to the pool
    RUNNING = "running"  # an agent reported that it began
    DONE = "done"  # its result is the segment's
    FAILED = "failed"  # ended with a failure
    LOST = "lost"  # its agent went silent, hung or was stopped
    CANCELLED = "cancelled"  # stopped on request, or another attempt at the segment was the first
    LATE = "late"  # came after another attempt had won: dropped


class UploadState(StrEnum):
    """Where an upload stands."""

    OPEN = "open"  # bytes are still arriving
    PROBING = "probing"  # complete, being looked at
    READY = "ready"  # usable in a job
    REFUSED = "refused"  # cannot be used; its bytes were removed
    EXPIRED = "expired"  # abandoned or past its tier's retention; its bytes were removed


class CastState(StrEnum):
    """Where the search for the people in an upload stands."""

    SEARCHING = "searching"  # asked for, or being done
    READY = "ready"  # done: perhaps nobody was found
    FAILED = "failed"  # the upload could not be searched; asking again tries again


class DeliveryState(StrEnum):
    """Where a webhook delivery stands."""

    PENDING = "pending"  # waiting for its first or next try
    DELIVERED = "delivered"  # answered with 2xx
    FAILED = "failed"  # every try of the schedule was refused
