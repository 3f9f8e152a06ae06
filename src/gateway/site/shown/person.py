"""Somebody who was found in an upload, as the page that makes jobs shows it."""

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
        label = t("Person {number}", number=person.name.rpartition("-")[2])
        seen = "" if picture else t("seen {share} of the time", share=percent(person.share))
        return cls(person.name, label, seen, person.thumbnail_url, face)
