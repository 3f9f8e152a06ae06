"""A recognizer that no training here has seen: dlib's, with dlib's own landmarks.

King, "Dlib-ml: A Machine Learning Toolkit", JMLR 10 (2009). Networks come from the package `face_recognition_models`,
of which nothing is imported. Its recognizer's weights are CC0. Its 68 landmarks were trained on iBUG 300-W, which is
for research: they measure here, and nothing that is shipped is made of them.
"""

from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from contracts.errors import Reason, WorkError
from faces.align import ARCFACE_112, Matrix, similarity, transform
from faces.detect import Picture, Points
from faces.recognize import Vector, unit

# Distance below which dlib's author takes two faces for one person's.
SAME_PERSON = 0.6
# (68, 2): iBUG's order, in pixels of the picture.
Landmarks = npt.NDArray[np.float32]

_RECOGNIZER = "dlib_face_recognition_resnet_model_v1.dat"
_FIVE, _ALL = "shape_predictor_5_face_landmarks.dat", "shape_predictor_68_face_landmarks.dat"
# Where dlib's own detector sees a face, in ArcFace's 112 px square: median over 119 photos of the pack that are not
# for training. Its landmarks expect a box of that kind.
_BOX = np.array([(7.9, 28.9), (99.8, 119.9)])
# Share of a picture's side repeated around it: the squares that dlib cuts reach beyond our crops.
_BORDER = 0.25


class Dlib:
    """Describes faces by 128 numbers, to be compared by their distance. Not safe for several threads at once."""

    name = "dlib"

    def __init__(self) -> None:
        """Raises `WorkError` (ENGINE_MISSING) where dlib or its networks are not installed."""
        self._folder = _folder()

    def embed(self, picture: Picture, points: Points) -> Vector:
        """As `faces.recognize.Recognizer.embed`: the description at length 1."""
        return unit(self.describe(picture, points))

    def describe(self, picture: Picture, points: Points) -> Vector:
        """The description (128,) as dlib gives it: under `SAME_PERSON` from each other, faces are one person's."""
        wide, box, _ = self._ready(picture, points)
        return np.array(self._network.compute_face_descriptor(wide, self._five(wide, box)), np.float32)

    def landmarks(self, picture: Picture, points: Points) -> Landmarks:
        """The 68 landmarks of the face whose five `points` say where it is."""
        wide, box, border = self._ready(picture, points)
        found = self._all(wide, box)
        return np.array([(spot.x - border, spot.y - border) for spot in found.parts()], np.float32)

    def _ready(self, picture: Picture, points: Points) -> tuple[Picture, Any, int]:
        """The picture in RGB with a border, the face's box in it, and the border's width in pixels."""
        border = round(max(picture.shape[:2]) * _BORDER)
        wide = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_REPLICATE)
        (left, top), (right, bottom) = np.round(_upright_box(points) + border).astype(int).tolist()
        rgb = np.ascontiguousarray(wide[..., ::-1], np.uint8)
        return rgb, self._library.rectangle(left, top, right, bottom), border

    @cached_property
    def _library(self) -> Any:
        return import_module("dlib")

    @cached_property
    def _network(self) -> Any:
        return self._library.face_recognition_model_v1(str(self._folder / _RECOGNIZER))

    @cached_property
    def _five(self) -> Any:
        return self._library.shape_predictor(str(self._folder / _FIVE))

    @cached_property
    def _all(self) -> Any:
        return self._library.shape_predictor(str(self._folder / _ALL))


def is_installed() -> bool:
    """Whether dlib and its networks are here."""
    return find_spec("dlib") is not None and find_spec("face_recognition_models") is not None


def _folder() -> Path:
    spec = find_spec("face_recognition_models")
    if find_spec("dlib") is None or spec is None or not spec.submodule_search_locations:
        message = (
            "The outside recognizer is not installed: dlib-bin and face-recognition-models. "
            "`make evaluate` installs them; --without-outside goes on without."
        )
        raise WorkError(Reason.ENGINE_MISSING, message, retryable=False)
    return Path(spec.submodule_search_locations[0]) / "models"


def _upright_box(points: Points) -> Matrix:
    """Corners (2, 2) of the box around the face, upright as dlib's detector has them, also where the face is not."""
    matrix = similarity(ARCFACE_112, points)
    middle = transform(matrix, _BOX.mean(0)[None])[0]
    half = np.ptp(_BOX, axis=0) / 2 * np.hypot(matrix[0, 0], matrix[1, 0])
    return np.array([middle - half, middle + half])
