"""What the sandbox runs for the gateway: the check of an uploaded face photo."""

from pydantic import BaseModel

from contracts.errors import FaceError
from faces.decode import decode_photo
from faces.detect import Picture
from faces.drawing import annotated, thumbnail
from faces.fetch import photo_bytes
from faces.photo import check_photo as check_pixels


class PhotoRequest(BaseModel):
    """A photo to be checked. `url` is a presigned URL or a path."""

    url: str


class PhotoReply(BaseModel):
    """The usable face of a photo.

    Attributes:
        width, height: Of the upright photo, in pixels.
        box: x, y, width, height; `points`: five (x, y); both in pixels of the upright photo.
        thumbnail: JPEG of 256 x 256 px in base64.
    """

    width: int
    height: int
    box: tuple[float, float, float, float]
    points: list[tuple[float, float]]
    score: float
    sharpness: float
    thumbnail: str


def check_photo(request: PhotoRequest) -> PhotoReply:
    """Check a photo for one usable face.

    Raises `MediaError` for what is no photo, `FaceError` for a face that cannot be used: its `detail` holds
    `boxes` and `picture`, the photo with them drawn, as a JPEG of at most 640 px in base64.
    """
    return checked(decode_photo(photo_bytes(request.url)))


def checked(photo: Picture) -> PhotoReply:
    """The same for a photo that is read already."""
    try:
        face = check_pixels(photo)
    except FaceError as error:
        picture = annotated(photo, error.detail["boxes"])
        raise FaceError(error.reason, error.message, **error.detail, picture=picture) from error
    height, width = photo.shape[:2]
    return PhotoReply(
        width=width,
        height=height,
        box=face.box,
        points=[(float(x), float(y)) for x, y in face.points],
        score=face.score,
        sharpness=face.sharpness,
        thumbnail=thumbnail(photo, face.points),
    )
