"""The people of an upload: having them found, and naming them in a job."""

from collections.abc import Iterable
from uuid import UUID

from contracts.errors import Reason, RequestError
from contracts.states import CastState
from gateway.context import Gateway
from gateway.principal import Principal
from gateway.services.ready import ready_upload
from storage import audit, casts, library
from storage.models import Cast


async def find_persons(gateway: Gateway, principal: Principal, upload_id: UUID) -> Cast:
    """Have the people of an upload found, unless that was done; the cast, which may still be SEARCHING.

    Raises:
        RequestError: NOT_FOUND, UPLOAD_NOT_READY.
    """
    upload = await ready_upload(principal, upload_id)
    cast = await casts.ask_for(upload.id)
    if cast.state is CastState.SEARCHING:
        gateway.persons.begin(upload.id)
        await audit.record("upload.persons", str(upload.id), principal.user_id)
    return cast


async def get_cast(principal: Principal, upload_id: UUID) -> Cast:
    """The people of an upload, in whatever state the search for them is.

    Raises:
        RequestError: NOT_FOUND, also where nobody has asked for them.
    """
    upload = await library.upload_of(principal.user_id, upload_id)
    cast = await casts.cast_of(upload.id)
    if cast is None:
        message = "Nobody has looked for the people in this upload yet. Ask for them first."
        raise RequestError(Reason.NOT_FOUND, message, upload_id=str(upload_id))
    return cast


async def check_names(upload_id: UUID, names: Iterable[str]) -> None:
    """Refuse names that are nobody's in an upload.

    Raises:
        RequestError: UNKNOWN_PERSON with the names that would pass.
    """
    known = [person.name for person in casts.persons_in(await casts.cast_of(upload_id))]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RequestError(Reason.UNKNOWN_PERSON, _unknown(unknown[0], known), unknown=unknown, known=known)


async def check_person(principal: Principal, upload_id: UUID, name: str) -> None:
    """Refuse a name that is nobody's in an upload of the user.

    Raises:
        RequestError: NOT_FOUND.
    """
    cast = await get_cast(principal, upload_id)
    if name not in [person.name for person in casts.persons_in(cast)]:
        raise RequestError(Reason.NOT_FOUND, "There is no such person in this upload.", person=name)


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return "Nobody was found in this upload yet. Have its people found first, or give everybody one face."
    return f'There is no "{name}" in this upload; there are {", ".join(known)}.'
