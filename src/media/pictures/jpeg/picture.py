"""A JPEG picture."""

import io
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image, JpegImagePlugin

from contracts.notes import Note, NoteKind
from media.containers.container import truncated
from media.pictures.base import Facts, Picture, Steps, Written, steps
from media.pictures.change import Change
from media.pictures.exif import orientation_of
from media.pictures.jpeg.bits import DamagedError
from media.pictures.jpeg.coding import PROGRESSIVE, SEQUENTIAL, moved_parts
from media.pictures.jpeg.difference import TO_YCC, Moves, UnevenError, block_deltas
from media.pictures.jpeg.frame import frame_header, is_plain, quantization
from media.pictures.jpeg.ink import ink_steps, look_of
from media.pictures.jpeg.markers import APP0, APP14, FRAMES, SOS, Part, join_parts, read_parts
from media.pictures.jpeg.metadata import exif_of, is_metadata, kept_metadata, notes_on, profile_of
from media.pictures.refusals import no_picture, undecodable
from media.pictures.turning import Array
from media.pixels.color import Pixels

_IN_PASSES = (0xC2, 0xCA)
_MOST_SCANS = 200  # each is read whole; real pictures have ten
_FORMATS = {1: "gray", 3: "yuvj444p", 4: "cmyk"}
_SAMPLED = {(2, 2): "yuvj420p", (2, 1): "yuvj422p", (1, 2): "yuvj440p", (4, 1): "yuvj411p"}


class Jpeg(Picture):
    """A JPEG picture: gray, color, or four inks; baseline or progressive."""

    def __init__(self, file: bytes) -> None:
        """Read the segments; raises MediaError where they make no picture."""
        self._file = file
        self._parts = list(read_parts(file))
        start = next((part for part in self._parts if part.marker in FRAMES), None)
        if start is None:
            raise no_picture("This kind of JPEG picture cannot be used.")
        self._header = frame_header(start)
        scans = sum(part.marker == SOS for part in self._parts)
        if not scans:
            raise truncated()
        if scans > _MOST_SCANS:
            raise no_picture("The JPEG picture is stored in too many passes.")
        exif = exif_of(self._parts)
        count = len(self._header.components)
        pix_fmt = _SAMPLED.get(self._header.most, _FORMATS[3]) if count == 3 else _FORMATS[count]
        orientation = orientation_of(exif) if exif else 1
        self.facts = Facts(self._header.width, self._header.height, orientation, pix_fmt)

    def look(self) -> Pixels:
        """The stored pixels as 8-bit BGR; inks are shown by the picture's own profile."""
        pixels = self._pixels
        if pixels.ndim == 2:
            return np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
        if pixels.shape[2] == 4:
            return look_of(pixels, self._profile)
        return np.ascontiguousarray(pixels[:, :, ::-1])

    def written(self, change: Change | None, size: tuple[int, int]) -> Written:
        """The picture with a change: coefficients of untouched blocks stay, but where a tier makes it smaller
        or it is coded in a way that has to be decoded."""
        notes = notes_on(len(self._file), self._parts)
        metadata = list(kept_metadata(self._parts))
        if change is not None and size == self.size and self._header.marker in (*SEQUENTIAL, *PROGRESSIVE):
            try:
                return Written(join_parts([*metadata, *self._changed(change)]), notes)
            except (DamagedError, UnevenError):
                pass
        return Written(self._anew(change, size, metadata), [*notes, *_anew_notes(size == self.size)])

    @cached_property
    def _pixels(self) -> Array:
        """As libjpeg decodes them: gray, red-green-blue, or four inks, 255 being full."""
        try:
            image = Image.open(self._plain, formats=("JPEG",))
            if image.size != self.size:
                raise no_picture()
            return np.array(image)
        except (OSError, ValueError, SyntaxError) as error:
            raise undecodable() from error

    @property
    def _plain(self) -> io.BytesIO:
        """The file without what does not say how its pixels are coded."""
        return io.BytesIO(
            join_parts(part for part in self._parts if not is_metadata(part) or part.marker in (APP0, APP14))
        )

    @property
    def _profile(self) -> bytes:
        return profile_of(self._parts)

    def _steps(self, change: Change) -> Steps:
        """How far each decoded component of the box moves: of gray, light, or ink."""
        if len(self._header.components) == 4:
            inks = self._pixels[change.box.rows, change.box.columns]
            return ink_steps(inks, change, self._profile)
        return steps(change, gray=len(self._header.components) == 1)

    def _moves(self, change: Change) -> Moves:
        """How far each stored component of the box moves."""
        moved = self._steps(change).astype(np.float64)
        if moved.shape[2] == 4:
            moved = -moved  # inks are stored inverted, as Adobe does
        if moved.shape[2] > 1 and not is_plain(self._header, self._parts):
            moved[:, :, :3] = moved[:, :, :3] @ TO_YCC.T
        return moved

    def _changed(self, change: Change) -> Iterator[Part]:
        """The coding segments, with the blocks under the change moved."""
        moves, tables = self._moves(change), quantization(self._parts)
        if any(one.table not in tables for one in self._header.components):
            raise DamagedError("a quantization table is missing")
        deltas = [
            block_deltas(self._header, one, tables[one.table], moves[:, :, place], change.box)
            for place, one in enumerate(self._header.components)
        ]
        yield from moved_parts(self._header, self._parts, deltas)

    def _anew(self, change: Change | None, size: tuple[int, int], metadata: list[Part]) -> bytes:
        """Decoded and coded again with the same tables, sampling and order of scans."""
        pixels = self._pixels
        if change is not None:
            box = pixels[change.box.rows, change.box.columns]
            moved = self._steps(change)
            box[...] = (box + (moved[:, :, 0] if box.ndim == 2 else moved)).clip(0, 255)
        image = Image.fromarray(pixels, "CMYK" if pixels.ndim == 3 and pixels.shape[2] == 4 else None)
        out = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", **self._options())
        new = list(read_parts(out.getvalue()))
        colors = [part for part in new if part.marker == APP14]
        coding = [part for part in new if not is_metadata(part)]
        return join_parts([*(part for part in metadata if part.marker != APP14), *colors, *coding])

    def _options(self) -> dict[str, Any]:
        with Image.open(self._plain, formats=("JPEG",)) as image:
            assert isinstance(image, JpegImagePlugin.JpegImageFile)
            sampling = JpegImagePlugin.get_sampling(image)
            tables = {number: list(table) for number, table in image.quantization.items()}
        return {
            "qtables": [tables[number] for number in sorted(tables)],
            "subsampling": max(sampling, 0),
            "progressive": self._header.marker in _IN_PASSES,
        }


def _anew_notes(whole: bool) -> list[Note]:
    if not whole:
        return []
    text = "The picture is coded in a way that had to be decoded and coded again, with the same tables."
    return [Note(kind=NoteKind.FORMAT_CHANGED, text=text)]
