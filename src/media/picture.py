"""Pictures as targets: read upright, written back in their own format, orientation, profile and metadata."""

from pathlib import Path
from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image, ImageOps, UnidentifiedImageError

from contracts.errors import MediaError, Reason
from media.color import Pixels
from media.container import truncated
from media.source import Source

# What undoes each EXIF orientation (Exif 2.32, tag 0x0112) after `ImageOps.exif_transpose` has applied it.
_UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_ORIENTATION = 0x0112
_FORMATS = ("JPEG", "PNG", "WEBP")


def open_picture(source: Source) -> Image.Image:
    """Open a picture without decoding it.

    Raises:
        MediaError: NOT_A_PICTURE.
    """
    source.seek(0)
    try:
        return Image.open(cast(Any, source), formats=_FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise MediaError(
            Reason.NOT_A_PICTURE, "This is not a picture that can be used. JPEG, PNG and WebP pictures can."
        ) from error


def load_picture(source: Source) -> Image.Image:
    """Open and decode a picture, in memory: pictures are bounded by `MediaLimits.max_pixels` at the probe.

    Raises:
        MediaError: NOT_A_PICTURE or TRUNCATED.
    """
    image = open_picture(source)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise truncated() from error
    return image


def read_picture(source: Source) -> VideoFrame:
    """A picture as a bgr24 frame, upright."""
    upright = ImageOps.exif_transpose(load_picture(source)).convert("RGB")
    pixels: Pixels = np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
    return VideoFrame.from_ndarray(pixels, format="bgr24")


def write_picture(pixels: Pixels, original: Source, out: Path) -> None:
    """Write `pixels` (h x w x 3, blue first, upright) in the format and quality of `original`, with its
    alpha, ICC profile and EXIF data, turned back to how it was stored; its size is that of `pixels`."""
    before = load_picture(original)
    after = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    orientation = before.getexif().get(_ORIENTATION, 1)
    if orientation in _UNDO:
        after = after.transpose(_UNDO[orientation])
    if before.has_transparency_data:
        after.putalpha(before.convert("RGBA").getchannel("A").resize(after.size))
    elif before.mode == "L":
        after = after.convert("L") if _is_gray(pixels) else after
    after.save(out, **_like(before, original))


def join_picture(segment: Source, original: Source, out: Path) -> None:
    """Write the picture of a segment as `original` is, at `out`."""
    pixels = np.asarray(load_picture(segment).convert("RGB"))[:, :, ::-1]
    write_picture(np.ascontiguousarray(pixels), original, out)


def _is_gray(pixels: Pixels) -> bool:
    return bool((pixels == pixels[:, :, :1]).all())


def _like(before: Image.Image, original: Source) -> dict[str, Any]:
    """Options for saving as `before` was saved."""
    options: dict[str, Any] = {"format": before.format}
    for name in ("icc_profile", "exif", "xmp", "dpi"):
        if before.info.get(name):
            options[name] = before.info[name]
    if before.format == "JPEG":
        options |= _jpeg(before)
    elif before.format == "WEBP":
        options |= {"lossless": _is_lossless(original), "quality": 95, "method": 4}
    return options


def _jpeg(before: Image.Image) -> dict[str, Any]:
    from PIL import JpegImagePlugin

    sampling = JpegImagePlugin.get_sampling(before)
    color = before.mode == "RGB"
    return {
        "qtables": getattr(before, "quantization", None) if color else None,
        "subsampling": sampling if sampling >= 0 else 0,
        "progressive": bool(before.info.get("progressive")),
        "quality": 95,
    }


def _is_lossless(original: Source) -> bool:
    """Whether a WebP file's first image chunk is the lossless one (RFC 9649)."""
    place = 12
    while True:
        original.seek(place)
        head = original.read(8)
        if len(head) < 8 or head[:4] in (b"VP8L", b"VP8 "):
            return head[:4] == b"VP8L"
        size = int.from_bytes(head[4:], "little")
        place += 8 + size + size % 2
