"""Face photos from bytes to pixels. Only called where untrusted bytes may be parsed: in a worker process."""

import io
import struct
import warnings

import numpy as np
from PIL import AvifImagePlugin, Image, ImageOps, WebPImagePlugin

from contracts.errors import MediaError, Reason
from faces.detect import Picture

# The plugins are named because Pillow loads them only when asked for.
FORMATS = ("JPEG", "PNG", WebPImagePlugin.WebPImageFile.format, AvifImagePlugin.AvifImageFile.format)
MOST_PIXELS = 64_000_000

# What Pillow and its plugins raise over damaged files; UnidentifiedImageError is an OSError.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    RuntimeError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    struct.error,
)


def decode_photo(data: bytes) -> Picture:
    """The BGR pixels of a photo, turned upright as its EXIF orientation says, transparency laid on white.

    Raises `MediaError`: empty, not a picture, truncated, or of more than 64 megapixels.
    """
    if not data:
        raise MediaError(
            Reason.EMPTY_FILE, "The file is empty. Please send a photo: JPEG, PNG, WebP or AVIF."
        )
    with _opened(data) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_large(image.width, image.height)
        try:
            return _pixels(image)
        except UNREADABLE as error:
            raise MediaError(
                Reason.TRUNCATED, "The photo ends early or is damaged; please save it anew."
            ) from error


def _opened(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except UNREADABLE as error:
        message = "The file is not a photo that can be read. JPEG, PNG, WebP and AVIF can."
        raise MediaError(Reason.NOT_A_PICTURE, message) from error


def _pixels(image: Image.Image) -> Picture:
    upright = ImageOps.exif_transpose(image)
    if "A" in upright.getbands() or "transparency" in upright.info:
        rgba = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    rgb = np.asarray(upright.convert("RGB"), np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _too_large(*size: int) -> MediaError:
    said = f" and has {size[0]} x {size[1]}" if size else ""
    return MediaError(
        Reason.BAD_DIMENSIONS,
        f"The photo is too large{said}: up to {MOST_PIXELS // 10**6} megapixels can be read.",
        limit=MOST_PIXELS,
    )
