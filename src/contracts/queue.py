"""The fair queue as an admin sees it: asked for by the gateway, told by the leading scheduler."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.messages import Message, now

MOST_USERS = 500
"""So many users one answer holds, so that it fits into a message."""


class QueueQuestion(Message):
    """Somebody looks at the queue.

    Attributes:
        id: Where to answer: see `contracts.subjects.admin_answer`.
        top: So many users are wanted, those with most waiting and in flight first.
        user_id: Of this user alone, where one is meant.
    """

    id: UUID
    top: int = Field(50, ge=1, le=MOST_USERS)
    user_id: UUID | None = None


class PoolQueue(Message):
    """A pool of agents.

    Attributes:
        slots: Of all its agents together.
        in_flight, waiting: Segments.
        users: Users with something waiting or in flight.
    """

    pool: str
    slots: int
    in_flight: int
    waiting: int
    users: int


class UserQueue(Message):
    """A user in a pool.

    Attributes:
        cap: Most segments in flight; 0 while paused or blocked.
        served: GPU seconds charged since the user came.
        due: Fraction of the slots the user is entitled to now, by weight and cap, among those who have work.
        got: Fraction of the GPU seconds charged to those who have work that went to this user.
        jobs: Jobs in the queue.
        wait_seconds: Since the youngest of the user's segments in flight was released, or since the oldest job
            was submitted where none flies; None where nothing waits.
    """

    user_id: UUID
    pool: str
    weight: float
    cap: int
    burst: bool
    waiting: int
    in_flight: int
    served: float
    due: float
    got: float
    jobs: int = 0
    wait_seconds: float | None = None


class QueueSnapshot(Message):
    """The whole queue at a moment.

    Attributes:
        leader: Host and process of the scheduler that leads, `since` when, with which fence.
        users: At most as many as were asked for; `users_total` have work.
    """

    leader: str
    fence: int
    since: datetime
    at: datetime = Field(default_factory=now)
    pools: list[PoolQueue]
    users: list[UserQueue]
    users_total: int
