"""Pictures of any kind, opened by their first bytes."""

import struct
from pathlib import Path
from typing import cast

from contracts.media import MediaLimits
from contracts.notes import Note
from media.containers.bounds import check_size
from media.containers.container import kind_of
from media.pictures.base import Picture
from media.pictures.change import read_change
from media.pictures.heif.picture import Heif
from media.pictures.jpeg.picture import Jpeg
from media.pictures.png import Png
from media.pictures.refusals import no_picture, too_many_bytes
from media.pictures.still import Still
from media.pictures.turning import is_turned, upright
from media.pictures.webp import Webp
from media.pixels.color import Pixels
from media.sources.source import Source

# Enough for the largest picture that is taken, at 16 bits a component, hardly compressed.
_MOST_BYTES = 400 * 10**6
_KINDS: dict[str, type[Heif | Jpeg | Png | Webp]] = {
    "jpeg": Jpeg,
    "png": Png,
    "webp": Webp,
    "avif": Heif,
    "heic": Heif,
}


def open_picture(source: Source) -> Picture:
    """Read the headers of a picture; its pixels are not decoded yet.

    Raises:
        MediaError: NOT_A_PICTURE, TRUNCATED, or PROBE_LIMIT for a file that is far too large for a picture.
    """
    kind = kind_of(source)
    if kind not in _KINDS:
        raise no_picture()
    if source.size > _MOST_BYTES:
        raise too_many_bytes(_MOST_BYTES, source.size)
    source.seek(0)
    try:
        return _KINDS[kind](source.read(source.size))
    except (struct.error, IndexError, ValueError) as error:
        raise no_picture() from error


def shown(source: Source) -> Pixels:
    """A picture as a viewer sees it, upright, as 8-bit BGR.

    Raises:
        MediaError: See `open_picture`; BAD_DIMENSIONS before anything of a larger one is decoded.
    """
    picture = open_picture(source)
    check_size(*picture.size, MediaLimits(min_side=1))
    return cast(Pixels, upright(picture.look(), picture.facts.orientation))


def read_still(source: Source) -> Still:
    """A picture as a frame to be painted."""
    return Still(shown(source).copy())


def join_picture(segment: Source, original: Source, size: tuple[int, int], out: Path) -> list[Note]:
    """Write `original` with the change that `segment` holds, at `out`; what there is to know of it.

    `size` is width and height of the result as shown. Where nothing changes, it is the original's bytes.
    """
    picture, change = open_picture(original), read_change(segment)
    width, height = display_size(picture)
    if change is None and size == (width, height):
        original.seek(0)
        out.write_bytes(original.read(original.size))
        return []
    turned = picture.facts.orientation
    stored = change.stored(turned, width, height) if change is not None else None
    written = picture.written(stored, size[::-1] if is_turned(turned) else size)
    out.write_bytes(written.data)
    return written.notes


def display_size(picture: Picture) -> tuple[int, int]:
    """Width and height in pixels as a viewer sees them."""
    return picture.size[::-1] if is_turned(picture.facts.orientation) else picture.size
