"""A further photo of a face: looked at beside those the face has, cut out, and added to them.

It arrives as an upload of purpose "face" whose row names the face from the start.
"""

import base64

import sandbox
from contracts.errors import RequestError
from contracts.settings import SandboxSettings
from contracts.states import UploadState
from faces.several import AnotherReply, AnotherRequest, KnownPhoto
from gateway.intake.removal import remove_photo_bytes
from gateway.intake.results import hold_of, kept_until
from gateway.intake.writer import remove_bytes
from storage import keys, library
from storage.models import Face, FacePhoto, Upload
from storage.objects import ObjectStore
from storage.photos import photos_of, refs_of

URL_SECONDS = 900


def is_further(upload: Upload) -> bool:
    """Whether a photo is for a face that is there already; what it becomes has the upload's own id otherwise."""
    return upload.face_id not in (None, upload.id)


async def look_at_further(store: ObjectStore, limits: SandboxSettings, upload: Upload) -> None:
    """Check a photo against those of its face, and add it to them.

    Raises:
        FaceError: Why it cannot be used; DIFFERENT_PERSON among others.
        RequestError: The face was removed, or takes no photo more.
    """
    face = await library.face_of(upload.user_id, upload.face_id)
    request = AnotherRequest(
        url=await store.presigned_get(upload.key, URL_SECONDS), known=await _known(store, face)
    )
    reply = await sandbox.run("faces.several:check_another", request, AnotherReply, limits=limits)
    await _accept(store, upload, reply)


async def _known(store: ObjectStore, face: Face) -> list[KnownPhoto]:
    refs = refs_of(face, (await photos_of([face.id]))[face.id])
    return [
        KnownPhoto(url=await store.presigned_get(ref.key, URL_SECONDS), points=ref.points) for ref in refs
    ]


async def _accept(store: ObjectStore, upload: Upload, reply: AnotherReply) -> None:
    """Store the photo under the id of the upload: done twice, it is one photo."""
    photo = FacePhoto(
        id=upload.id,
        face_id=upload.face_id,
        key=keys.face_cutting(upload.face_id, upload.id),
        thumbnail_key=keys.face_cutting_thumbnail(upload.face_id, upload.id),
        points=[list(point) for point in reply.cutting.points],
    )
    await store.put(photo.key, base64.b64decode(reply.cutting.jpeg), content_type="image/jpeg")
    await store.put(photo.thumbnail_key or "", base64.b64decode(reply.thumbnail), content_type="image/jpeg")
    try:
        until = await kept_until(upload)
        await library.settle_upload(upload.id, hold_of(upload), UploadState.READY, until, None, None, photo)
    except RequestError:
        await remove_photo_bytes(store, photo)
        raise
    await remove_bytes(store, upload)
