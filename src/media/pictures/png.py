"""PNG: pixels outside the change stay to the bit, in 8 and 16 bits; every chunk that still holds is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from av.codec.context import Flags
from av.video.frame import VideoFrame

from contracts.notes import Note, NoteKind
from media.pictures.base import Facts, Picture, Written, steps
from media.pictures.change import Change
from media.pictures.chunks import Chunk, join_chunks, read_chunks
from media.pictures.coded import decoded, encoded, packed, resized
from media.pictures.exif import orientation_of
from media.pictures.exif import without_previews as exif_without_previews
from media.pictures.refusals import moving, no_picture, undecodable
from media.pictures.turning import Array
from media.pictures.xmp import without_previews as xmp_without_previews
from media.pixels.color import Pixels

_GRAY, _PALETTE = 0, 3
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by color type (section 11.2.2)
_DEPTHS = (1, 2, 4, 8, 16)
_NAMES = {1: "gray", 2: "ya", 3: "rgb", 4: "rgba"}

# Chunks that describe pixels and still hold: where the color type stays, and always.
_OF_VALUES = (b"PLTE", b"tRNS", b"bKGD", b"hIST", b"sBIT")
_ALWAYS = (b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"sPLT", b"tIME", b"pCAL", b"sCAL")
_XMP = b"XML:com.adobe.xmp\x00\x00\x00"


@dataclass(frozen=True)
class Header:
    """What the first chunk says, and the only chunk from which pixels of a palette are known."""

    width: int
    height: int
    depth: int
    color_type: int
    interlaced: bool


class Png(Picture):
    """A PNG picture."""

    def __init__(self, file: bytes) -> None:
        """Read the chunks; raises MediaError where they make no single picture."""
        self._chunks = list(read_chunks(file))
        self._header = _header(self._chunks[0])
        if any(chunk.kind == b"acTL" for chunk in self._chunks):
            raise moving()
        exif = self._first(b"eXIf")
        self.facts = Facts(
            self._header.width,
            self._header.height,
            orientation_of(exif) if exif else 1,
            self._pix_fmt,
            self._header.depth,
        )

    def look(self) -> Pixels:
        """The stored pixels as 8-bit BGR, whatever is transparent."""
        return _look(packed(self._true_color))

    def written(self, change: Change | None, size: tuple[int, int]) -> Written:
        """The picture with a change; a palette, or less than 8 bits, become 8 bits a component."""
        frame = self._true_color
        if change is not None:
            self._paint(packed(frame), change)
        data = self._encoded(resized(frame, size))
        return Written(join_chunks(self._result(data)), self._notes())

    @property
    def _pix_fmt(self) -> str:
        if self._header.color_type == _PALETTE:
            return "pal8"
        name = _NAMES[_CHANNELS[self._header.color_type]]
        deep = {"gray": "gray16be", "ya": "ya16be", "rgb": "rgb48be", "rgba": "rgba64be"}
        return deep[name] if self._header.depth == 16 else {"ya": "ya8", "rgb": "rgb24"}.get(name, name)

    def _first(self, kind: bytes) -> bytes | None:
        return next((chunk.data for chunk in self._chunks if chunk.kind == kind), None)

    @cached_property
    def _true_color(self) -> VideoFrame:
        """The decoded picture, a component of each pixel beside the other: nothing that needs a palette."""
        # Without the chunk of transparency FFmpeg gives the stored values themselves.
        kept = [chunk for chunk in self._chunks if chunk.kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND")]
        frame = decoded("png", join_chunks(kept))
        if (frame.width, frame.height) != self.size:
            raise undecodable()
        if self._header.color_type == _PALETTE:
            return self._looked_up(packed(frame))
        frame = frame.reformat(format="gray") if frame.format.name == "monob" else frame
        frame.make_writable()
        return frame

    def _looked_up(self, places: Array) -> VideoFrame:
        stored = np.frombuffer((self._first(b"PLTE") or b"")[: 3 * 256], np.uint8)
        colors = np.zeros((256, 4), np.uint8)
        colors[: len(stored) // 3, :3] = stored[: len(stored) // 3 * 3].reshape(-1, 3)
        colors[:, 3] = 255
        alpha = np.frombuffer((self._first(b"tRNS") or b"")[:256], np.uint8)
        colors[: len(alpha), 3] = alpha
        channels = 4 if len(alpha) else 3
        pixels = np.ascontiguousarray(colors[:, :channels][places[:, :, 0]])
        return VideoFrame.from_ndarray(pixels, format="rgba" if channels == 4 else "rgb24")

    def _paint(self, pixels: Array, change: Change) -> None:
        deep = pixels.dtype.itemsize > 1
        top, factor = (65535, 257) if deep else (255, 1)
        colors = 1 if pixels.shape[2] < 3 else 3
        part = pixels[change.box.rows, change.box.columns, :colors]
        moved = part.astype(np.int32) + steps(change, colors == 1) * factor
        part[...] = moved.clip(0, top)
        key = self._key(colors)
        if key is not None:  # a painted pixel must not become the one color that is transparent
            part[(part == key).all(axis=2) & change.changed] ^= 1

    def _key(self, colors: int) -> Array | None:
        data = self._first(b"tRNS")
        if data is None or self._header.color_type == _PALETTE or len(data) != 2 * colors:
            return None
        return np.frombuffer(data, ">u2") * self._scale

    @property
    def _scale(self) -> int:
        """What values of less than 8 bits are multiplied with to be 8."""
        return 255 // (2**self._header.depth - 1) if self._header.depth < 8 else 1

    def _encoded(self, frame: VideoFrame) -> list[Chunk]:
        flags = Flags.interlaced_dct if self._header.interlaced else 0
        return list(read_chunks(encoded("png", frame, {"pred": "mixed", "compression_level": "6"}, flags)))

    def _result(self, new: list[Chunk]) -> Iterator[Chunk]:
        """The original's chunks, with the header and the pixels of `new`."""
        yield new[0]
        written = False
        for chunk in self._chunks[1:]:
            if chunk.kind == b"IDAT" and not written:
                yield from (one for one in new if one.kind == b"IDAT")
                written = True
            elif chunk.kind != b"IDAT" and (kept := self._kept(chunk)) is not None:
                yield kept

    def _kept(self, chunk: Chunk) -> Chunk | None:
        if chunk.kind in _OF_VALUES:
            return self._of_values(chunk)
        if chunk.kind == b"eXIf":
            return Chunk(chunk.kind, exif_without_previews(chunk.data))
        if chunk.kind == b"iTXt" and chunk.data.startswith(_XMP):
            return Chunk(chunk.kind, xmp_without_previews(chunk.data))
        is_kept = chunk.kind in (b"IEND", *_ALWAYS) or chunk.is_copied_unknown
        return chunk if is_kept else None

    def _of_values(self, chunk: Chunk) -> Chunk | None:
        if self._is_stored_alike:
            return chunk
        if chunk.kind == b"tRNS" and self._header.color_type == _GRAY:
            return Chunk(
                chunk.kind, (np.frombuffer(chunk.data[:2], ">u2") * self._scale).astype(">u2").tobytes()
            )
        return None

    @property
    def _is_stored_alike(self) -> bool:
        return self._header.color_type != _PALETTE and self._header.depth >= 8

    def _notes(self) -> list[Note]:
        if self._is_stored_alike:
            return []
        palette = self._header.color_type == _PALETTE
        text = (
            "The picture's colors came from a table of few; the result stores each pixel's own."
            if palette
            else f"The picture had {self._header.depth} bits a pixel; the result has 8, which the new face needs."
        )
        return [Note(kind=NoteKind.FORMAT_CHANGED, text=text, detail={"from_bits": self._header.depth})]


def _header(chunk: Chunk) -> Header:
    if chunk.kind != b"IHDR" or len(chunk.data) != 13:
        raise no_picture()
    width, height = (int.from_bytes(chunk.data[place : place + 4]) for place in (0, 4))
    depth, color_type, interlaced = chunk.data[8], chunk.data[9], chunk.data[12]
    if color_type not in _CHANNELS or depth not in _DEPTHS or not width or not height:
        raise no_picture()
    return Header(width, height, depth, color_type, bool(interlaced))


def _look(pixels: Array) -> Pixels:
    eight = (pixels >> 8).astype(np.uint8) if pixels.dtype.itemsize > 1 else pixels
    if pixels.shape[2] < 3:
        return np.repeat(eight[:, :, :1], 3, axis=2)
    return np.ascontiguousarray(eight[:, :, 2::-1])
