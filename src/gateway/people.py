"""The people of an upload, as users are shown them."""

from typing import Self
from uuid import UUID

from contracts.errors import Failure
from contracts.persons import SeenPerson
from contracts.states import CastState
from gateway.views.base import View
from storage.casts import persons_in
from storage.models import Cast


class PersonView(View):
    """Somebody who was found in an upload.

    Attributes:
        name: What a job names the person by: "person-1" is seen most.
        share: Of the pictures that were looked at, how many show the person, 0 to 1.
        seconds: When the thumbnail was seen, from the start.
    """

    name: str
    share: float
    seconds: float
    thumbnail_url: str

    @classmethod
    def of(cls, upload_id: UUID, person: SeenPerson) -> Self:
        """The view of a person."""
        return cls(
            name=person.name,
            share=round(person.share, 3),
            seconds=round(person.seconds, 2),
            thumbnail_url=f"/api/v1/uploads/{upload_id}/persons/{person.name}/thumbnail",
        )


class CastView(View):
    """The people of an upload. `persons` is empty until `state` is ready; who is seen most comes first."""

    upload_id: UUID
    state: CastState
    persons: list[PersonView]
    failure: Failure | None

    @classmethod
    def of(cls, cast: Cast) -> Self:
        """The view of a cast."""
        persons = [PersonView.of(cast.upload_id, person) for person in persons_in(cast)]
        return cls(
            upload_id=cast.upload_id,
            state=cast.state,
            persons=persons,
            failure=Failure.model_validate(cast.failure) if cast.failure else None,
        )
