"""JPEG pictures in cyan, magenta, yellow and black: how they look, and how far a change moves their inks."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from media.pictures.change import Change
from media.pixels.color import Pixels

Inks = npt.NDArray[np.uint8]


def look_of(inks: Inks, profile: bytes) -> Pixels:
    """Inks (h x w x 4) as 8-bit BGR: by the picture's profile, or as inks that only subtract light."""
    image = Image.fromarray(inks, "CMYK")
    transform = _transform(profile, to_ink=False)
    shown = ImageCms.applyTransform(image, transform) if transform is not None else image.convert("RGB")
    assert shown is not None
    return np.ascontiguousarray(np.asarray(shown)[:, :, ::-1])


def ink_steps(inks: Inks, change: Change, profile: bytes) -> npt.NDArray[np.int32]:
    """How far a change moves each ink of its box, h x w x 4; `inks` are those of the box."""
    transform = _transform(profile, to_ink=True)
    if transform is None:
        wanted = _naive(change.after, inks)
        return np.where(change.changed[:, :, np.newaxis], wanted.astype(np.int32) - inks, 0)
    old, new = (
        np.asarray(ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(one[:, :, ::-1])), transform))
        for one in (change.before, change.after)
    )
    moved: npt.NDArray[np.int32] = new.astype(np.int32) - old
    return moved


def _naive(bgr: Pixels, inks: Inks) -> Inks:
    """Inks that look like `bgr` where light is only subtracted; as much black as before, where it can be."""
    light = bgr[:, :, ::-1].astype(np.float64)
    black = np.minimum(inks[:, :, 3], 255 - light.max(axis=2))[:, :, np.newaxis]
    color = 255 - light * 255 / np.maximum(255 - black, 1)
    return np.concatenate([np.rint(color.clip(0, 255)), black], axis=2).astype(np.uint8)


def _transform(profile: bytes, to_ink: bool) -> "ImageCms.ImageCmsTransform | None":
    if not profile:
        return None
    try:
        inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        light = ImageCms.createProfile("sRGB")
        if to_ink:
            return ImageCms.buildTransform(light, inks, "RGB", "CMYK")
        return ImageCms.buildTransform(inks, light, "CMYK", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a profile that cannot be used is no reason to refuse the picture
