"""Is this a usable photo of one face? Limits chosen by looking at portraits, blurred and turned ones."""

from dataclasses import dataclass

import cv2
import numpy as np

from contracts.errors import FaceError, Reason
from faces.align import align
from faces.detect import Detection, Detector, Picture, Points
from faces.pose import pitch_proxy, yaw_proxy

# Faces narrower than this share of the main one are people in the background: ignored.
BACKGROUND_SHARE = 0.25
LEAST_SCORE = 0.7
LEAST_EYE_DISTANCE = 40.0
# Variance of the Laplacian of the gray, aligned 128 px face.
LEAST_SHARPNESS = 40.0
MOST_YAW = 0.45
PITCH_RANGE = (0.25, 0.90)


@dataclass(frozen=True)
class PhotoFace:
    """The one usable face of a photo, in pixels of the upright photo. Fields as in `Detection`."""

    box: tuple[float, float, float, float]
    points: Points
    score: float
    sharpness: float


def check_photo(photo: Picture, detector: Detector | None = None) -> PhotoFace:
    """Find the one usable face of a BGR photo.

    Raises `FaceError` (none, several, too small, blurred, turned away) in words that say what would pass,
    with the boxes found in `detail["boxes"]`.
    """
    found = (detector or Detector(LEAST_SCORE)).detect(photo, tight=True)
    face = _only(found)
    _check_size(face)
    _check_pose(face)
    sharpness = sharpness_of(photo, face.points)
    if sharpness < LEAST_SHARPNESS:
        raise _refusal(
            Reason.FACE_BLURRED,
            "The face is blurred. A sharp photo in good light, taken without moving, will do.",
            [face],
            value=sharpness,
            limit=LEAST_SHARPNESS,
        )
    return PhotoFace(face.box, face.points, face.score, sharpness)


def sharpness_of(photo: Picture, points: Points) -> float:
    """Variance of the Laplacian of the face's gray, aligned 128 px square."""
    crop, _ = align(photo, points, 128)
    return float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var())


def _only(found: list[Detection]) -> Detection:
    if not found:
        raise _refusal(
            Reason.NO_FACE, "No face was found. Use a photo that shows one face from the front.", []
        )
    main = found[0]
    others = [face for face in found[1:] if face.box[2] >= BACKGROUND_SHARE * main.box[2]]
    if others:
        count = 1 + len(others)
        message = (
            f"{count} faces were found. Use a photo of one person, or cut this one so that one face is left."
        )
        raise _refusal(Reason.SEVERAL_FACES, message, [main, *others])
    return main


def _check_size(face: Detection) -> None:
    if face.eye_distance < LEAST_EYE_DISTANCE:
        raise _refusal(
            Reason.FACE_TOO_SMALL,
            f"The face is too small: {face.eye_distance:.0f} pixels between the eyes, and "
            f"{LEAST_EYE_DISTANCE:.0f} are needed. Use a larger photo, or one taken from closer.",
            [face],
            value=round(face.eye_distance, 1),
            limit=LEAST_EYE_DISTANCE,
        )


def _check_pose(face: Detection) -> None:
    yaw, pitch = yaw_proxy(face.points), pitch_proxy(face.points)
    low, high = PITCH_RANGE
    if abs(yaw) > MOST_YAW or not low <= pitch <= high:
        way = "to the side" if abs(yaw) > MOST_YAW else ("up" if pitch < low else "down")
        message = f"The face is turned {way}. Use a photo in which the person looks towards the camera."
        raise _refusal(Reason.FACE_TURNED, message, [face], yaw=round(yaw, 3), pitch=round(pitch, 3))


def _refusal(reason: Reason, message: str, found: list[Detection], **detail: float) -> FaceError:
    boxes = [[round(float(np.float64(value)), 1) for value in face.box] for face in found]
    return FaceError(reason, message, boxes=boxes, **detail)
