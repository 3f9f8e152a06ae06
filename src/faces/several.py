"""What the sandbox runs for faces of more than one photo: is it the same person, and how a mixed face looks."""

from collections.abc import Sequence

import cv2
import numpy as np
from pydantic import BaseModel

from contracts.errors import FaceError, Reason
from faces.align import align, template
from faces.cutting import Cutting, cutting
from faces.decode import decode_photo
from faces.detect import Detection, Detector, Picture, Points
from faces.drawing import annotated, jpeg
from faces.fetch import photo_bytes
from faces.jobs import PhotoReply, PhotoRequest, checked
from faces.morph import PORTRAIT_MARGIN, morph, portrait
from faces.recognize import SAME_PERSON, Recognizer, SFace, Vector, likeness, unit

_PORTRAIT_SIDE = 512
_THUMBNAIL_SIDE = 256


class KnownPhoto(BaseModel):
    """A photo that was looked at before: where it is (presigned URL or path), and its five points."""

    url: str
    points: list[tuple[float, float]]


class AnotherRequest(PhotoRequest):
    """A photo that is to be added to those of a face."""

    known: list[KnownPhoto]


class AnotherReply(PhotoReply):
    """The usable face of a further photo, cut out; `likeness` to the others is a cosine, -1 to 1."""

    cutting: Cutting
    likeness: float


class MixedPhoto(KnownPhoto):
    """A photo that goes into a mixed face; `whole` where it is not cut around the face yet."""

    weight: float
    whole: bool


class MixRequest(BaseModel):
    """The photos of a mixed face."""

    photos: list[MixedPhoto]


class MixReply(BaseModel):
    """How a mixed face looks.

    Attributes:
        cuttings: For each photo that came whole its cutting, None for the others.
        picture, thumbnail: The face in an oval, as JPEGs of 512 and 256 px in base64.
        box, points, score: Of the face in the picture, as in `PhotoReply`.
    """

    cuttings: list[Cutting | None]
    picture: str
    side: int
    box: tuple[float, float, float, float]
    points: list[tuple[float, float]]
    score: float
    thumbnail: str


def check_another(request: AnotherRequest) -> AnotherReply:
    """Check a further photo of a face.

    Raises what `faces.jobs.check_photo` raises, and `FaceError` (DIFFERENT_PERSON) where the others show somebody else.
    """
    photo = decode_photo(photo_bytes(request.url))
    reply = checked(photo)
    points = _points(reply.points)
    recognizer = SFace()
    alike = likeness(recognizer.embed(photo, points), _mean(recognizer, request.known))
    if alike < SAME_PERSON:
        raise _different(photo, reply, alike)
    return AnotherReply(**reply.model_dump(), cutting=cutting(photo, points), likeness=round(alike, 3))


def mix(request: MixRequest) -> MixReply:
    """Draw the face that photos of several people come to. Raises `MediaError` for what is no photo."""
    squares: list[Picture] = []
    cuttings: list[Cutting | None] = []
    for known in request.photos:
        photo, points = _read(known)
        squares.append(align(photo, points, _PORTRAIT_SIDE, PORTRAIT_MARGIN)[0])
        cuttings.append(cutting(photo, points) if known.whole else None)
    picture = portrait(morph(squares, [known.weight for known in request.photos]))
    face = _found(picture)
    return MixReply(
        cuttings=cuttings,
        picture=jpeg(picture, 95),
        side=_PORTRAIT_SIDE,
        box=face.box,
        points=[(float(x), float(y)) for x, y in face.points],
        score=face.score,
        thumbnail=jpeg(_reduced(picture)),
    )


def _mean(recognizer: Recognizer, photos: Sequence[KnownPhoto]) -> Vector:
    vectors = [recognizer.embed(*_read(known)) for known in photos]
    return unit(np.mean(vectors, axis=0))


def _read(known: KnownPhoto) -> tuple[Picture, Points]:
    return decode_photo(photo_bytes(known.url)), _points(known.points)


def _points(values: Sequence[tuple[float, float]]) -> Points:
    return np.array(values, np.float32)


def _different(photo: Picture, reply: PhotoReply, alike: float) -> FaceError:
    message = (
        "This looks like somebody else than the photos that the face has. "
        "Use a photo of the same person, clear and from the front, or add it as a face of its own."
    )
    boxes = [[round(value, 1) for value in reply.box]]
    figures = {"value": round(alike, 3), "limit": SAME_PERSON}
    return FaceError(
        Reason.DIFFERENT_PERSON, message, boxes=boxes, picture=annotated(photo, boxes), **figures
    )


def _found(picture: Picture) -> Detection:
    """The face of a portrait; its points are those it was aligned to."""
    points = template(_PORTRAIT_SIDE, PORTRAIT_MARGIN).astype(np.float32)
    found = Detector().detect(picture)
    box, score = (found[0].box, found[0].score) if found else ((0.0, 0.0, *(float(_PORTRAIT_SIDE),) * 2), 0.0)
    return Detection(box, points, score)


def _reduced(picture: Picture) -> Picture:
    side = (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE)
    return np.asarray(cv2.resize(picture, side, interpolation=cv2.INTER_AREA), np.uint8)
