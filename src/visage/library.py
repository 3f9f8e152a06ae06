"""Faces of a library by what a person calls them."""

from typing import Any

from contracts.errors import Reason, RequestError
from visage.client import Client


async def face_named(client: Client, text: str) -> dict[str, Any]:
    """The face of that name or id.

    Raises:
        RequestError: NOT_FOUND; INVALID where several have the name.
    """
    faces: Any = await client.get("/faces")
    found = [face for face in faces if text in (face["id"], face["name"])]
    if not found:
        known = ", ".join(sorted({face["name"] for face in faces})) or "none yet"
        message = f'There is no photo and no face of your library called "{text}". The library has: {known}.'
        raise RequestError(Reason.NOT_FOUND, message)
    if len(found) > 1:
        ids = ", ".join(face["id"] for face in found)
        raise RequestError(
            Reason.INVALID, f'{len(found)} faces are called "{text}". Name one by its id: {ids}.'
        )
    (face,) = found
    return dict(face)


async def id_of_face(client: Client, text: str) -> str:
    """The id of the face of that name or id; raises what `face_named` does."""
    return str((await face_named(client, text))["id"])
