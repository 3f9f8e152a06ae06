"""The stand-in engine: no network, the photo's face itself is laid over the target's.

A five-point similarity brings both faces into one aligned square. The photo keeps its detail; its
broad tones (light, shade, color of the skin) are moved to the target's, which is what hides the seam,
as in multi-band blending: Burt and Adelson, "A Multiresolution Spline", ACM TOG 2 (1983). The
expression stays that of the photo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from faces.align import align, template
from faces.detect import Picture
from faces.morph import morph
from gpu_agent.engines.base import Crops, Identity, Masks, Photo, Swapped

Floats = npt.NDArray[np.float32]

# Outline of a face in template coordinates (112 px): brow line, temples, cheeks, jaw, chin.
_OUTLINE = np.array(
    [
        (56, 31), (70, 32), (82, 37), (90, 47), (92, 60), (90.5, 75), (86, 89), (78, 101.5), (68, 109),
        (56, 111.5), (44, 109), (34, 101.5), (26, 89), (21.5, 75), (20, 60), (22, 47), (30, 37), (42, 32),
    ],
    np.float64,
)  # fmt: skip
# Brows, eyes, nose and mouth, always shown; and the cheeks, which say what color the skin has.
_FEATURES = np.array([(30, 42), (82, 42), (86, 56), (74, 98), (56, 102), (38, 98), (26, 56)], np.float64)
_CHEEKS = np.array([(32, 64), (80, 64), (74, 84), (38, 84)], np.float64)
_MARGIN = 0.125  # share of the template's square added on every side
_FEATHER = 4.5  # px of the template
_TONE_SIDE = 64  # broad tones are compared in squares of this many pixels
_TONE_SPREAD = 7.0  # and blurred by a Gaussian of this sigma
# Detail kept of L, a, b: on a paler face, full spots of color look like paint.
_DETAIL_KEPT = np.array([1.0, 0.65, 0.65], np.float32)
_SKIN_SPREAD = np.array([30, 12, 12], np.float32)  # L, a, b: how far skin strays from the cheeks' mean


@dataclass(frozen=True)
class _Face:
    """A photo's aligned face: in Lab at full size, its broad tones, and where it is skin rather than hair."""

    lab: Floats
    tones: Floats
    skin: Floats


class PasteEngine:
    """Lays the photo's face over the target's. It is no real swap, and its name says so."""

    name = "paste"
    device = "cpu"
    size = 384
    batch = 16
    templates = template(384, _MARGIN)[None]

    def __init__(self, device: str = "cpu") -> None:
        """An engine; it computes on the processor whatever the device."""

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        """The aligned face in Lab, and its broad tones; of several photos their weighted morph."""
        crops = [align(photo.picture, photo.points, self.size, _MARGIN)[0] for photo in photos]
        crop = morph(crops, [photo.weight for photo in photos])
        small = _lab(_reduced(crop))
        tones = self._tones(small)
        broad = self._enlarged(tones)
        lab = broad + (_lab(crop) - broad) * _DETAIL_KEPT
        return Identity(self.name, _Face(lab, tones, self._skin(small)))

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        """Lay the faces over the crops. The masks are a face's outline without hair and background."""
        pairs = [self._swap(crop, who.data) for crop, who in zip(crops, identities, strict=True)]
        if not pairs:
            return Swapped(crops, np.zeros(crops.shape[:3], np.float32))
        return Swapped(np.stack([face for face, _ in pairs]), np.stack([mask for _, mask in pairs]))

    def _swap(self, crop: Picture, face: _Face) -> tuple[Picture, Floats]:
        small = _lab(_reduced(crop))
        change = self._enlarged(self._tones(small) - face.tones)
        bgr = cv2.cvtColor(face.lab + change, cv2.COLOR_Lab2BGR)
        mask = self._outline * self._enlarged(np.minimum(face.skin, self._skin(small)))
        return np.asarray(np.clip(bgr * 255 + 0.5, 0, 255), np.uint8), mask

    def _tones(self, lab: Floats) -> Floats:
        """Blurred colors of the face alone: what lies outside the outline does not bleed in."""
        weight = self._small_outline
        blurred = _blurred(lab * weight[..., None], _TONE_SPREAD)
        return blurred / _blurred(weight, _TONE_SPREAD)[..., None]

    def _skin(self, lab: Floats) -> Floats:
        """1 where a square looks like its cheeks or bears the features, 0 where it is hair or background."""
        cheeks = np.average(lab.reshape(-1, 3), axis=0, weights=self._small_cheeks.ravel())
        strange = np.sqrt((((lab - cheeks) / _SKIN_SPREAD) ** 2).sum(-1))
        return _blurred(np.maximum(np.clip(2.2 - strange, 0, 1), self._small_features), 1.5)

    def _enlarged(self, small: Floats) -> Floats:
        return np.asarray(
            cv2.resize(small, (self.size, self.size), interpolation=cv2.INTER_LINEAR), np.float32
        )

    @cached_property
    def _outline(self) -> Masks:
        return _polygon(_OUTLINE, self.size, _MARGIN, _FEATHER)

    @cached_property
    def _small_outline(self) -> Masks:
        return _polygon(_OUTLINE, _TONE_SIDE, _MARGIN, _FEATHER) + np.float32(1e-3)

    @cached_property
    def _small_cheeks(self) -> Masks:
        return _polygon(_CHEEKS, _TONE_SIDE, _MARGIN, 2.0)

    @cached_property
    def _small_features(self) -> Masks:
        return _polygon(_FEATURES, _TONE_SIDE, _MARGIN, _FEATHER)


def _polygon(corners: npt.NDArray[np.float64], size: int, margin: float, feather: float) -> Masks:
    unit = size / (112 * (1 + 2 * margin))
    mask = np.zeros((size, size), np.float32)
    scaled = (corners + 112 * margin) * unit
    cv2.fillPoly(mask, [np.round(scaled * 16).astype(np.int32)], 1.0, cv2.LINE_AA, shift=4)
    return _blurred(mask, feather * unit)


def _blurred(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _reduced(crop: Picture) -> Picture:
    return np.asarray(cv2.resize(crop, (_TONE_SIDE, _TONE_SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _lab(crop: Picture) -> Floats:
    return np.asarray(cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)
