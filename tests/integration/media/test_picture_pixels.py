"""PNG pixels of every depth and kind: kept to the bit outside the box, blended at full depth within."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from av.codec.context import CodecContext
from av.packet import Packet

from contracts.notes import NoteKind
from tests.stills import BOX, HEIGHT, WIDTH, chunks_of, painted, passed, pixels, png, probed, scene

Values = npt.NDArray[np.int64]

# Color types of PNG, and how many components they have.
_GRAY, _RGB, _PALETTE, _GRAY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_COMPONENTS = {_GRAY: 1, _RGB: 3, _PALETTE: 1, _GRAY_ALPHA: 2, _RGBA: 4}


def _values(depth: int, color_type: int) -> npt.NDArray[np.uint16]:
    """A scene with as many levels as the depth has, and transparency that varies."""
    colors = scene().astype(np.uint16)
    fine = np.random.default_rng(9).integers(0, 256, colors.shape).astype(np.uint16)
    deep = (colors << 8 | fine) >> (16 - depth)
    alpha = np.broadcast_to(np.linspace(0, 2**depth - 1, WIDTH).astype(np.uint16), (HEIGHT, WIDTH))[
        :, :, np.newaxis
    ]
    first = deep[:, :, :1]
    return {
        _GRAY: first,
        _RGB: deep,
        _PALETTE: first,
        _GRAY_ALPHA: np.concatenate([first, alpha], axis=2),
        _RGBA: np.concatenate([deep, alpha], axis=2),
    }[color_type]


def _decoded(path: Path) -> Values:
    """The stored values as FFmpeg decodes them."""
    context = CodecContext.create("png", "r")
    (frame,) = context.decode(Packet(path.read_bytes())) or context.decode(None)  # type: ignore[attr-defined]
    deep = "16" in frame.format.name or "48" in frame.format.name or "64" in frame.format.name
    plane = frame.planes[0]
    rows = np.frombuffer(plane, ">u2" if deep else np.uint8).reshape(HEIGHT, -1)
    count = len(frame.format.components)
    return rows[:, : WIDTH * count].reshape(HEIGHT, WIDTH, count).astype(np.int64)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("color_type", [_GRAY, _RGB, _GRAY_ALPHA, _RGBA])
@pytest.mark.parametrize("depth", [8, 16])
def test_values_outside_the_box_stay_to_the_bit(
    depth: int, color_type: int, interlaced: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    values = _values(depth, color_type)
    path.write_bytes(png(values, depth, color_type, interlaced=interlaced))
    assert probed(path).video.bit_depth == depth
    out, notes = passed(path, tmp_path)
    after = _decoded(out)
    assert (
        out.read_bytes()[16:29] == path.read_bytes()[16:29]
    )  # the header: size, depth, color type, interlacing
    same = (after == values).all(axis=2)
    same[BOX] = True
    assert same.all() and not notes
    assert color_type not in (_GRAY_ALPHA, _RGBA) or (after[:, :, -1] == values[:, :, -1]).all()


@pytest.mark.parametrize("color_type", [_RGB, _RGBA])
def test_within_the_box_16_bits_move_by_what_8_bits_did(color_type: int, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    values = _values(16, color_type)
    path.write_bytes(png(values, 16, color_type))
    out, _ = passed(path, tmp_path)
    before = values[BOX][:, :, :3].astype(np.int64)
    eight = (before >> 8).astype(np.uint8)
    moved = painted(eight[:, :, ::-1])[:, :, ::-1].astype(np.int64) - eight
    assert (_decoded(out)[BOX][:, :, :3] == (before + moved * 257).clip(0, 65535)).all()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_grays_become_eight_bits(depth: int, interlaced: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    values = _values(depth, _GRAY)
    path.write_bytes(png(values, depth, _GRAY, interlaced=interlaced))
    out, notes = passed(path, tmp_path)
    same = _decoded(out) == values * (255 // (2**depth - 1))
    same[BOX] = True
    assert same.all()
    assert [note.kind for note in notes] == [NoteKind.FORMAT_CHANGED]


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("depth", [1, 4, 8])
def test_a_palette_becomes_the_colors_it_named(depth: int, transparent: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    table = np.random.default_rng(2).integers(0, 256, (2**depth, 3), np.uint8)
    chunks = [(b"PLTE", table.tobytes())]
    if transparent:
        chunks.append((b"tRNS", bytes([0, 90])))
    path.write_bytes(png(_values(depth, _PALETTE), depth, _PALETTE, chunks))
    out, notes = passed(path, tmp_path)
    mode = "RGBA" if transparent else "RGB"
    before, after = pixels(path, mode), pixels(out)
    assert after.shape == before.shape
    same = (before == after).all(axis=2)
    same[BOX] = True
    assert same.all()
    assert [note.kind for note in notes] == [NoteKind.FORMAT_CHANGED]
    assert not {b"PLTE", b"tRNS"} & {kind for kind, _ in chunks_of(out.read_bytes())}


@pytest.mark.parametrize("depth", [2, 8, 16])
def test_no_painted_pixel_becomes_the_transparent_color(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    values = np.full((HEIGHT, WIDTH, 1), 2**depth - 1, np.uint16)
    painted_gray = int(_gray_of(255) * (257 if depth == 16 else 1))
    painted_gray = painted_gray * (2**depth - 1) // 255 if depth < 8 else painted_gray
    path.write_bytes(png(values, depth, _GRAY, [(b"tRNS", painted_gray.to_bytes(2))]))
    out, _ = passed(path, tmp_path)
    assert (pixels(out, "LA")[:, :, 1] == 255).all()


def _gray_of(value: int) -> int:
    from PIL import Image

    white = np.full((1, 1, 3), value, np.uint8)
    return int(np.asarray(Image.fromarray(painted(white)[:, :, ::-1].copy()).convert("L"))[0, 0])
