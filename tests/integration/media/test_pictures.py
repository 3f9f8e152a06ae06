"""A picture as a target: one segment, written back in its own format, orientation, profile and metadata."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from contracts.errors import MediaError, Reason
from contracts.media import MediaKind, Plan
from media.encode import SegmentWriter
from media.frames import Frame, read_range
from media.join import join
from media.plan import plan
from media.preview import plays_in_browser, poster
from media.source import open_source
from media.spec import encode_spec
from tests.integration.media.passage import probed

_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _picture(path: Path, form: str, mode: str = "RGB", **options: object) -> Path:
    x, y = np.meshgrid(np.linspace(40, 200, 96), np.linspace(60, 180, 64))
    image = Image.fromarray(np.stack([x, y, (x + y) / 2], axis=2).astype(np.uint8)).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.fromarray(np.tile(np.arange(96, dtype=np.uint8) * 2, (64, 1))))
    exif = Image.Exif()
    exif[0x0112] = options.pop("orientation", 1)
    exif[0x010E] = "a description"
    image.save(path, form, exif=exif, icc_profile=_PROFILE, **options)
    return path


def _planned(path: Path) -> Plan:
    with open_source(path) as source:
        return plan(source, 5)


def _frame(path: Path) -> Frame:
    with open_source(path) as source:
        (frame,) = read_range(source, 0, _planned(path).segments[0], context=4)
        return frame


def _through(path: Path, folder: Path, paint: tuple[int, int] | None = None) -> Path:
    info = probed(path)
    assert info.kind is MediaKind.PICTURE and plays_in_browser(info)
    spec = encode_spec(info)
    part, out = folder / "part", folder / f"out{spec.suffix}"
    frame = _frame(path)
    if paint:
        frame.patch(*paint, np.zeros((6, 6, 3), np.uint8))
    with SegmentWriter(part, spec) as writer:
        writer.write(frame)
    assert join([part], path, out, spec).frames == 1
    return out


def _pixels(path: Path, mode: str = "RGB") -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode)).astype(int)


@pytest.mark.parametrize(
    ("name", "form", "mode", "options", "most"),
    [
        ("a.jpg", "JPEG", "RGB", {"quality": 92, "subsampling": 0}, 3),
        ("b.jpg", "JPEG", "RGB", {"quality": 80, "progressive": True, "orientation": 6}, 6),
        ("c.jpg", "JPEG", "L", {"quality": 90}, 6),
        ("d.png", "PNG", "RGB", {"orientation": 3}, 0),
        ("e.png", "PNG", "RGBA", {}, 0),
        ("f.webp", "WEBP", "RGB", {"lossless": True}, 0),
        ("g.webp", "WEBP", "RGB", {"quality": 80}, 6),
    ],
)
def test_it_comes_back_as_it_was(
    name: str, form: str, mode: str, options: dict[str, object], most: int, tmp_path: Path
) -> None:
    path = _picture(tmp_path / name, form, mode, **options)
    out = _through(path, tmp_path)
    with Image.open(path) as one, Image.open(out) as other:
        assert (one.format, one.size) == (other.format, other.size)
        assert one.getexif() == other.getexif()
        assert other.info["icc_profile"] == _PROFILE
        assert one.info.get("progressive") == other.info.get("progressive")
    assert abs(_pixels(path, "RGBA") - _pixels(out, "RGBA")).max() <= most


def test_what_is_painted_upright_is_stored_turned(tmp_path: Path) -> None:
    path = _picture(tmp_path / "turned.png", "PNG", orientation=6)
    frame = _frame(path)
    assert (frame.width, frame.height) == (64, 96)
    out = _through(path, tmp_path, paint=(50, 10))
    changed = (_pixels(path) != _pixels(out)).any(axis=2)
    # upright (50..55, 10..15) of a picture turned clockwise for showing is stored at x = y, y = 63 - x
    assert {tuple(place) for place in np.argwhere(changed)} == {
        (63 - x, y) for x in range(50, 56) for y in range(10, 16)
    }


def test_a_poster_is_upright(tmp_path: Path) -> None:
    path = _picture(tmp_path / "turned.jpg", "JPEG", orientation=8)
    poster(path, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as image:
        assert image.size == (64, 96)


def test_a_film_of_pictures_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("<svg/>" * 1000)
    with pytest.raises(MediaError) as caught:
        probed(path)
    assert caught.value.reason is Reason.NOT_MEDIA
