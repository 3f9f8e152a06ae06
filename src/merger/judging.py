"""What the sandbox runs to judge a result: reads frames of both films and the photos of the faces."""

import os

import cv2
import numpy as np
from pydantic import BaseModel

from contracts.quality import QualityReport
from faces.decode import decode_photo
from faces.detect import Detector, Points
from faces.fetch import photo_bytes
from faces.photo import check_photo
from faces.quality.judge import Judge
from faces.recognize import Recognizer, SFace, Vector, unit
from media.beside import Beside

_NICE = 10  # nobody waits for a report: work that somebody waits for goes first


class JudgedPhoto(BaseModel):
    """A photo of a wanted face.

    Attributes:
        url: Presigned URL or path.
        points: Five points in photo pixels; None has them found.
        weight: Its share beside those of the face's other photos.
    """

    url: str
    points: list[tuple[float, float]] | None = None
    weight: float = 1.0


class JudgeRequest(BaseModel):
    """Judge `result` against `original`, presigned URLs or absolute paths.

    Attributes:
        faces: The faces that were put in, each as its photos.
        windows, frames: So many stretches of so many frames are looked at.
        deinterlaced: Whether the result is, while the original is not.
    """

    original: str
    result: str
    faces: list[list[JudgedPhoto]]
    windows: int
    frames: int
    deinterlaced: bool = False


def judge(request: JudgeRequest) -> QualityReport:
    """Judge a result.

    Raises:
        MediaError: Where a file cannot be read; see `media.beside`, `faces.decode` and `faces.fetch`.
        FaceError: Where a photo without points shows no usable face.
        WorkError: Where nothing can be decoded, or the networks are not installed.
    """
    os.nice(_NICE)
    cv2.setNumThreads(1)
    recognizer = SFace()
    judge = Judge(recognizer, [_wanted(recognizer, photos) for photos in request.faces], Detector())
    with Beside(request.original, request.result, request.deinterlaced) as films:
        for stretch in films.stretches(request.windows, request.frames):
            judge.begin()
            for original, result in stretch:
                judge.see(original, result)
        return judge.report(films.missing)


def _wanted(recognizer: Recognizer, photos: list[JudgedPhoto]) -> Vector:
    """A face as one unit vector: the weighted mean of its photos'."""
    return unit(np.sum([_look(recognizer, photo) * photo.weight for photo in photos], 0))


def _look(recognizer: Recognizer, photo: JudgedPhoto) -> Vector:
    picture = decode_photo(photo_bytes(photo.url))
    points: Points = (
        check_photo(picture).points if photo.points is None else np.array(photo.points, np.float32)
    )
    return recognizer.embed(picture, points)
