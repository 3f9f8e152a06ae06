"""A picture as a target: one segment, and its own file again with nothing changed but the face."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from contracts.errors import MediaError, Reason, WorkError
from contracts.media import EncodeSpec, MediaKind
from contracts.notes import NoteKind
from media.frames import read_range
from media.joining.join import join
from media.pictures.change import write_change
from media.pictures.still import Still
from media.plan import plan
from media.previews.preview import browser_preview, plays_in_browser, poster
from media.sources.source import open_source
from media.spec import encode_spec
from tests.stills import BOX, HEIGHT, WIDTH, painted, passed, pixels, probed, saved, scene, tiff

_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _image(mode: str = "RGB") -> Image.Image:
    image = Image.fromarray(scene())
    if mode == "RGBA":
        image.putalpha(Image.fromarray(np.tile(np.arange(WIDTH, dtype=np.uint8) * 3, (HEIGHT, 1))))
        return image
    return image.convert(mode)


def _changed(path: Path, out: Path) -> tuple[int, int, int, int]:
    """Rows and columns, from and to, of the stored pixels that differ."""
    rows, columns = np.nonzero((pixels(path) != pixels(out)).any(axis=2))
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


_JPEGS = {
    "444": ("RGB", {"quality": 92, "subsampling": 0}, 8),
    "422": ("RGB", {"quality": 90, "subsampling": 1}, 16),
    "420": ("RGB", {"quality": 75, "subsampling": 2}, 16),
    "tables of its own": ("RGB", {"quality": 40, "optimize": True}, 16),
    "restarts": ("RGB", {"quality": 85, "restart_marker_blocks": 3}, 16),
    "a restart a row": ("RGB", {"quality": 85, "restart_marker_rows": 1, "optimize": True}, 16),
    "best": ("RGB", {"quality": 100, "subsampling": 0}, 8),
    "rgb": ("RGB", {"quality": 90, "keep_rgb": True}, 8),
    "gray": ("L", {"quality": 88}, 8),
    "inks": ("CMYK", {"quality": 90}, 8),
    "progressive": ("RGB", {"quality": 85, "progressive": True}, 16),
    "progressive gray": ("L", {"quality": 85, "progressive": True}, 8),
}


@pytest.mark.parametrize("name", _JPEGS)
def test_a_jpeg_changes_in_the_blocks_under_the_box_only(name: str, tmp_path: Path) -> None:
    mode, options, block = _JPEGS[name]
    path = saved(tmp_path / "a.jpg", _image(mode), icc_profile=_PROFILE, dpi=(300, 300), **options)
    out, notes = passed(path, tmp_path)
    top, bottom, left, right = _changed(path, out)
    # decoders smooth chroma over one more sample than a block has
    spread = 0 if block == 8 else 2
    assert top >= BOX[0].start // block * block - spread and left >= BOX[1].start // block * block - spread
    assert (
        bottom <= -(-BOX[0].stop // block) * block + spread
        and right <= -(-BOX[1].stop // block) * block + spread
    )
    with Image.open(path) as one, Image.open(out) as other:
        assert (one.mode, one.size, one.quantization) == (other.mode, other.size, other.quantization)  # type: ignore[attr-defined]
        assert one.info == other.info
        assert one.layer == other.layer  # type: ignore[attr-defined]
    assert not notes


def _in_three_scans() -> bytes:
    """A JPEG whose components follow one another, put together from three gray ones."""
    parts = []
    for plane in Image.fromarray(scene()).convert("YCbCr").split():
        out = io.BytesIO()
        plane.save(out, "JPEG", quality=90)
        parts.append(out.getvalue())
    first = parts[0]
    frame, scan = first.index(b"\xff\xc0"), first.index(b"\xff\xda")
    size = first[frame + 5 : frame + 9]
    components = b"".join(bytes([name, 0x11, 0]) for name in (1, 2, 3))
    head = first[:frame] + b"\xff\xc0\x00\x11\x08" + size + b"\x03" + components
    tables = first[first.index(b"\xff\xc4") : scan]
    data = [part[part.index(b"\xff\xda") + 10 : -2] for part in parts]
    scans = [b"\xff\xda\x00\x08\x01" + bytes([name, 0, 0, 63, 0]) + one for name, one in enumerate(data, 1)]
    return head + tables + b"".join(scans) + b"\xff\xd9"


def test_a_jpeg_whose_components_follow_one_another_changes_in_blocks_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_in_three_scans())
    out, notes = passed(path, tmp_path)
    top, bottom, left, right = _changed(path, out)
    assert (top, bottom, left, right) == (16, 40, 24, 48)
    before = pixels(path, "RGB")[BOX]
    wanted = painted(before[:, :, ::-1].astype(np.uint8))[:, :, ::-1].astype(int)
    assert np.abs(pixels(out, "RGB")[BOX] - wanted).mean() < 4
    assert out.read_bytes().count(b"\xff\xda") == 3 and not notes


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.webp", {"lossless": True}),
        ("a.webp", {"quality": 85}),
        ("a.jpg", {"quality": 95, "subsampling": 0}),
        ("a.avif", {"quality": 85}),
        ("a.avif", {"quality": 85, "subsampling": "4:4:4"}),
    ],
)
def test_what_is_painted_is_in_the_result(name: str, options: dict[str, object], tmp_path: Path) -> None:
    path = saved(tmp_path / name, _image(), **options)
    out, _ = passed(path, tmp_path)
    before = pixels(path, "RGB")[BOX]
    wanted = painted(before[:, :, ::-1].astype(np.uint8))[:, :, ::-1].astype(int)
    error = np.abs(pixels(out, "RGB")[BOX] - wanted)
    assert np.abs(before - wanted).mean() > 25
    assert error.mean() < 5


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize(
    ("name", "options", "least"),
    [
        ("a.webp", {"quality": 80}, 45),
        ("a.avif", {"quality": 80}, 45),
        ("a.avif", {"quality": 80, "subsampling": "4:4:4"}, 45),
        ("a.png", {}, 99),
        ("a.webp", {"lossless": True}, 99),
    ],
)
def test_outside_the_box_it_is_as_it_was(
    name: str, options: dict[str, object], least: float, alpha: bool, tmp_path: Path
) -> None:
    path = saved(
        tmp_path / name,
        _image("RGBA" if alpha else "RGB"),
        icc_profile=_PROFILE,
        exif=b"Exif\0\0" + tiff(),
        **options,
    )
    out, notes = passed(path, tmp_path)
    one, other = pixels(path), pixels(out)
    assert one.shape == other.shape
    apart = (one - other)[:, :, :3]
    apart[:52, 8:60] = 0
    assert -10 * np.log10(max(float((apart**2).mean()) / 255**2, 1e-12)) >= least
    assert not alpha or (one[:, :, 3] == other[:, :, 3]).all()
    with Image.open(path) as before, Image.open(out) as after:
        assert (before.format, before.mode, before.size) == (after.format, after.mode, after.size)
        assert after.info["icc_profile"] == _PROFILE
        assert before.getexif() == after.getexif()
    assert not notes


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.avif"])
def test_what_is_painted_upright_is_stored_turned(name: str, orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / name, _image(), exif=exif)
    out, _ = passed(path, tmp_path)
    shown = []
    for file in (path, out):
        with open_source(file) as source:
            (frame,) = read_range(source, 0, plan(source, 5).segments[0])
            shown.append(frame.to_bgr().astype(int))
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[:, :, ::-1]
    assert np.abs(shown[0] - upright).mean() < 6  # decoders differ in how they smooth chroma
    assert shown[0].shape[:2] == ((WIDTH, HEIGHT) if orientation > 4 else (HEIGHT, WIDTH))
    apart = np.abs(shown[0] - shown[1]).max(axis=2) > 12
    assert apart[BOX].mean() > 0.9
    apart[BOX[0].start - 16 : BOX[0].stop + 16, BOX[1].start - 16 : BOX[1].stop + 16] = False
    assert not apart.any()


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.avif"])
def test_without_a_change_it_is_the_very_file(name: str, tmp_path: Path) -> None:
    path = saved(tmp_path / name, _image())
    out, notes = passed(path, tmp_path, paint=False)
    assert out.read_bytes() == path.read_bytes() and not notes


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("a.png", "RGBA", {}),
        ("a.png", "L", {}),
        ("a.jpg", "RGB", {}),
        ("a.jpg", "CMYK", {}),
        ("a.webp", "RGBA", {"quality": 80}),
        ("a.webp", "RGBA", {"lossless": True}),
        ("a.avif", "RGB", {}),
    ],
)
def test_a_smaller_result_keeps_its_metadata(
    name: str, mode: str, options: dict[str, object], tmp_path: Path
) -> None:
    exif = b"Exif\0\0" + tiff(orientation=6)
    path = saved(tmp_path / name, _image(mode), icc_profile=_PROFILE, exif=exif, **options)
    out, _ = passed(path, tmp_path, size=(30, 41))
    with Image.open(out) as image:
        image.load()
        assert (image.size, image.mode) == ((41, 30), mode)
        assert image.info["icc_profile"] == _PROFILE
        assert image.getexif()[0x010E] == "a scene" and image.getexif()[0x0112] == 6


def test_inks_without_a_profile_are_painted(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", _image("CMYK"), quality=95)
    out, _ = passed(path, tmp_path)
    before = pixels(path, "RGB")[BOX][:, :, ::-1].astype(np.uint8)
    assert np.abs(pixels(out, "RGB")[BOX][:, :, ::-1] - painted(before)).mean() < 4


def test_a_gray_picture_stays_gray(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", _image("L"))
    out, _ = passed(path, tmp_path)
    before, after = pixels(path), pixels(out)
    assert after.shape[2] == 1
    wanted = Image.fromarray(painted(np.repeat(before[BOX].astype(np.uint8), 3, axis=2))[:, :, ::-1]).convert(
        "L"
    )
    assert np.abs(after[BOX][:, :, 0] - np.asarray(wanted)).max() <= 1


@pytest.mark.parametrize(("name", "mode"), [("a.jpg", "CMYK"), ("a.jpg", "RGB"), ("a.png", "RGBA")])
def test_a_browser_can_show_it_or_gets_a_jpeg(name: str, mode: str, tmp_path: Path) -> None:
    path = saved(tmp_path / name, _image(mode))
    assert plays_in_browser(probed(path)) == (mode != "CMYK")
    browser_preview(path, tmp_path / "preview.jpg")
    with Image.open(tmp_path / "preview.jpg") as image:
        assert (image.size, image.mode, image.format) == ((WIDTH, HEIGHT), "RGB", "JPEG")
    near = np.abs(pixels(tmp_path / "preview.jpg") - pixels(path, "RGB"))
    assert near.mean() < 6


def test_a_poster_is_upright(tmp_path: Path) -> None:
    path = saved(tmp_path / "turned.jpg", _image(), exif=b"Exif\0\0" + tiff(orientation=8))
    poster(path, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as image:
        assert image.size == (HEIGHT, WIDTH)


def test_a_probe_tells_what_it_is(tmp_path: Path) -> None:
    info = probed(saved(tmp_path / "a.jpg", _image(), exif=b"Exif\0\0" + tiff(orientation=6), subsampling=2))
    assert (info.kind, info.container) == (MediaKind.PICTURE, "jpeg")
    assert (info.video.width, info.video.height) == (HEIGHT, WIDTH)
    assert (info.video.pix_fmt, info.video.bit_depth, info.video.frames) == ("yuvj420p", 8, 1)


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_what_moves_is_refused(name: str, tmp_path: Path) -> None:
    frames = [Image.fromarray(scene()), Image.fromarray(scene()[::-1].copy())]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(MediaError, match="animation") as caught:
        probed(tmp_path / name)
    assert caught.value.reason is Reason.NOT_A_PICTURE


@pytest.mark.parametrize("name", ["a.jpg", "p.jpg", "a.png", "a.webp", "l.webp", "a.avif"])
def test_what_is_cut_short_or_spoiled_is_refused_in_words(name: str, tmp_path: Path) -> None:
    options = {"p": {"progressive": True}, "l": {"lossless": True}}.get(name[0], {})
    whole = saved(tmp_path / name, _image(), **options).read_bytes()
    random = np.random.default_rng(5)
    path = tmp_path / f"broken{name}"
    for length in [16, 40, len(whole) // 2, len(whole) - 40]:
        path.write_bytes(whole[:length])
        with pytest.raises(MediaError):
            probed(path)
    for _ in range(25):
        spoiled = bytearray(whole)
        for place in random.integers(12, len(whole), 6):
            spoiled[place] = random.integers(256)
        path.write_bytes(bytes(spoiled))
        try:
            passed(path, tmp_path)
        except (MediaError, WorkError) as error:
            assert error.message


def test_a_segment_of_another_picture_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", _image())
    large = Still(np.zeros((400, 300, 3), np.uint8))
    large.patch(250, 350, np.full((9, 9, 3), 200, np.uint8))
    write_change(tmp_path / "part", large.change())
    with pytest.raises(WorkError) as caught:
        join([tmp_path / "part"], path, tmp_path / "out.png", _spec(path))
    assert caught.value.reason is Reason.RESULT_MISMATCH
    (tmp_path / "part").write_bytes(b"no picture")
    with pytest.raises(WorkError):
        join([tmp_path / "part"], path, tmp_path / "out.png", _spec(path))
    assert not (tmp_path / "out.png").exists()


def _spec(path: Path) -> EncodeSpec:
    return encode_spec(probed(path))


def test_a_jpeg_of_endless_passes_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", _image(), progressive=True)
    data = path.read_bytes()
    last = data.rindex(b"\xff\xda")
    path.write_bytes(data[:last] + data[last:-2] * 500 + data[-2:])
    with pytest.raises(MediaError, match="too many passes"):
        probed(path)


def test_a_picture_of_too_many_pixels_is_never_decoded(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", _image("1"))
    data = bytearray(path.read_bytes())
    data[16:24] = (60_000).to_bytes(4) + (60_000).to_bytes(4)
    path.write_bytes(bytes(data))
    with pytest.raises(MediaError) as caught:
        probed(path)
    assert caught.value.reason is Reason.BAD_DIMENSIONS


def test_a_film_of_pictures_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("<svg/>" * 1000)
    with pytest.raises(MediaError) as caught:
        probed(path)
    assert caught.value.reason is Reason.NOT_MEDIA


def test_notes_say_what_is_stored_otherwise(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", _image().quantize(40))
    _, notes = passed(path, tmp_path)
    assert [note.kind for note in notes] == [NoteKind.FORMAT_CHANGED]
