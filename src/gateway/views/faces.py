"""Faces of the library, and their photos."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.mixes import FacePart
from gateway.views.base import View
from storage.models import Face, FacePhoto


class PhotoView(View):
    """A photo of a face; its first has the face's own id, and cannot be removed alone."""

    id: UUID
    thumbnail_url: str
    created_at: datetime


class FaceName(View):
    """A face by its name."""

    id: UUID
    name: str


class FaceView(View):
    """A face of the library. `box` is x, y, width, height and `points` five (x, y), in pixels of its first photo.

    Attributes:
        photos: What it is the mean of, the first one first; none for a mixed face.
        parts: Of a mixed face: what it was mixed from, as it was then, with shares that make 1.
        mixed_into: Mixed faces that this one is a part of. They keep their own copies of its photos.
    """

    id: UUID
    name: str
    width: int
    height: int
    box: list[float]
    points: list[list[float]]
    score: float
    thumbnail_url: str
    photos: list[PhotoView]
    parts: list[FacePart]
    mixed_into: list[FaceName]
    created_at: datetime

    @classmethod
    def of(cls, face: Face, further: Sequence[FacePhoto] = (), mixed: Sequence[Face] = ()) -> Self:
        """The view of a face with its further photos and the faces mixed from it."""
        names = ("id", "name", "width", "height", "box", "points", "score", "parts", "created_at")
        return cls(
            thumbnail_url=_thumbnail_of(face),
            photos=[] if face.mixed else _photos_of(face, further),
            mixed_into=[FaceName(id=one.id, name=one.name) for one in mixed],
            **{n: getattr(face, n) for n in names},
        )


def _thumbnail_of(face: Face) -> str:
    return f"/api/v1/faces/{face.id}/thumbnail"


def _photos_of(face: Face, further: Sequence[FacePhoto]) -> list[PhotoView]:
    first = PhotoView(id=face.id, thumbnail_url=_thumbnail_of(face), created_at=face.created_at)
    base = f"/api/v1/faces/{face.id}/photos"
    more = (
        PhotoView(id=one.id, thumbnail_url=f"{base}/{one.id}/thumbnail", created_at=one.created_at)
        for one in further
    )
    return [first, *more]
