"""A face of the library as the pages show it."""

from dataclasses import dataclass
from uuid import UUID

from gateway.site.formats import percent
from gateway.site.texts import t
from gateway.views.faces import FaceName, FaceView, PhotoView


@dataclass(frozen=True)
class FaceShown:
    """A face in words.

    Attributes:
        made_of: What it is made of, where that is more than one photo; else empty.
        kept_by: What is mixed from it and keeps copies of its photos; empty where nothing is.
        question: What is asked before it is deleted.
    """

    id: UUID
    name: str
    thumbnail_url: str
    photos: list[PhotoView]
    mixed: bool
    made_of: str
    kept_by: str
    question: str

    @classmethod
    def of(cls, face: FaceView) -> "FaceShown":
        """A face as it is shown."""
        kept_by = _kept_by(face.mixed_into)
        question = t(
            "Delete the face “{name}”? Its photos are removed for good. Finished jobs stay as they are.",
            name=face.name,
        )
        return cls(
            id=face.id,
            name=face.name,
            thumbnail_url=face.thumbnail_url,
            photos=face.photos,
            mixed=bool(face.parts),
            made_of=_made_of(face),
            kept_by=kept_by,
            question=f"{question} {kept_by}".strip(),
        )


def _made_of(face: FaceView) -> str:
    if face.parts:
        shares = ", ".join(f"{part.name} {percent(part.weight)}" for part in face.parts)
        return t("Mixed: {shares}", shares=shares)
    return t("{count} photos", count=len(face.photos)) if len(face.photos) > 1 else ""


def _kept_by(mixed: list[FaceName]) -> str:
    names = ", ".join(f"“{one.name}”" for one in mixed)
    if len(mixed) == 1:
        return t("{names} is mixed from it and keeps copies of its photos.", names=names)
    return t("{names} are mixed from it and keep copies of its photos.", names=names) if mixed else ""
