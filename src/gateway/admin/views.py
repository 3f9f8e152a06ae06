"""What admins are shown of rows and of the queue."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from contracts.engines import SIMSWAP, with_generator
from contracts.errors import Failure
from contracts.messages import AgentCard, now
from contracts.queue import PoolQueue, QueueSnapshot, UserQueue
from contracts.states import AttemptState, SegmentState
from contracts.tiers import TierPolicy
from contracts.weights import GENERATOR
from gateway.views.base import View
from gateway.views.jobs import JobView
from storage.admin.deeds import Deed
from storage.admin.jobs import Trouble
from storage.admin.letters import is_repeatable
from storage.models import Attempt, DeadLetterRow, Job, Pause, User, Weights


class PauseView(View):
    """A pause: of a tier, or of everything. `user_id` is who made it."""

    scope: str
    note: str
    user_id: UUID | None
    created_at: datetime

    @classmethod
    def of(cls, pause: Pause) -> Self:
        """The view of a pause."""
        return cls.model_validate(pause)


class AdminTierView(TierPolicy):
    """A tier with the number of its users, and whether it is paused by itself."""

    users: int
    paused: bool


class WeightsView(View):
    """Imported weights; fields as in `contracts.weights.WeightsFile`.

    Attributes:
        engine: What jobs ask for to be swapped with them; null of an identity network, which serves all.
        is_default: Whether jobs that name none get them.
        usable: Whether this service may use them: not where it is a business, and they are not licensed for that.
    """

    name: str
    engine: str | None
    role: str
    family: str
    is_default: bool
    usable: bool
    commercial: bool
    license: str
    size: int
    parameters: int
    sha256: str
    source: str
    source_sha256: str
    created_at: datetime

    @classmethod
    def of(cls, row: Weights, *, business: bool) -> Self:
        """The view of a row, in a service that is a `business` or none."""
        computed = {"engine", "usable"}
        return cls(
            engine=with_generator(SIMSWAP, row.name) if row.role == GENERATOR else None,
            usable=row.commercial or not business,
            **{name: getattr(row, name) for name in cls.model_fields if name not in computed},
        )


class AdminUserView(View):
    """A user. `weight`, `max_in_flight` and `burst` are the user's own, null where the tier's hold.

    Attributes:
        allowed: What holds for the user in the end.
        unfinished: Jobs that have not ended; null in lists.
        charged_seconds: GPU seconds charged within the last 30 days.
    """

    id: UUID
    email: str
    tier: str
    weight: float | None
    max_in_flight: int | None
    burst: bool | None
    allowed: TierPolicy
    is_admin: bool
    blocked_at: datetime | None
    unfinished: int | None = None
    charged_seconds: float = 0.0
    created_at: datetime

    @classmethod
    def of(cls, user: User, charged: float, unfinished: int | None = None) -> Self:
        """The view of a user whose tier is loaded."""
        names = ("id", "email", "weight", "max_in_flight", "burst", "is_admin", "blocked_at", "created_at")
        own = {name: getattr(user, name) for name in ("weight", "max_in_flight", "burst")}
        policy = TierPolicy.model_validate(user.tier)
        return cls(
            tier=user.tier_id,
            allowed=policy.model_copy(
                update={name: value for name, value in own.items() if value is not None}
            ),
            charged_seconds=charged,
            unfinished=unfinished,
            **{name: getattr(user, name) for name in names},
        )


class AgentView(View):
    """An agent by its card. `heard_seconds` is the age of the card, `busy` the number of segments in work."""

    agent_id: str
    pool: str
    slots: int
    busy: int
    engines: list[str]
    device: str
    host: str
    pid: int
    since: datetime | None
    heard_seconds: float

    @classmethod
    def of(cls, card: AgentCard) -> Self:
        """The view of a card."""
        names = ("agent_id", "pool", "slots", "engines", "device", "host", "pid", "since")
        age = max(0.0, (now() - card.at).total_seconds())
        return cls(busy=len(card.busy), heard_seconds=round(age, 1), **{n: getattr(card, n) for n in names})


class QueueUserView(UserQueue):
    """A user in the queue, with address and tier; null where the account is gone."""

    email: str | None
    tier: str | None

    @classmethod
    def of(cls, user: UserQueue, email: str | None, tier: str | None) -> Self:
        """The view of what the leader told of a user."""
        return cls(**user.model_dump(), email=email, tier=tier)


class LeaderView(View):
    """The scheduler that leads: host and process, since when, and its fence."""

    name: str
    fence: int
    since: datetime


class QueueView(View):
    """The queue now. `leader` is null, and pools and users are empty, while no scheduler answers.

    Users are those with most work, the largest share due first.
    """

    at: datetime = Field(default_factory=now)
    leader: LeaderView | None = None
    pools: list[PoolQueue] = Field(default_factory=list)
    users: list[QueueUserView] = Field(default_factory=list)
    users_total: int = 0
    agents: list[AgentView]
    pauses: list[PauseView]

    @classmethod
    def of(
        cls,
        snapshot: QueueSnapshot | None,
        people: dict[UUID, tuple[str, str]],
        agents: list[AgentView],
        pauses: list[PauseView],
    ) -> Self:
        """The view of what the leader told; `people` are address and tier by id."""
        if snapshot is None:
            return cls(agents=agents, pauses=pauses)
        users = [QueueUserView.of(one, *people.get(one.user_id, (None, None))) for one in snapshot.users]
        # Not by the work they have: that changes all the time, and a row must stay where one looks.
        users.sort(key=lambda one: (-one.due, one.email or ""))
        leader = LeaderView(name=snapshot.leader, fence=snapshot.fence, since=snapshot.since)
        return cls(
            at=snapshot.at, leader=leader, pools=snapshot.pools, users=users, users_total=snapshot.users_total,
            agents=agents, pauses=pauses,
        )  # fmt: skip


class AttemptView(View):
    """A try at a segment: who, when, what it cost and what of that was charged, in GPU seconds."""

    id: UUID
    number: int
    state: AttemptState
    agent_id: str | None
    deliveries: int
    gpu_seconds: float
    charged_seconds: float
    failure: Failure | None
    released_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """The view of an attempt."""
        return cls.model_validate(attempt)


class TroubleView(View):
    """A segment of which a try failed or was lost, with all its tries."""

    index: int
    state: SegmentState
    seconds: float
    failure: Failure | None
    attempts: list[AttemptView]

    @classmethod
    def of(cls, trouble: Trouble) -> Self:
        """The view of a segment in trouble."""
        segment = trouble.segment
        return cls(
            index=segment.index,
            state=segment.state,
            seconds=float(segment.range["seconds"]),
            failure=Failure.model_validate(segment.failure) if segment.failure else None,
            attempts=[AttemptView.of(attempt) for attempt in trouble.attempts],
        )


class AdminJobView(JobView):
    """A job with its user."""

    user_id: UUID
    email: str

    @classmethod
    def of(cls, job: Job, pause: Pause | None = None) -> Self:
        """The view of a job whose upload, faces and user are loaded."""
        return cls(**JobView.of(job, pause).model_dump(), user_id=job.user_id, email=job.user.email)


class TroubledJobView(AdminJobView):
    """A job with its segments in trouble, the first hundred."""

    troubles: list[TroubleView] = Field(default_factory=list)


class LetterView(View):
    """A message that an actor gave up on. `repeatable` says whether it can be sent again."""

    id: int
    actor: str
    subject: str
    reason: str
    payload: str
    deliveries: int
    repeatable: bool
    created_at: datetime

    @classmethod
    def of(cls, letter: DeadLetterRow) -> Self:
        """The view of a letter."""
        names = ("id", "actor", "subject", "reason", "payload", "deliveries", "created_at")
        return cls(repeatable=is_repeatable(letter), **{name: getattr(letter, name) for name in names})


class DeedView(View):
    """What an admin did. `before` and `after` hold what was another.

    Attributes:
        email: Of who did it; null where nobody was logged in.
        subject_email: Of the user it was done to, where it was one.
    """

    id: int
    action: str
    subject: str
    user_id: UUID | None
    email: str | None
    subject_email: str | None
    address: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    created_at: datetime

    @classmethod
    def of(cls, deed: Deed) -> Self:
        """The view of an entry."""
        names = ("id", "action", "subject", "user_id", "address", "created_at")
        detail = deed.entry.detail
        return cls(
            email=deed.email,
            subject_email=deed.subject_email,
            before=detail.get("before"),
            after=detail.get("after"),
            **{name: getattr(deed.entry, name) for name in names},
        )


class CancelledView(View):
    """How many jobs were asked to stop."""

    jobs: int
