"""What a user brought: uploads and faces."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from contracts.states import CastState, UploadState
from storage.models.accounts import User
from storage.models.indexes import PartialIndex


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
    )  # what a finished upload of purpose "face" became, or whose further photo it is to be
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
    """A face of the library: of one photo, of several of one person, or mixed from other faces.

    `points` are five (x, y) in photo pixels, image-left eye first; `box` is x, y, width, height. Its first photo is
    in the row itself, further ones are `FacePhoto` rows. The picture of a mixed face is drawn, only to be shown: all
    photos that it is made of are such rows, and `parts` says whose they are, each a `contracts.mixes.FacePart`.
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
    parts: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    created_at = fields.DatetimeField(auto_now_add=True)
    removed_at = fields.DatetimeField(null=True)

    user_id: Any
    photos: fields.ReverseRelation["FacePhoto"]

    @property
    def mixed(self) -> bool:
        """Whether it is made of other faces."""
        return bool(self.parts)

    class Meta:
        table = "faces"


class FacePhoto(Model):
    """A photo of a face beside its first, or one that a mixed face is made of: a cutting around the face, as a JPEG.

    `points` are in pixels of the cutting; `weight` counts beside the face's other photos, the first having 1.
    """

    id = fields.UUIDField(primary_key=True)
    face: fields.ForeignKeyRelation[Face] = fields.ForeignKeyField(
        "models.Face", related_name="photos", on_delete=fields.CASCADE, db_index=True
    )
    key = fields.CharField(max_length=255)
    thumbnail_key = fields.CharField(max_length=255, null=True)  # those of a mixed face are not shown
    points: fields.Field[list[list[float]]] = fields.JSONField()
    weight = fields.FloatField(default=1.0)
    created_at = fields.DatetimeField()

    face_id: Any

    class Meta:
        table = "face_photos"


class Cast(Model):
    """The people in an upload, found once somebody asks for them; gone with the upload's bytes.

    `persons` are `contracts.persons.SeenPerson`, who is seen most first.
    """

    upload: fields.OneToOneRelation[Upload] = fields.OneToOneField(
        "models.Upload", related_name="cast", on_delete=fields.CASCADE, primary_key=True
    )
    state = fields.CharEnumField(CastState, max_length=16, default=CastState.SEARCHING)
    persons: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    failure: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)  # contracts.errors.Failure
    lock = fields.UUIDField(null=True)
    locked_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    upload_id: Any

    class Meta:
        table = "casts"
        indexes = (PartialIndex(("created_at",), "idx_casts_searching", "state = 'searching'"),)
