"""A HEIC or AVIF picture: one coded item, or a grid of them."""

import struct
from functools import cached_property

import numpy as np
from av.video.frame import VideoFrame

from contracts.notes import Note, NoteKind
from media.pictures.base import Facts, Picture, Written, steps
from media.pictures.change import Change
from media.pictures.coded import resized
from media.pictures.exif import without_previews as exif_without_previews
from media.pictures.heif.boxes import Box, full, join_boxes, read_boxes
from media.pictures.heif.canvas import assembled, cropped, cut
from media.pictures.heif.coding import CODINGS, Coding
from media.pictures.heif.editing import add, exchange, prune, retyped
from media.pictures.heif.facts import orientation, pixel_format, shown_part
from media.pictures.heif.meta import ESSENTIAL, Item, Meta
from media.pictures.refusals import moving, no_picture, undecodable
from media.pictures.xmp import without_previews as xmp_without_previews
from media.pixels.color import Pixels
from media.pixels.frame import Frame

_SEQUENCES = (b"avis", b"msf1", b"hevc", b"hevx")
_MOST_TILES = 1024
# Tiles may hold this many times the pixels that are shown, and this many more: else they are a trap.
_MOST_SPARE, _LEAST_SPARE = 2, 2**22
_BT601, _LIMITED, _FULL = 5, 1, 2
_UNSAID = 2
_KEPT_BOXES = (b"ftyp", b"meta", b"mdat", b"free", b"skip")

_OTHERS = Note(
    kind=NoteKind.TRACKS_DROPPED,
    text="The file held more than its picture, such as a preview, a gain map for HDR screens, a depth map or a "
    "short film. That showed the face as it was, and is left out.",
)
_FEWER = Note(
    kind=NoteKind.FORMAT_CHANGED,
    text="The picture is stored with other chroma or bit depth than before, because nothing here writes its own.",
)


class Heif(Picture):
    """A picture in a HEIF file."""

    def __init__(self, file: bytes) -> None:
        """Read the items; raises MediaError where there is no single picture."""
        self._file = file
        self._boxes = list(read_boxes(file))
        brand = self._boxes[0].data[:4]
        if brand in _SEQUENCES:
            raise moving()
        meta = next((box.data for box in self._boxes if box.kind == b"meta"), None)
        if meta is None:
            raise no_picture()
        self._meta = Meta(meta)
        self._tiles = self._tiles_of(self._meta.primary)
        self._coding = self._coding_of(self._tiles[0])
        self._window = shown_part(self._meta)
        width, height = self._window.right - self._window.left, self._window.bottom - self._window.top
        self._columns, self._rows = self._grid()
        configuration = self._meta.property_of(self._tiles[0], self._coding.configuration)
        if configuration is None:
            raise no_picture()
        pix_fmt, depth = pixel_format(self._coding.configuration, configuration)
        self.facts = Facts(width, height, orientation(self._meta), pix_fmt, depth)

    def look(self) -> Pixels:
        """The stored pixels as 8-bit BGR, whatever is transparent."""
        return np.ascontiguousarray(self._canvas.to_bgr()[self._window.rows, self._window.columns])

    def written(self, change: Change | None, size: tuple[int, int]) -> Written:
        """The picture with a change, its transparency as it was, as long as its size stays."""
        if change is not None:
            self._paint(change)
        meta = Meta(next(box.data for box in self._boxes if box.kind == b"meta"))
        before = set(meta.items)
        fresh = self._in_one(meta, size) if size != self.size else self._in_tiles(meta)
        left_out = before - set(meta.items)
        notes = [] if not self._other_pictures(left_out) else [_OTHERS]
        if self._coding.loses(self._canvas.video):
            notes.append(_FEWER)
        return Written(self._joined(meta, fresh), notes)

    def _paint(self, change: Change) -> None:
        left, top = self._window.left + change.box.left, self._window.top + change.box.top
        moved = steps(change, gray=False)[:, :, ::-1]
        under = self._canvas.to_bgr()[top : top + moved.shape[0], left : left + moved.shape[1]]
        self._canvas.patch(left, top, (under + moved).clip(0, 255).astype(np.uint8))

    def _other_pictures(self, items: set[int]) -> bool:
        return any(
            self._meta.items[number].kind in (*CODINGS, b"grid", b"jpeg", b"tmap") for number in items
        ) or any(box.kind not in _KEPT_BOXES for box in self._boxes)

    def _tiles_of(self, number: int) -> tuple[int, ...]:
        kind = self._meta.items[number].kind
        if kind in CODINGS:
            return (number,)
        tiles = self._meta.targets(b"dimg", number) if kind == b"grid" else ()
        if not 0 < len(tiles) <= _MOST_TILES or any(tile not in self._meta.items for tile in tiles):
            raise no_picture("This kind of HEIF picture cannot be used.")
        return tiles

    def _coding_of(self, number: int) -> Coding:
        coding = CODINGS.get(self._meta.items[number].kind)
        if coding is None:
            raise no_picture("This kind of HEIF picture cannot be used.")
        return coding

    def _grid(self) -> tuple[int, int]:
        """Columns and rows of tiles (23008-12, 6.6.2.3)."""
        if self._tiles == (self._meta.primary,):
            return 1, 1
        data = self._meta.item_bytes(self._meta.primary, self._file)
        rows, columns = data[2] + 1, data[3] + 1
        if rows * columns != len(self._tiles):
            raise undecodable()
        return columns, rows

    @cached_property
    def _canvas(self) -> Frame:
        """All tiles as one frame, which may be larger than the picture."""
        count = self._columns * self._rows
        first = self._tile(self._tiles[0])
        if first.width * first.height * count > _MOST_SPARE * self.size[0] * self.size[1] + _LEAST_SPARE:
            raise undecodable()
        tiles = (self._tile(number) if place else first for place, number in enumerate(self._tiles))
        canvas = assembled(tiles, self._columns, self._rows)
        if canvas.width < self._window.right or canvas.height < self._window.bottom:
            raise undecodable()
        return Frame(canvas, 0)

    def _tile(self, number: int) -> VideoFrame:
        configuration = self._meta.property_of(number, self._coding.configuration)
        if self._meta.items[number].kind not in CODINGS or configuration is None:
            raise no_picture()
        frame = self._coding.decode(configuration, self._meta.item_bytes(number, self._file))
        self._tell_colors(frame)
        return frame

    def _tell_colors(self, frame: VideoFrame) -> None:
        """The picture's own colors count more than those within the coded data (23008-12, 6.5.5)."""
        for box in self._meta.properties_of(self._meta.primary):
            if box.kind == b"colr" and box.data[:4] == b"nclx" and len(box.data) >= 11:
                frame.colorspace = int.from_bytes(box.data[8:10])
                frame.color_range = _FULL if box.data[10] & 0x80 else _LIMITED
        if int(frame.colorspace) == _UNSAID:
            frame.colorspace = _BT601

    def _in_tiles(self, meta: Meta) -> dict[int, bytes]:
        """The tiles coded anew, all with one configuration, as readers ask of a grid."""
        frames = cut(self._canvas.video, self._columns, self._rows)
        configuration, coded = self._coding.encode(frames)
        prune(meta, self._tiles)
        self._configure(meta, configuration, self._tiles)
        return dict(zip(self._tiles, coded, strict=True))

    def _in_one(self, meta: Meta, size: tuple[int, int]) -> dict[int, bytes]:
        """The picture at another size, in one item, without what was there at the old size."""
        made = resized(cropped(self._canvas.video, self._window), size)
        made.color_range, made.colorspace = self._canvas.video.color_range, self._canvas.video.colorspace
        configuration, coded = self._coding.encode([made])
        primary = meta.primary
        meta.items[primary].entry = retyped(meta.items[primary].entry, self._meta.items[self._tiles[0]].kind)
        meta.items[primary].method = 0
        meta.references = [one for one in meta.references if one.kind not in (b"dimg", b"auxl")]
        prune(meta, (primary,))
        self._configure(meta, configuration, (primary,))
        exchange(meta, meta.items[primary], b"clap", None)
        add(meta, meta.items[primary], full(b"ispe", 0, 0, struct.pack(">II", *size)))
        return {primary: coded[0]}

    def _configure(self, meta: Meta, configuration: bytes, tiles: tuple[int, ...]) -> None:
        meta.properties.append(Box(self._coding.configuration, configuration))
        for number in tiles:
            exchange(meta, meta.items[number], self._coding.configuration, len(meta.properties) | ESSENTIAL)

    def _joined(self, meta: Meta, fresh: dict[int, bytes]) -> bytes:
        """The file: its kind, the items, their bytes."""
        data = {
            number: fresh[number] if number in fresh else self._kept(meta, number, item)
            for number, item in meta.items.items()
            if item.method == 0
        }
        head = self._boxes[0].packed
        start = len(head) + len(meta.packed(dict.fromkeys(data, (0, 0)))) + 8
        places: dict[int, tuple[int, int]] = {}
        for number, piece in data.items():
            places[number] = start, len(piece)
            start += len(piece)
        return head + meta.packed(places) + join_boxes([Box(b"mdat", b"".join(data.values()))])

    def _kept(self, meta: Meta, number: int, item: Item) -> bytes:
        data = self._meta.item_bytes(number, self._file)
        if item.kind == b"Exif" and len(data) > 4:
            head = 4 + int.from_bytes(data[:4])
            return data[:head] + exif_without_previews(data[head:])
        return xmp_without_previews(data) if item.kind == b"mime" else data
