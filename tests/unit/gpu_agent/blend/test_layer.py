"""A square laid over a box of a frame: only there, and as sharp as the frame was."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from faces.align import ARCFACE_112, similarity, warp
from faces.detect import Picture
from gpu_agent.blend.edge import soft_square
from gpu_agent.blend.layer import Layer, blended, box_of
from media.pixels.paint import Box
from tests.portraits import astronaut

MASK = np.zeros((64, 64), np.uint8)
MASK[16:48, 16:48] = 255
EDGE = (soft_square(48) * 255).astype(np.uint8)
CROP = np.full((64, 64, 3), 200, np.uint8)


def laid(frame: Picture, layer: Layer) -> tuple[Box, Picture] | None:
    box = box_of(layer, frame.shape[1], frame.shape[0])
    if box is None:
        return None
    part = frame[box.rows, box.columns]
    return box, blended(layer, part, part, box)


@given(st.floats(-80, 200), st.floats(-80, 200), st.floats(0.3, 3), st.floats(-3, 3))
def test_only_the_mask_changes_and_never_beyond_the_frame(
    x: float, y: float, size: float, turn: float
) -> None:
    frame = np.full((120, 160, 3), 50, np.uint8)
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    matrix = np.array([[cos, -sin, x], [sin, cos, y]])
    done = laid(frame, Layer(CROP, MASK, matrix))
    if done is None:
        return
    box, pixels = done
    assert box.left >= 0 and box.top >= 0 and box.right <= 160 and box.bottom <= 120
    rows, columns = np.mgrid[box.rows, box.columns]
    u = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
    v = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
    soft = 1 + 2 * max(size, 1)
    outside = (u < 16 - soft) | (u > 47 + soft) | (v < 16 - soft) | (v > 47 + soft)
    inside = (u > 16 + soft) & (u < 47 - soft) & (v > 16 + soft) & (v < 47 - soft)
    assert (pixels[outside] == 50).all()
    assert (pixels[inside] == 200).all()


def test_a_square_beyond_the_frame_has_no_box() -> None:
    matrix = similarity(ARCFACE_112 + 500, ARCFACE_112)
    assert box_of(Layer(CROP, MASK, matrix), 50, 50) is None


def test_an_empty_mask_has_no_box() -> None:
    assert box_of(Layer(CROP, MASK * 0, np.eye(2, 3)), 64, 64) is None


def test_a_close_face_keeps_the_frames_detail() -> None:
    """A square of a quarter of the face's size, laid back as it was cut, is the frame again."""
    frame = astronaut()
    matrix = np.array([[0.25, 0, -32.0], [0, 0.25, -8.0]])
    crop = warp(frame, matrix, 48)
    alike = np.full((48, 48), 255, np.uint8)
    plain = laid(frame, Layer(crop, EDGE, matrix))
    kept = laid(frame, Layer(crop, EDGE, matrix, crop, alike))
    assert plain is not None and kept is not None
    before, without, with_detail = (
        part[50:150, 50:150].astype(np.float32)
        for part in (frame[plain[0].rows, plain[0].columns], plain[1], kept[1])
    )
    fine = [float(cv2.Laplacian(part, cv2.CV_32F).std()) for part in (before, without, with_detail)]
    assert fine[1] < 0.3 * fine[0] and fine[2] > 2 * fine[1], fine
    assert np.abs(with_detail - before).mean() < 0.7 * np.abs(without - before).mean()


def test_detail_is_not_kept_where_the_shapes_differ() -> None:
    frame = astronaut()
    matrix = np.array([[0.25, 0, -32.0], [0, 0.25, -8.0]])
    crop = warp(frame, matrix, 48)
    plain = laid(frame, Layer(crop, EDGE, matrix))
    none = laid(frame, Layer(crop, EDGE, matrix, crop, np.zeros((48, 48), np.uint8)))
    assert plain is not None and none is not None
    assert (plain[1] == none[1]).all()
