"""Faces of several photos, and faces mixed from others: what they are made of, and how much of it."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

# Photos of one person: beyond these, one more changes his mean face no more.
MOST_PHOTOS = 10
# Faces that a mixed one is made of, mixed ones counted as one; and the photos that are then in it.
MOST_PARTS = 8
MOST_MIXED_PHOTOS = 40


class FacePart(BaseModel):
    """A face that another is mixed from, as it was then: it may be gone since.

    Attributes:
        weight: Its share, above 0; the shares of all parts make 1.
    """

    model_config = ConfigDict(frozen=True)

    face_id: UUID
    name: str
    weight: float
