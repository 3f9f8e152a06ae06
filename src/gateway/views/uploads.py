"""An upload."""

from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.errors import Failure
from contracts.media import MediaInfo
from contracts.states import UploadState
from gateway.views.base import View
from storage.models import Upload


class UploadView(View):
    """An upload. `offset` of `size` bytes are stored; `face_id` is what a photo became, or is added to."""

    id: UUID
    purpose: str
    filename: str
    content_type: str | None
    size: int
    offset: int
    state: UploadState
    info: MediaInfo | None
    failure: Failure | None
    face_id: UUID | None
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The view of an upload."""
        return cls.model_validate(upload)
