"""HEIC and AVIF files of our own making, as telephones write them: tiles in a grid, and more pictures than one."""

import io
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame

from tests.stills import Pixels

TILE = 64


def heic(
    path: Path,
    picture: Pixels,
    *,
    tiled: bool = False,
    pix_fmt: str = "yuv420p",
    turns: int = 0,
    exif: bytes = b"",
    xmp: bytes = b"",
    others: bool = False,
) -> Path:
    """Write `picture` (red, green, blue) to `path`: AVIF where its name says so, else HEIC.

    Args:
        tiled: As a grid of items of 64 x 64 pixels, the last ones filled up.
        turns: Quarter turns against the clock for showing.
        exif, xmp: Metadata items.
        others: Whether a thumbnail, transparency and a gain map are there too.
    """
    kind, needed, brand = (
        (b"av01", b"av1C", b"avif") if path.suffix == ".avif" else (b"hvc1", b"hvcC", b"heic")
    )
    file = _File()
    configuration, coded = _coded(_tiles(picture) if tiled else [picture], pix_fmt, _ENCODERS[kind])
    hvcc = file.property(needed, configuration)
    size = file.property(b"ispe", struct.pack(">III", 0, picture.shape[1], picture.shape[0]))
    colors = file.property(b"colr", b"prof" + b"a profile of colors")
    shown = [size, colors, *([file.property(b"irot", bytes([turns]))] if turns else [])]
    if tiled:
        tile = file.property(b"ispe", struct.pack(">III", 0, TILE, TILE))
        tiles = [file.item(kind, data, [hvcc, tile]) for data in coded]
        rows, columns = -(-picture.shape[0] // TILE), -(-picture.shape[1] // TILE)
        grid = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, picture.shape[1], picture.shape[0])
        primary = file.item(b"grid", grid, shown)
        file.reference(b"dimg", primary, tiles)
    else:
        primary = file.item(kind, coded[0], [hvcc, *shown])
    if exif:
        file.reference(b"cdsc", file.item(b"Exif", struct.pack(">I", 0) + exif), [primary])
    if xmp:
        file.reference(b"cdsc", file.item(b"mime", xmp, name=b"\x00application/rdf+xml\x00"), [primary])
    if others:
        _others(file, picture, primary)
    path.write_bytes(file.packed(primary, brand))
    return path


def _others(file: "_File", picture: Pixels, primary: int) -> None:
    half = np.ascontiguousarray(picture[::2, ::2])
    half = half[: half.shape[0] // 2 * 2, : half.shape[1] // 2 * 2]
    configuration, (data,) = _coded([half], "yuv420p")
    small = [
        file.property(b"hvcC", configuration),
        file.property(b"ispe", struct.pack(">III", 0, *half.shape[1::-1])),
    ]
    file.reference(b"thmb", file.item(b"hvc1", data, small), [primary])
    gray, (data,) = _coded([picture], "gray")
    alike = [
        file.property(b"hvcC", gray),
        file.property(b"ispe", struct.pack(">III", 0, *picture.shape[1::-1])),
    ]
    for purpose in (b"urn:mpeg:hevc:2015:auxid:1", b"urn:com:apple:photo:2020:aux:hdrgainmap"):
        means = file.property(b"auxC", bytes(4) + purpose + b"\x00")
        file.reference(b"auxl", file.item(b"hvc1", data, [*alike, means]), [primary])


def _tiles(picture: Pixels) -> list[Pixels]:
    height, width = picture.shape[:2]
    padded = np.pad(picture, ((0, -height % TILE), (0, -width % TILE), (0, 0)), mode="edge")
    return [
        padded[top : top + TILE, left : left + TILE]
        for top in range(0, height, TILE)
        for left in range(0, width, TILE)
    ]


_ENCODERS = {b"hvc1": "libx265", b"av01": "libsvtav1"}
_OPTIONS = {
    "libx265": {"crf": "18", "preset": "ultrafast", "x265-params": "keyint=1:info=0:log-level=none"},
    "libsvtav1": {"crf": "20", "preset": "9", "g": "1", "svtav1-params": "lp=1"},
}


def _coded(pictures: list[Pixels], pix_fmt: str, encoder: str = "libx265") -> tuple[bytes, list[bytes]]:
    """Pictures as an MP4 file holds them: what is common to all, and each one's bytes."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream(encoder, rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.color_range = 2
        stream.options = _OPTIONS[encoder]
        for number, picture in enumerate(pictures):
            plain = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = plain.reformat(format=pix_fmt, dst_colorspace=5, dst_color_range=2)
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, 25), PictureType.I
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as result:
        video = result.streams.video[0]
        return bytes(video.codec_context.extradata), [
            bytes(packet) for packet in result.demux(video) if packet.size
        ]


class _File:
    """Items and properties, to be written as a file."""

    def __init__(self) -> None:
        self._items: list[tuple[bytes, bytes, list[int], bytes]] = []
        self._properties: list[bytes] = []
        self._references: list[bytes] = []

    def property(self, kind: bytes, data: bytes) -> int:
        self._properties.append(_box(kind, data))
        return len(self._properties)

    def item(
        self, kind: bytes, data: bytes, properties: list[int] | None = None, name: bytes = b"\x00"
    ) -> int:
        self._items.append((kind, data, properties or [], name))
        return len(self._items)

    def reference(self, kind: bytes, source: int, targets: list[int]) -> None:
        self._references.append(
            _box(kind, struct.pack(f">HH{len(targets)}H", source, len(targets), *targets))
        )

    def packed(self, primary: int, brand: bytes) -> bytes:
        head = _box(b"ftyp", brand + bytes(4) + b"mif1" + brand)
        start = len(head) + len(self._meta(primary, 0)) + 8
        return head + self._meta(primary, start) + _box(b"mdat", b"".join(item[1] for item in self._items))

    def _meta(self, primary: int, start: int) -> bytes:
        entries = b"".join(
            _box(b"infe", struct.pack(">IHH", 2 << 24, number, 0) + kind + name)
            for number, (kind, _, _, name) in enumerate(self._items, 1)
        )
        places = [struct.pack(">IBBH", 0, 0x44, 0, len(self._items))]
        links = [struct.pack(">II", 0, len(self._items))]
        for number, (_, data, properties, _) in enumerate(self._items, 1):
            places.append(struct.pack(">HHHII", number, 0, 1, start, len(data)))
            links.append(struct.pack(">HB", number, len(properties)) + bytes(properties))
            start += len(data)
        return _box(
            b"meta",
            bytes(4)
            + _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
            + _box(b"pitm", struct.pack(">IH", 0, primary))
            + _box(b"iinf", struct.pack(">IH", 0, len(self._items)) + entries)
            + _box(b"iref", bytes(4) + b"".join(self._references))
            + _box(b"iprp", _box(b"ipco", b"".join(self._properties)) + _box(b"ipma", b"".join(links)))
            + _box(b"iloc", b"".join(places)),
        )


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data
