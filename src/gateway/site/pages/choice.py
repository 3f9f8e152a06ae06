"""What the address of the page where jobs are made says was chosen, and the job it comes to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contracts.errors import Reason, RequestError
from gateway.requests import JobRequest
from gateway.site.forms import id_of
from gateway.site.texts import t

EACH = "each"  # of `who`: each person a face of its own; else everybody gets one
_PERSON = re.compile(r"person-[1-9][0-9]{0,2}")


@dataclass(frozen=True)
class Choice:
    """What the address or the form names.

    Attributes:
        each: Whether each person gets a face of its own.
        persons: Faces by the names of people.
    """

    upload: UUID | None
    face: UUID | None
    each: bool = False
    persons: Mapping[str, UUID] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, str], upload: str, face: str) -> "Choice":
        """The choice in a query or form; `upload` and `face` name its fields of these."""
        named = {name: id_of(values, name) for name in values if _PERSON.fullmatch(name)}
        persons = {name: chosen for name, chosen in named.items() if chosen is not None}
        return cls(id_of(values, upload), id_of(values, face), values.get("who") == EACH, persons)

    def request(self) -> JobRequest:
        """The job that was chosen.

        Raises:
            RequestError: INVALID where something is missing.
        """
        if self.upload is not None and self.each and self.persons:
            return JobRequest(upload_id=self.upload, persons=dict(self.persons))
        if self.upload is not None and not self.each and self.face is not None:
            return JobRequest(upload_id=self.upload, face_id=self.face)
        raise RequestError(Reason.INVALID, t("Choose a video or picture and a face first."))
