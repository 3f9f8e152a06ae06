"""What users may send as JSON: strict models, whose errors say which field and what would pass."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from contracts.engines import LONGEST_NAME, timed_span
from contracts.mixes import MOST_PARTS
from contracts.scopes import Scope
from gateway.pages import DEFAULT_LIMIT, MOST

EventName = Literal["job.done", "job.failed", "job.cancelled"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]

PersonName = Annotated[str, StringConstraints(pattern=r"^person-[1-9][0-9]{0,2}$")]


def _declared(engine: str) -> str:
    """The name as it is. Raises ValueError for a timed engine that declares no time."""
    timed_span(engine)
    return engine


EngineName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]*(:[a-z0-9][a-z0-9.-]*)?$", max_length=LONGEST_NAME),
    AfterValidator(_declared),
]


class Request(BaseModel):
    """Base of all request bodies: what is not known is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Credentials(Request):
    """The sign-up and log-in forms."""

    email: str = Field(min_length=3, max_length=254)
    password: str = Field(min_length=1, max_length=1000)


class JobRequest(Request):
    """A job to be started: an upload that is ready, and one face for everybody, or a face for each of some people.

    Attributes:
        face_id, face_ids: Everybody's face, alone or as a list of one.
        persons: Faces by the names of people that were found in the upload; all others stay as they are.
        engine: Who swaps; the service's default where none is named. `simswap:<name>` takes the weights of that
            name. `timed:<seconds>` swaps nothing.
        options: Kept with the job and shown with it.
    """

    upload_id: UUID
    face_id: UUID | None = None
    face_ids: list[UUID] = Field(default_factory=list, json_schema_extra={"maxItems": 1})
    persons: dict[PersonName, UUID] = Field(default_factory=dict)
    engine: EngineName | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("face_ids")
    @classmethod
    def _one_face_a_job(cls, face_ids: list[UUID]) -> list[UUID]:
        if len(face_ids) > 1:
            raise ValueError(f"one face for everybody; {len(face_ids)} were given. Name persons for several")
        return face_ids

    @model_validator(mode="after")
    def _one_way_to_name_the_face(self) -> Self:
        if [self.face_id is not None, bool(self.face_ids), bool(self.persons)].count(True) != 1:
            raise ValueError("give either face_id, or face_ids with one face, or persons")
        return self

    @property
    def casting(self) -> list[tuple[UUID, str | None]]:
        """Each face and whom it replaces, however it was given; None is everybody."""
        if self.persons:
            return [(face, person) for person, face in self.persons.items()]
        return [(self.face_id or self.face_ids[0], None)]


class MixPart(Request):
    """A face of the library and its share in a mixed one; only the ratios of shares count."""

    face_id: UUID
    weight: float = Field(1.0, gt=0, le=1000)


class Mixture(Request):
    """What a mixed face is made of."""

    parts: list[MixPart] = Field(min_length=2, max_length=MOST_PARTS)

    @field_validator("parts")
    @classmethod
    def _each_face_once(cls, parts: list[MixPart]) -> list[MixPart]:
        if len({part.face_id for part in parts}) < len(parts):
            raise ValueError("name each face once; its weight says how much of it there is")
        return parts


class MixRequest(Mixture):
    """A face to be mixed from others: somebody who does not exist."""

    name: Name


class KeyRequest(Request):
    """An API key to be made; `name` tells it from others. Only admins can ask for the scope `admin`."""

    name: Name
    scope: Scope = Scope.USER


class EndpointRequest(Request):
    """A webhook endpoint to be added; `events` empty means all."""

    url: Annotated[AnyHttpUrl, Field(max_length=2000)]
    events: list[EventName] = Field(default_factory=list)


class EndpointChange(Request):
    """What to change of a webhook endpoint; what is left out stays."""

    url: Annotated[AnyHttpUrl, Field(max_length=2000)] | None = None
    events: list[EventName] | None = None
    enabled: bool | None = None


class UsageQuery(Request):
    """Usage since so many days."""

    days: int = Field(30, ge=1, le=366)


class PageQuery(Request):
    """Which part of a list."""

    cursor: str | None = Field(None, description="`next_cursor` of the page before.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MOST)
