"""What the cost of a job that is only thought of depends on."""

from uuid import UUID

from contracts.media import MediaInfo
from contracts.states import UploadState
from storage.database import guard
from storage.models import Upload, User


async def wanted(user_id: UUID, upload_id: UUID) -> tuple[User, MediaInfo] | None:
    """A user with his tier, and what was found in an upload of his; None where it is not ready to be used."""
    async with guard():
        upload = await Upload.get_or_none(
            id=upload_id, user_id=user_id, state=UploadState.READY, info__isnull=False
        ).select_related("user__tier")
    return None if upload is None else (upload.user, MediaInfo.model_validate(upload.info))
