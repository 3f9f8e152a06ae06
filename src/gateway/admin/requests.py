"""What admins may send: strict models with bounds, so that no tariff can bring the service to a stop."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from contracts.errors import Reason
from contracts.media import MediaLimits
from contracts.queue import MOST_USERS
from contracts.states import JobState
from contracts.tiers import EVERYTHING, TierPolicy
from gateway.requests import PageQuery, Request
from storage.admin.jobs import JobFilter

TierName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Weight = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
Cap = Annotated[int, Field(ge=1, le=10_000)]
Height = Annotated[int, Field(ge=16, le=16_384)]
Rate = Annotated[int, Field(ge=1, le=1000)]
Seconds = Annotated[float, Field(gt=0, le=MediaLimits().max_seconds, allow_inf_nan=False)]
Bytes = Annotated[int, Field(ge=1000, le=10**13)]
Jobs = Annotated[int, Field(ge=1, le=100_000)]
Days = Annotated[int, Field(ge=1, le=3650)]


class TierRequest(Request):
    """A tier to be made; what the fields mean is said of `TierPolicy`."""

    name: TierName
    title: Title
    weight: Weight
    max_in_flight: Cap
    burst: bool = False
    max_height: Height
    max_fps: Rate
    max_seconds: Seconds
    max_bytes: Bytes
    max_jobs: Jobs
    retention_days: Days

    @field_validator("name")
    @classmethod
    def _not_everything(cls, name: str) -> str:
        if name == EVERYTHING:
            raise ValueError(f"{EVERYTHING} is no name of a tier: a pause of all of them is called so")
        return name

    @property
    def policy(self) -> TierPolicy:
        """The tier."""
        return TierPolicy(**self.model_dump())


class TierChange(Request):
    """What to change of a tier; what is left out or null stays."""

    title: Title | None = None
    weight: Weight | None = None
    max_in_flight: Cap | None = None
    burst: bool | None = None
    max_height: Height | None = None
    max_fps: Rate | None = None
    max_seconds: Seconds | None = None
    max_bytes: Bytes | None = None
    max_jobs: Jobs | None = None
    retention_days: Days | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns to write."""
        return self.model_dump(exclude_none=True)


class UserChange(Request):
    """What to change of a user; what is left out stays.

    Attributes:
        tier: The tier to move to.
        weight, max_in_flight, burst: The user's own; null gives back the tier's.
    """

    tier: TierName | None = None
    weight: Weight | None = None
    max_in_flight: Cap | None = None
    burst: bool | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns to write."""
        given = self.model_dump(exclude_unset=True)
        tier = given.pop("tier", None)
        return given if tier is None else given | {"tier_id": tier}


class PauseRequest(Request):
    """A pause; `note` is shown to the users it holds for."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class UserQuery(PageQuery):
    """Which users: `search` is a part of the address, or an id."""

    search: str = Field("", max_length=254)
    tier: TierName | None = None


class JobQuery(PageQuery):
    """Which jobs: `user` is a part of the address, or an id; `state` may be "unfinished"."""

    state: str | None = None
    user: str = Field("", max_length=254)
    tier: TierName | None = None
    reason: Reason | None = None

    @field_validator("state")
    @classmethod
    def _known(cls, state: str | None) -> str | None:
        known = [*JobState, UNFINISHED]
        if state is not None and state not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return state

    @property
    def wanted(self) -> JobFilter:
        """The filter."""
        state = JobState(self.state) if self.state and self.state != UNFINISHED else None
        return JobFilter(
            state=state,
            unfinished=self.state == UNFINISHED,
            user_id=_id(self.user),
            email="" if _id(self.user) else self.user.strip(),
            tier=self.tier,
            reason=self.reason,
        )


UNFINISHED = "unfinished"


class QueueQuery(BaseModel):
    """How much of the queue: the `top` users by waiting and in flight."""

    model_config = ConfigDict(extra="forbid")

    top: int = Field(50, ge=1, le=MOST_USERS)


class AuditQuery(PageQuery):
    """Which deeds: of one admin, or to one thing such as `tier:pro` or `user:<id>`."""

    by: UUID | None = None
    subject: str | None = Field(None, max_length=255)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
