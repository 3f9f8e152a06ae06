"""What a user brought: uploads and faces."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from contracts.states import UploadState
from storage.models.accounts import User


class Upload(Model):
    """A video or picture to work on, or the photo of a face while it arrives.

    `offset` counts bytes stored for good; `multipart` keeps the object store's upload id, the parts and the
    size of the tail that is too short to be a part; `info` is a `contracts.media.MediaInfo`.
    """

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="uploads", on_delete=fields.CASCADE, db_index=True
    )
    purpose = fields.CharField(max_length=8)  # "target" or "face"
    filename = fields.CharField(max_length=255)
    content_type = fields.CharField(max_length=100, null=True)
    size = fields.BigIntField()
    offset = fields.BigIntField(default=0)
    state = fields.CharEnumField(UploadState, max_length=16, default=UploadState.OPEN)
    key = fields.CharField(max_length=255)
    multipart: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    info: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    failure: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)  # contracts.errors.Failure
    face: fields.ForeignKeyNullableRelation["Face"] = fields.ForeignKeyField(
        "models.Face", related_name="uploads", on_delete=fields.SET_NULL, null=True, db_index=True
    )  # what a finished upload of purpose "face" became
    lock = fields.UUIDField(null=True)
    locked_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    expires_at = fields.DatetimeField(db_index=True)

    user_id: Any
    face_id: Any

    class Meta:
        table = "uploads"
        indexes = (("user_id", "created_at"),)


class Face(Model):
    """A face of the library.

    `points` are five (x, y) in photo pixels, image-left eye first; `box` is x, y, width, height.
    """

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="faces", on_delete=fields.CASCADE, db_index=True
    )
    name = fields.CharField(max_length=100)
    key = fields.CharField(max_length=255)  # the photo
    thumbnail_key = fields.CharField(max_length=255)  # a square JPEG around the face
    width = fields.IntField()
    height = fields.IntField()
    box: fields.Field[list[float]] = fields.JSONField()
    points: fields.Field[list[list[float]]] = fields.JSONField()
    score = fields.FloatField()
    created_at = fields.DatetimeField(auto_now_add=True)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "faces"
