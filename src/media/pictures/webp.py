"""WebP: the chunk of pixels is made anew, all other chunks are the original's (RFC 9649)."""

import io
import struct
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image, WebPImagePlugin

from media.containers.container import truncated
from media.pictures.base import Facts, Picture, Written, steps
from media.pictures.change import Change
from media.pictures.chunks import Chunk
from media.pictures.coded import decoded, encoded, resized
from media.pictures.exif import orientation_of
from media.pictures.exif import without_previews as exif_without_previews
from media.pictures.refusals import moving, no_picture, undecodable
from media.pictures.turning import Array
from media.pictures.xmp import without_previews as xmp_without_previews
from media.pixels.color import Pixels, to_bgr
from media.pixels.frame import Frame

# Named by its plugin, which Pillow loads only when asked for, and then with all others.
_FORMAT = WebPImagePlugin.WebPImageFile.format
_HEAD = 12
_PIXELS = (b"VP8 ", b"VP8L")
_EXIF_INTRO = b"Exif\x00\x00"  # written by some, though the format has no need of it
_LOSSY = {"quality": "98", "compression_level": "6"}


def read_riff(file: bytes) -> Iterator[Chunk]:
    """The chunks of a WebP file; raises MediaError (TRUNCATED) where it ends amid one."""
    end = _HEAD + int.from_bytes(file[4:8], "little") - 4
    place = _HEAD
    while place + 8 <= min(end, len(file)):
        kind, size = struct.unpack_from("<4sI", file, place)
        data = file[place + 8 : place + 8 + size]
        if len(data) < size:
            raise truncated()
        yield Chunk(kind, data)
        place += 8 + size + size % 2
    if end > len(file) + 1:
        raise truncated()


def join_riff(chunks: list[Chunk]) -> bytes:
    """A WebP file of these chunks."""
    body = b"".join(
        struct.pack("<4sI", chunk.kind, len(chunk.data)) + chunk.data + b"\x00" * (len(chunk.data) % 2)
        for chunk in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


class Webp(Picture):
    """A WebP picture, lossy or lossless."""

    def __init__(self, file: bytes) -> None:
        """Read the chunks; raises MediaError where they make no single picture."""
        self._chunks = list(read_riff(file))
        kinds = [chunk.kind for chunk in self._chunks]
        if b"ANIM" in kinds or b"ANMF" in kinds:
            raise moving()
        self._pixels = next((chunk for chunk in self._chunks if chunk.kind in _PIXELS), None)
        if self._pixels is None:
            raise truncated() if b"VP8X" in kinds or not kinds else no_picture()
        self._lossless = self._pixels.kind == b"VP8L"
        width, height = _size_of(self._pixels)
        exif = next((chunk.data for chunk in self._chunks if chunk.kind == b"EXIF"), b"")
        orientation = orientation_of(exif.removeprefix(_EXIF_INTRO)) if exif else 1
        self.facts = Facts(width, height, orientation, "argb" if self._lossless else "yuv420p")

    def look(self) -> Pixels:
        """The stored pixels as 8-bit BGR, whatever is transparent."""
        if self._lossless:
            return np.ascontiguousarray(self._colors[:, :, 2::-1])
        return to_bgr(self._planes)

    def written(self, change: Change | None, size: tuple[int, int]) -> Written:
        """The picture with a change; what is transparent stays so, bit for bit where the size stays."""
        new = self._lossless_chunk(change, size) if self._lossless else self._lossy_chunk(change, size)
        return Written(join_riff([self._kept(chunk, new, size) for chunk in self._chunks]), [])

    @cached_property
    def _planes(self) -> VideoFrame:
        assert self._pixels is not None
        return decoded("webp", join_riff([self._pixels]))

    @cached_property
    def _colors(self) -> Array:
        """Red, green, blue, alpha, as a lossless picture stores them: also where nothing is seen of them."""
        assert self._pixels is not None
        try:
            image = Image.open(io.BytesIO(join_riff([self._pixels])), formats=(_FORMAT,))
            return np.array(image.convert("RGBA"))
        except (OSError, ValueError, SyntaxError) as error:
            raise undecodable() from error

    def _lossless_chunk(self, change: Change | None, size: tuple[int, int]) -> Chunk:
        pixels = self._colors
        if change is not None:
            part = pixels[change.box.rows, change.box.columns, :3]
            part[...] = (part + steps(change, gray=False)).clip(0, 255)
        image = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
        if (pixels[:, :, 3] == 255).all():
            image = image.convert("RGB")
        out = io.BytesIO()
        image.save(out, _FORMAT, lossless=True, exact=True, quality=80, method=4)
        return _pixels_of(out.getvalue())

    def _lossy_chunk(self, change: Change | None, size: tuple[int, int]) -> Chunk:
        """Painted and encoded in the planes that were decoded: colors are not converted to and fro."""
        frame = Frame(self._planes, 0)
        if change is not None:
            painted = frame.to_bgr()[change.box.rows, change.box.columns] + _bgr(steps(change, gray=False))
            frame.patch(change.box.left, change.box.top, painted.clip(0, 255).astype(np.uint8))
        return _pixels_of(encoded("libwebp", resized(frame.video, size), _LOSSY))

    def _kept(self, chunk: Chunk, new: Chunk, size: tuple[int, int]) -> Chunk:
        if chunk is self._pixels:
            return new
        if chunk.kind == b"EXIF":
            return Chunk(chunk.kind, exif_without_previews(chunk.data))
        if chunk.kind == b"XMP ":
            return Chunk(chunk.kind, xmp_without_previews(chunk.data))
        if size != self.size and chunk.kind == b"VP8X":
            return Chunk(
                chunk.kind, chunk.data[:4] + b"".join((side - 1).to_bytes(3, "little") for side in size)
            )
        if size != self.size and chunk.kind == b"ALPH":
            return self._smaller_alpha(size)
        return chunk

    def _smaller_alpha(self, size: tuple[int, int]) -> Chunk:
        image = Image.open(io.BytesIO(join_riff(self._chunks)), formats=(_FORMAT,)).convert("RGBA")
        out = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(out, _FORMAT, quality=10)
        return next(chunk for chunk in read_riff(out.getvalue()) if chunk.kind == b"ALPH")


def _bgr(moved: Array) -> Array:
    return moved[:, :, ::-1]


def _pixels_of(file: bytes) -> Chunk:
    return next(chunk for chunk in read_riff(file) if chunk.kind in _PIXELS)


def _size_of(chunk: Chunk) -> tuple[int, int]:
    if chunk.kind == b"VP8L" and len(chunk.data) >= 5:
        bits = int.from_bytes(chunk.data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk.kind == b"VP8 " and len(chunk.data) >= 10:
        width, height = struct.unpack_from("<HH", chunk.data, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise truncated()
