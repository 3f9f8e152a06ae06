"""Painting changes what was painted and nothing else, in every layout of planes."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from media.pixels.color import to_bgr
from media.pixels.frame import Frame
from media.pixels.paint import Box
from media.pixels.planes import planes

_FORMATS = ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "gbrp"]
_SIZES = [(64, 48), (63, 47)]


def _frame(form: str, size: tuple[int, int]) -> VideoFrame:
    """A smooth picture of `size` in pixel format `form`, BT.709."""
    x, y = np.meshgrid(np.linspace(0.2, 0.8, size[0]), np.linspace(0.3, 0.7, size[1]))
    bgr = np.stack([x, y, (x + y) / 2], axis=2)
    frame = VideoFrame.from_ndarray((bgr * 255).astype(np.uint8), format="bgr24")
    return frame.reformat(format=form, dst_colorspace=1, dst_color_range=2 if "j" in form else 1)


def _copies(frame: VideoFrame) -> list[np.ndarray]:
    return [plane.astype(np.int64) for plane in planes(frame)]


@pytest.mark.parametrize("form", _FORMATS)
@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("corner", [(11, 7), (0, 0), (40, 30), (-5, -3)])
def test_outside_the_patch_every_sample_stays(
    form: str, size: tuple[int, int], corner: tuple[int, int]
) -> None:
    frame = Frame(_frame(form, size), 0)
    before = _copies(frame.video)
    patch = np.full((17, 19, 3), (40, 90, 220), np.uint8)
    frame.patch(*corner, patch)
    after = _copies(frame.video)
    left, top = max(corner[0], 0), max(corner[1], 0)
    right, bottom = min(corner[0] + 19, size[0]), min(corner[1] + 17, size[1])
    for old, new in zip(before, after, strict=True):
        dx, dy = -(-size[0] // old.shape[1]), -(-size[1] // old.shape[0])
        inside = np.zeros(old.shape, bool)
        inside[top // dy : -(-bottom // dy), left // dx : -(-right // dx)] = True
        assert (old[~inside] == new[~inside]).all()
    assert frame.painted and any((old != new).any() for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("form", _FORMATS)
def test_inside_the_patch_the_color_is_the_one_painted(form: str) -> None:
    frame = Frame(_frame(form, (64, 48)), 0)
    color = np.array((60, 120, 200))
    frame.patch(16, 16, np.full((16, 16, 3), color, np.uint8))
    seen = to_bgr(frame.video)[18:30, 18:30].astype(int)
    assert abs(seen - color).max() <= 6
    assert (frame.to_bgr()[16:32, 16:32] == color).all()


@pytest.mark.parametrize("form", _FORMATS)
def test_a_patch_of_the_same_pixels_changes_nothing(form: str) -> None:
    frame = Frame(_frame(form, (64, 48)), 0)
    before = _copies(frame.video)
    frame.patch(8, 8, frame.to_bgr()[8:40, 8:40].copy())
    frame.paint(frame.to_bgr().copy())
    assert not frame.painted
    assert all((old == new).all() for old, new in zip(before, _copies(frame.video), strict=True))


def test_a_whole_picture_changes_only_where_it_differs() -> None:
    frame = Frame(_frame("yuv420p", (64, 48)), 0)
    before = _copies(frame.video)
    picture = frame.to_bgr().copy()
    picture[20, 30] = (255, 0, 0)
    frame.paint(picture)
    assert [int((old != new).sum()) for old, new in zip(before, _copies(frame.video), strict=True)] == [
        1,
        1,
        1,
    ]


def test_decoded_frames_that_others_refer_to_are_not_written_to() -> None:
    video = _frame("yuv420p", (64, 48))
    shared = VideoFrame.from_ndarray(video.to_ndarray(), format="yuv420p")
    frame = Frame(video, 0)
    frame.patch(0, 0, np.zeros((48, 64, 3), np.uint8))
    frame.patch(2, 2, np.full((9, 9, 3), 255, np.uint8))
    assert (shared.to_ndarray() != frame.video.to_ndarray()).any()
    assert (frame.to_bgr()[2:11, 2:11] == 255).all()


@pytest.mark.parametrize("form", ["argb", "bgra", "rgba64le", "yuva420p", "gbrap"])
def test_transparency_stays_under_paint(form: str) -> None:
    see_through = np.random.default_rng(1).integers(0, 256, (48, 64, 4), np.uint8)
    frame = Frame(VideoFrame.from_ndarray(see_through, format="rgba").reformat(format=form), 0)
    before = frame.video.to_ndarray(format="rgba")[..., 3]
    frame.patch(10, 10, np.full((20, 20, 3), 200, np.uint8))
    assert frame.painted
    assert (frame.video.to_ndarray(format="rgba")[..., 3] == before).all()


def test_what_was_handed_out_stays_and_parts_show_what_was_painted() -> None:
    frame = Frame(_frame("yuv420p", (64, 48)), 0)
    handed_out = frame.to_bgr()
    as_it_was = handed_out.copy()
    frame.patch(4, 4, np.full((20, 20, 3), 10, np.uint8))
    frame.patch(14, 14, np.full((20, 20, 3), 200, np.uint8))
    parts = {box: frame.part(box) for box in (Box(0, 0, 30, 9), Box(10, 10, 40, 40), Box(40, 0, 64, 48))}
    assert (handed_out == as_it_was).all()
    assert (frame.to_bgr()[4:14, 4:24] == 10).all() and (frame.to_bgr()[14:34, 14:34] == 200).all()
    for box, part in parts.items():
        assert (part == frame.to_bgr()[box.rows, box.columns]).all()
        assert not part.flags.writeable
    assert (frame.part(Box(3, 3, 30, 30)) == frame.to_bgr()[3:30, 3:30]).all()
