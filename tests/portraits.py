"""Public-domain portraits that packages carry, as BGR arrays and as bytes of a file."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from faces.decode import decode_photo
from faces.detect import Picture


@cache
def astronaut() -> Picture:
    """Eileen Collins, 512 x 512, eyes 47 px apart (NASA)."""
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[..., ::-1])


@cache
def hopper_path() -> Path:
    """Grace Hopper, 512 x 600, eyes 80 px apart (US Navy)."""
    from matplotlib.cbook import get_sample_data

    return Path(str(get_sample_data("grace_hopper.jpg", asfileobj=False)))


@cache
def hopper() -> Picture:
    """The pixels of `hopper_path`."""
    return decode_photo(hopper_path().read_bytes())


def encoded(picture: Picture, kind: str = "PNG", **options: object) -> bytes:
    """A BGR picture as bytes of a file."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture[..., ::-1])).save(stream, kind, **options)
    return stream.getvalue()
