"""Uploads that are ready for a job."""

from uuid import UUID

from contracts.errors import Reason, RequestError
from contracts.states import UploadState
from gateway.principal import Principal
from storage import library
from storage.models import Upload


async def ready_upload(principal: Principal, upload_id: UUID) -> Upload:
    """A video or picture of the user that was looked at and can be worked on; it has its `info`.

    Raises:
        RequestError: NOT_FOUND; UPLOAD_NOT_READY with what it waits for.
    """
    upload = await library.upload_of(principal.user_id, upload_id)
    if upload.state is UploadState.READY and upload.info is not None:
        return upload
    messages = {
        UploadState.OPEN: f"{upload.offset} of its {upload.size} bytes have arrived.",
        UploadState.PROBING: "It is still being looked at; that takes some seconds.",
        UploadState.REFUSED: "It cannot be used: " + str((upload.failure or {}).get("message", "")),
        UploadState.EXPIRED: "It was removed after its time. Upload it again.",
        UploadState.READY: "It is the photo of a face. Choose a video or picture to put the face into.",
    }
    raise RequestError(Reason.UPLOAD_NOT_READY, messages[upload.state], state=upload.state)
