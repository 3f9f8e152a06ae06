"""Figures of the pixels: reconstruction, sharpness, color, masks."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from faces.detect import Picture, Points
from faces.quality.color import color_difference
from faces.quality.region import oval
from faces.quality.sharpness import sharpness_ratio
from gpu_agent.engines.base import Crops
from training.evaluation.album import Stack
from training.evaluation.fidelity import psnr, ssim
from training.evaluation.figures import median, told
from training.evaluation.report import Look, MaskFigures, Reconstruction
from training.evaluation.swaps import Swaps
from training.pack import MARGIN, SIDE

Inside = npt.NDArray[np.bool_]
_Compared = Callable[[Picture, Picture, Points], float | None]

# The part of a crop that lies in the square of 128 px: the margin is there for wider templates.
_MIDDLE = (slice(MARGIN, SIDE - MARGIN), slice(MARGIN, SIDE - MARGIN))


def face_area(points: Points) -> Inside:
    """The face's oval in a crop, (160, 160)."""
    whole = np.zeros((SIDE, SIDE), np.uint8)
    region = oval(points, SIDE, SIDE)
    if region is not None:
        region.of(whole)[:] = region.mask
    return whole > 0


def reconstruction(originals: Crops, swaps: Swaps, points: Stack) -> Reconstruction:
    """Photos that were swapped with themselves."""
    pairs = list(zip(originals, swaps.shown, strict=True))
    whole = psnrs(originals, swaps)
    face = [psnr(*pair, face_area(one)) for pair, one in zip(pairs, points, strict=True)]
    bare = [psnr(a[_MIDDLE], b[_MIDDLE]) for a, b in zip(originals, swaps.bare, strict=True)]
    alike = [ssim(before[_MIDDLE], after[_MIDDLE]) for before, after in pairs]
    return Reconstruction(
        photos=len(pairs),
        psnr_median=told(np.median(whole)),
        psnr_mean=told(np.mean(whole)),
        psnr_face_median=told(np.median(face)),
        psnr_unmasked_median=told(np.median(bare)),
        ssim_median=told(np.median(alike)),
    )


def psnrs(originals: Crops, swaps: Swaps) -> npt.NDArray[np.float64]:
    """Of the middle 128 px as shown, in dB, one a photo that was swapped with itself."""
    pairs = zip(originals, swaps.shown, strict=True)
    return np.array([psnr(before[_MIDDLE], after[_MIDDLE]) for before, after in pairs])


def look(targets: Crops, swaps: Swaps, points: Stack) -> Look:
    """Sharpness and color of results beside their targets."""
    return Look(
        sharpness_ratio_median=_median_of(sharpness_ratio, targets, swaps.shown, points),
        variance_ratio_median=_median_of(variance_ratio, targets, swaps.shown, points),
        color_median=_median_of(color_difference, targets, swaps.shown, points),
    )


def variance_ratio(original: Picture, result: Picture, points: Points) -> float | None:
    """Variance of the Laplacian of the gray picture within the face, result over original; None where it is flat."""
    inside = face_area(points)
    before, after = (
        float(cv2.Laplacian(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), cv2.CV_64F)[inside].var())
        for one in (original, result)
    )
    return after / before if before > 1e-6 else None


def mask_figures(swaps: Swaps, points: Stack) -> MaskFigures:
    """How much is shown of what the engine draws."""
    faces = [face_area(one)[_MIDDLE] for one in points]
    masks = [mask[_MIDDLE] for mask in swaps.masks]
    inside = [mask[face].mean() for mask, face in zip(masks, faces, strict=True)]
    around = [mask[~face].mean() for mask, face in zip(masks, faces, strict=True)]
    return MaskFigures(
        face=told(np.median(inside)),
        around=told(np.median(around)),
        border=told(np.median(swaps.edges)),
        shown=told(np.median([(mask > 0.5).mean() for mask in masks])),
    )


def brightness(crops: Crops, points: Stack) -> npt.NDArray[np.float64]:
    """Mean L* (CIE Lab, 0 to 100) within each face."""
    return np.array([_lightness(crop, one) for crop, one in zip(crops, points, strict=True)])


def _lightness(crop: Picture, points: Points) -> float:
    lab = cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    return float(lab[..., 0][face_area(points)].mean())


def _median_of(measure: _Compared, befores: Crops, afters: Crops, points: Stack) -> float | None:
    values: Sequence[float | None] = [
        measure(before, after, one) for before, after, one in zip(befores, afters, points, strict=True)
    ]
    return median([value for value in values if value is not None])
