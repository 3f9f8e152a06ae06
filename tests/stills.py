"""Small pictures of every kind, and their way through the library."""

import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from contracts.media import MediaInfo
from contracts.notes import Note
from media.encode import SegmentWriter
from media.frames import read_range
from media.joining.join import join
from media.plan import plan
from media.probe import probe
from media.sources.source import open_source
from media.spec import encode_spec

Pixels = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 83, 61
BOX = (slice(20, 36), slice(24, 44))  # rows and columns that `painted` paints, as shown


def scene(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """A picture of soft colors and some grain: red, green, blue."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    waves = [np.sin(9 * x + 5 * y), np.cos(7 * x - 9 * y), np.sin(12 * x * y + 1)]
    grain = np.random.default_rng(3).normal(0, 3, (height, width, 3))
    return (127 + 90 * np.stack(waves, axis=2) + grain).clip(0, 255).astype(np.uint8)


def png(
    pixels: npt.NDArray[np.generic],
    depth: int,
    color_type: int,
    chunks: Sequence[tuple[bytes, bytes]] = (),
    after: Sequence[tuple[bytes, bytes]] = (),
    interlaced: bool = False,
) -> bytes:
    """A PNG file, unfiltered: `pixels` are h x w x components, of `depth` bits; `chunks` come before them."""
    height, width = pixels.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    parts = passes if interlaced else [(0, 0, 1, 1)]
    data = b"".join(_rows(pixels[top::down, left::across], depth) for left, top, across, down in parts)
    body = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(data)), *after, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in body)


def _rows(pixels: npt.NDArray[np.generic], depth: int) -> bytes:
    if not pixels.size:
        return b""
    flat = pixels.reshape(len(pixels), -1)
    if depth == 16:
        return b"".join(b"\x00" + row.astype(">u2").tobytes() for row in flat)
    if depth == 8:
        return b"".join(b"\x00" + row.astype(np.uint8).tobytes() for row in flat)
    bits = (flat[:, :, np.newaxis].astype(np.uint8) >> np.arange(depth - 1, -1, -1)) & 1
    return b"".join(b"\x00" + np.packbits(row.ravel()).tobytes() for row in bits)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def chunks_of(file: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG file."""
    place, found = 8, []
    while place < len(file):
        size, kind = struct.unpack_from(">I4s", file, place)
        found.append((kind, file[place + 8 : place + 8 + size]))
        place += size + 12
    return found


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    """A picture as Pillow saves it, in the format that the name asks for."""
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def tiff(orientation: int = 1, thumbnail: bytes = b"") -> bytes:
    """EXIF data with a description, an orientation, and a thumbnail."""
    entries = [(0x010E, 2, 8, 0), (0x0112, 3, 1, orientation)]
    first = 8 + 2 + 12 * len(entries) + 4
    text = b"a scene\x00"
    second = first + len(text)
    rows = [struct.pack("<HHII", 0x010E, 2, 8, first), struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)]
    data = b"II*\x00" + struct.pack("<IH", 8, len(rows)) + b"".join(rows)
    data += struct.pack("<I", second if thumbnail else 0) + text
    if thumbnail:
        place = second + 2 + 24 + 4
        data += struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, place, 0x0202, 4, 1, len(thumbnail))
        data += struct.pack("<I", 0) + thumbnail
    return data


def thumbnail() -> bytes:
    """A small JPEG file."""
    out = io.BytesIO()
    Image.fromarray(scene(32, 24)).save(out, "JPEG", quality=60)
    return out.getvalue()


def probed(path: Path) -> MediaInfo:
    """What the picture at `path` is."""
    with open_source(path) as source:
        return probe(source)


def passed(
    path: Path, folder: Path, paint: bool = True, size: tuple[int, int] | None = None
) -> tuple[Path, list[Note]]:
    """A picture's whole way: probed, planned, read, `BOX` painted or not, written, joined."""
    spec = encode_spec(probed(path), size)
    part, out = folder / "part", folder / f"out{spec.suffix}"
    with open_source(path) as source:
        (span,) = plan(source, 5).segments
        (frame,) = read_range(source, 0, span, context=4)
        assert (frame.width, frame.height) == (probed(path).video.width, probed(path).video.height)
    if paint:
        frame.patch(BOX[1].start, BOX[0].start, painted(frame.to_bgr()[BOX]))
    with SegmentWriter(part, spec) as writer:
        assert writer.write(frame)
    report = join([part], path, out, spec)
    assert report.frames == 1
    return out, report.notes


def painted(bgr: Pixels) -> Pixels:
    """Another face: the pixels, darker and redder."""
    return (bgr * 0.6 + np.array([0, 20, 70])).astype(np.uint8)


def pixels(path: Path, mode: str | None = None) -> npt.NDArray[np.int64]:
    """The stored pixels as Pillow decodes them, h x w x components."""
    with Image.open(path) as image:
        found = np.asarray(image.convert(mode) if mode else image).astype(np.int64)
    return found.reshape(*found.shape[:2], -1)
