"""The people of an upload, as the page that makes jobs and the page of a job show them."""

from dataclasses import dataclass
from uuid import UUID

from gateway.people import PersonView
from gateway.site.formats import percent
from gateway.site.texts import t


@dataclass(frozen=True)
class PersonShown:
    """A person in words.

    Attributes:
        name: As a job names the person.
        face: The face that was chosen; None leaves the person as is.
    """

    name: str
    label: str
    seen: str
    thumbnail_url: str
    face: UUID | None

    @classmethod
    def of(cls, person: PersonView, face: UUID | None, picture: bool) -> "PersonShown":
        """A person with the face that was chosen; in a single `picture` everybody is seen once."""
        seen = "" if picture else t("seen {share} of the time", share=percent(person.share))
        return cls(person.name, label_of(person.name), seen, person.thumbnail_url, face)


@dataclass(frozen=True)
class CastLine:
    """Somebody in a job's video, and the face that replaces theirs."""

    label: str
    person_url: str
    face_url: str

    @classmethod
    def of(cls, upload_id: UUID, person: str, face: UUID) -> "CastLine":
        """The line of a person by the name that the job gives."""
        where = f"/api/v1/uploads/{upload_id}/persons/{person}/thumbnail"
        return cls(label_of(person), where, f"/api/v1/faces/{face}/thumbnail")


def label_of(name: str) -> str:
    """A person's name in words: "Person 1" of "person-1"."""
    return t("Person {number}", number=name.rpartition("-")[2])
