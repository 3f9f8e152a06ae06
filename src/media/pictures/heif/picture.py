"""A HEIC or AVIF picture: one coded item, or a grid of them."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import floor

import numpy as np
from av.video.frame import VideoFrame

from contracts.notes import Note, NoteKind
from media.color import Pixels
from media.frame import Frame
from media.paint import Box, planar
from media.pictures.base import Facts, Picture, Written, steps
from media.pictures.change import Change
from media.pictures.coded import resized
from media.pictures.exif import without_previews as exif_without_previews
from media.pictures.heif.boxes import Box as FileBox
from media.pictures.heif.boxes import full, join_boxes, read_boxes
from media.pictures.heif.coding import CODINGS, Coding
from media.pictures.heif.meta import ESSENTIAL, Item, Meta, Reference
from media.pictures.refusals import moving, no_picture, undecodable
from media.pictures.turning import upright
from media.pictures.xmp import without_previews as xmp_without_previews
from media.planes import Plane, planes

_SEQUENCES = (b"avis", b"msf1", b"hevc", b"hevx")
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
_MOST_TILES = 1024
_BT601, _LIMITED, _FULL = 5, 1, 2
_UNSAID = 2
_KEPT_BOXES = (b"ftyp", b"meta", b"mdat", b"free", b"skip")


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
        self._window = self._shown_part()
        width, height = self._window.right - self._window.left, self._window.bottom - self._window.top
        self._columns, self._rows = self._grid()
        pix_fmt, depth = self._pixel_format()
        self.facts = Facts(width, height, self._orientation(), pix_fmt, depth)

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

    def _shown_part(self) -> Box:
        """What is shown of the item: all, or what its clean aperture leaves (14496-12, 12.1.4)."""
        size = self._meta.property_of(self._meta.primary, b"ispe")
        if size is None or len(size) < 12:
            raise no_picture()
        width, height = struct.unpack_from(">II", size, 4)
        clean = self._meta.property_of(self._meta.primary, b"clap")
        if clean is None:
            return Box(0, 0, width, height)
        numbers = struct.unpack_from(">IIIIiIiI", clean)
        if not all(numbers[1::2]):
            raise no_picture()
        wide, high, right, down = (Fraction(*numbers[place : place + 2]) for place in range(0, 8, 2))
        left, top = floor((width - wide) / 2 + right), floor((height - high) / 2 + down)
        box = Box(left, top, left + int(wide), top + int(high))
        if left < 0 or top < 0 or box.right > width or box.bottom > height or not (int(wide) and int(high)):
            raise no_picture()
        return box

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

    def _pixel_format(self) -> tuple[str, int]:
        """FFmpeg's name of how samples are stored, and their bits, by the decoder configuration."""
        data = self._meta.property_of(self._tiles[0], self._coding.configuration) or bytes(23)
        if self._coding.configuration == b"hvcC":
            chroma, depth = data[16] & 3, 8 + (data[17] & 7)
        else:
            flags = data[2]
            depth = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
            chroma = 0 if flags & 0x10 else {3: 1, 2: 2}.get(flags >> 2 & 3, 3)
        name = ("gray", "yuv420p", "yuv422p", "yuv444p")[chroma]
        return (name if depth == 8 else f"{name}{depth}le"), depth

    def _orientation(self) -> int:
        """The EXIF orientation that turns and mirrors as the item's properties do, in their order."""
        probe = np.arange(6).reshape(2, 3)
        shown = probe
        for box in self._meta.properties_of(self._meta.primary):
            if box.kind == b"irot":
                shown = np.rot90(shown, box.data[0] & 3)
            elif box.kind == b"imir":
                shown = shown[:, ::-1] if box.data[0] & 1 else shown[::-1]
        return next(value for value in range(1, 9) if np.array_equal(upright(probe, value), shown))

    @cached_property
    def _canvas(self) -> Frame:
        """All tiles as one frame, which may be larger than the picture."""
        first = self._tile(self._tiles[0])
        if (
            first.width * self._columns < self._window.right
            or first.height * self._rows < self._window.bottom
        ):
            raise undecodable()
        if len(self._tiles) == 1:
            return Frame(first, 0)
        canvas = planar(VideoFrame(first.width * self._columns, first.height * self._rows, first.format.name))
        canvas.colorspace, canvas.color_range = first.colorspace, first.color_range
        for place, number in enumerate(self._tiles):
            tile = self._tile(number) if place else first
            if (tile.width, tile.height, tile.format.name) != (first.width, first.height, first.format.name):
                raise undecodable()
            for target, source in zip(_part(canvas, tile, place, self._columns), planes(tile), strict=True):
                target[...] = source
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
        canvas = self._canvas.video
        count = len(self._tiles)
        frames = (
            [canvas]
            if count == 1
            else [_cut(canvas, place, self._columns, self._rows) for place in range(count)]
        )
        configuration, coded = self._coding.encode(frames)
        _prune(meta, self._tiles)
        self._configure(meta, configuration, self._tiles)
        return dict(zip(self._tiles, coded, strict=True))

    def _in_one(self, meta: Meta, size: tuple[int, int]) -> dict[int, bytes]:
        """The picture at another size, in one item, without what was there at the old size."""
        made = resized(_cropped(self._canvas.video, self._window), size)
        made.color_range, made.colorspace = self._canvas.video.color_range, self._canvas.video.colorspace
        configuration, coded = self._coding.encode([made])
        primary = meta.primary
        meta.items[primary].entry = _retyped(meta.items[primary].entry, self._meta.items[self._tiles[0]].kind)
        meta.items[primary].method = 0
        meta.references = [one for one in meta.references if one.kind not in (b"dimg", b"auxl")]
        _prune(meta, (primary,))
        self._configure(meta, configuration, (primary,))
        _exchange(meta, meta.items[primary], b"clap", None)
        _replace(meta, meta.items[primary], full(b"ispe", 0, 0, struct.pack(">II", *size)), 0)
        return {primary: coded[0]}

    def _configure(self, meta: Meta, configuration: bytes, tiles: tuple[int, ...]) -> None:
        meta.properties.append(FileBox(self._coding.configuration, configuration))
        for number in tiles:
            _exchange(meta, meta.items[number], self._coding.configuration, len(meta.properties) | ESSENTIAL)

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
        return head + meta.packed(places) + join_boxes([FileBox(b"mdat", b"".join(data.values()))])

    def _kept(self, meta: Meta, number: int, item: Item) -> bytes:
        data = self._meta.item_bytes(number, self._file)
        if item.kind == b"Exif" and len(data) > 4:
            head = 4 + int.from_bytes(data[:4])
            return data[:head] + exif_without_previews(data[head:])
        return xmp_without_previews(data) if item.kind == b"mime" else data


_OTHERS = Note(
    kind=NoteKind.TRACKS_DROPPED,
    text="The file held more than its picture, such as a preview, a gain map for HDR screens, a depth map or a "
    "short film. That showed the face as it was, and is left out.",
)
_FEWER = Note(
    kind=NoteKind.FORMAT_CHANGED,
    text="The picture is stored with other chroma or bit depth than before, because nothing here writes its own.",
)


def _part(canvas: VideoFrame, tile: VideoFrame, place: int, columns: int) -> Iterator[Plane]:
    """The planes of the canvas under a tile."""
    row, column = divmod(place, columns)
    for whole, part in zip(planes(canvas), planes(tile), strict=True):
        high, wide = part.shape
        yield whole[row * high : (row + 1) * high, column * wide : (column + 1) * wide]


def _cut(canvas: VideoFrame, place: int, columns: int, rows: int) -> VideoFrame:
    tile = VideoFrame(canvas.width // columns, canvas.height // rows, canvas.format.name)
    tile.colorspace, tile.color_range = canvas.colorspace, canvas.color_range
    for target, source in zip(planes(tile), _part(canvas, tile, place, columns), strict=True):
        target[...] = source
    return tile


def _cropped(canvas: VideoFrame, window: Box) -> VideoFrame:
    """The part under `window`, moved to whole samples of chroma."""
    part = VideoFrame(window.right - window.left, window.bottom - window.top, canvas.format.name)
    part.colorspace, part.color_range = canvas.colorspace, canvas.color_range
    for target, source in zip(planes(part), planes(canvas), strict=True):
        top = window.top * source.shape[0] // canvas.height
        left = window.left * source.shape[1] // canvas.width
        target[...] = source[top : top + target.shape[0], left : left + target.shape[1]]
    return part


def _prune(meta: Meta, tiles: tuple[int, ...]) -> None:
    """Leave the picture, its transparency, and what describes it; no other picture."""
    kept = {meta.primary, *tiles}
    for number in meta.sources(b"auxl", meta.primary):
        purpose = meta.property_of(number, b"auxC") or b""
        if purpose[4:].startswith(_ALPHA):
            kept |= {number, *meta.targets(b"dimg", number)}
    for number in (meta.primary, *tiles):
        kept |= {
            one
            for one in meta.sources(b"cdsc", number)
            if meta.items[one].kind in (b"Exif", b"mime", b"uri ")
        }
    meta.items = {number: item for number, item in meta.items.items() if number in kept}
    references = (
        Reference(one.kind, one.source, tuple(target for target in one.targets if target in kept))
        for one in meta.references
        if one.source in kept
    )
    meta.references = [one for one in references if one.targets]


def _exchange(meta: Meta, item: Item, kind: bytes, value: int | None) -> None:
    """Give an item another property of a kind, or none."""
    others = [
        place
        for place in item.properties
        if not 0 < place & ~ESSENTIAL <= len(meta.properties)
        or meta.properties[(place & ~ESSENTIAL) - 1].kind != kind
    ]
    # Properties that turn the picture come after those that describe it.
    item.properties = others if value is None else [value, *others]


def _replace(meta: Meta, item: Item, box: FileBox, flag: int) -> None:
    meta.properties.append(box)
    _exchange(meta, item, box.kind, len(meta.properties) | flag)


def _retyped(entry: FileBox, kind: bytes) -> FileBox:
    place = 8 if entry.data[0] == 2 else 10  # after version and flags, number and protection
    return FileBox(entry.kind, entry.data[:place] + kind + entry.data[place + 4 :])
