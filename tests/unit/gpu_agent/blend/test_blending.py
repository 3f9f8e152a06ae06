"""A whole swap laid back: no seam, the target's colors, hair as it was, and the same for every size of face."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest

from faces.align import ARCFACE_112, Matrix, inverse, scale_of, similarity, transform
from faces.detect import Detector, Picture, Points
from gpu_agent.blend import COMPAT, SOFT, blending
from gpu_agent.blend.covering import Coverings, face_mask
from gpu_agent.blend.edge import soft_square
from gpu_agent.blend.small import SIDE, reduced
from gpu_agent.blend.templates import Templates, error
from gpu_agent.blend.tones import change
from gpu_agent.engines.base import Crops, Identity, Photo, Swapped
from gpu_agent.engines.templates import templates
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.swapping import swapped
from media.pictures.still import Still
from tests.portraits import astronaut, hopper

Change = Callable[[Picture], Picture]


class Changing:
    """An engine that does something to the square and says that it did it all over."""

    name, device, size, batch = "changing", "cpu", 112, 16

    def __init__(self, change: Change) -> None:
        self._change = change
        self.templates: Matrix = templates(112, ffhq=False)

    def prepare(self, photos: Sequence[Photo]) -> Identity:
        return Identity(self.name, None)

    def swap(self, crops: Crops, identities: Sequence[Identity]) -> Swapped:
        changed = np.stack([self._change(crop) for crop in crops])
        return Swapped(changed, np.ones(crops.shape[:3], np.float32))


def shifted(crop: Picture) -> Picture:
    return np.clip(crop * [1.1, 0.95, 0.85] + [20, 5, -25], 0, 255).astype(np.uint8)


def laid(picture: Picture, points: Points, change: Change, way: str = SOFT) -> Picture:
    engine, frame = Changing(change), Still(picture)
    seen = Seen(frame, [SeenFace(points)])
    list(swapped([seen], engine, [engine.prepare([])], blending(way, engine)))
    return frame.to_bgr()


@pytest.fixture(scope="module")
def points() -> Points:
    return Detector().detect(astronaut())[0].points


def test_another_color_is_taken_back(points: Points) -> None:
    difference = laid(astronaut(), points, shifted).astype(int) - astronaut()
    raw = laid(astronaut(), points, shifted, COMPAT).astype(int) - astronaut()
    x, y = points.mean(0).astype(int)
    face = np.s_[y - 30 : y + 30, x - 30 : x + 30]
    assert np.abs(difference[face].mean((0, 1))).max() < 3 < 15 < np.abs(raw[face].mean((0, 1))).max()


def test_no_seam_shows_where_the_mask_ends() -> None:
    """A swap in other light stays so in its middle, and takes on the frame's where its mask fades."""
    target = np.full((SIDE, SIDE, 3), (110, 130, 150), np.uint8)
    light = np.linspace(30, -30, SIDE)[None, :, None]
    other = np.clip(target + light, 0, 255).astype(np.uint8)
    rows, columns = np.mgrid[:SIDE, :SIDE] - 31.5
    weight = np.clip((22 - np.hypot(rows, columns)) / 6, 0, 1).astype(np.float32)
    off = np.abs(other + change(other, target, weight) - target).mean(2)
    fading, middle = (weight > 0.05) & (weight < 0.6), (np.abs(columns) > 6) & (np.hypot(rows, columns) < 10)
    assert off[fading].mean() < 0.3 * np.abs(other.astype(int) - target).mean(2)[fading].mean()
    assert off[middle].mean() > 0.7 * np.abs(other.astype(int) - target).mean(2)[middle].mean()


def test_a_swap_that_changes_nothing_leaves_the_face_sharp(points: Points) -> None:
    large = cv2.resize(astronaut(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    x, y = (points * 2).mean(0).astype(int)

    def fine(picture: Picture) -> float:
        gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
        return float((gray - cv2.GaussianBlur(gray, (0, 0), 2))[y - 60 : y + 60, x - 60 : x + 60].std())

    soft, official = (fine(laid(large, points * 2, lambda crop: crop, way)) for way in (SOFT, COMPAT))
    assert soft > 0.78 * fine(large) and official < 0.72 * fine(large)


@pytest.mark.parametrize("scale", [0.25, 1.0])
def test_small_faces_are_swapped_as_large_ones(points: Points, scale: float) -> None:
    picture = cv2.resize(astronaut(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    moved = np.asarray(((points + 0.5) * scale - 0.5), np.float32)
    made = laid(picture, moved, lambda crop: crop[::-1])
    x, y = moved.mean(0).astype(int)
    reach = max(2, round(12 * scale))
    face = np.s_[y - reach : y + reach, x - reach : x + reach]
    assert np.abs(made[face].astype(int) - picture[face]).mean() > 8


def test_hair_cap_and_background_are_no_face() -> None:
    detector = Detector()
    for picture, others in ((hopper(), [(256, 25), (40, 60)]), (astronaut(), [(225, 20), (165, 30)])):
        found = detector.detect(picture)[0].points
        matrix = similarity(found, templates(SIDE, ffhq=False)[2])
        square = cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA)
        mask = face_mask(square, transform(matrix, found))
        for u, v in transform(matrix, found).round().astype(int):
            assert mask[v, u] > 0.95
        for u, v in transform(matrix, others).round().astype(int):
            assert not (0 <= u < SIDE and 0 <= v < SIDE) or mask[v, u] < 0.1


def test_a_mask_moves_over_some_frames() -> None:
    coverings = Coverings()
    where = np.asarray(ARCFACE_112 * (SIDE / 112))
    skin = np.full((SIDE, SIDE, 3), (120, 150, 200), np.uint8)
    dark = skin.copy()
    dark[:14] = 10
    bare, covered = face_mask(skin, where), face_mask(dark, where)
    first = coverings.face(1, skin, where)
    second = coverings.face(1, dark, where)
    assert (first == bare).all() and not np.allclose(bare, covered)
    assert np.allclose(
        second, np.where(covered < bare, bare + 0.7 * (covered - bare), bare + 0.35 * (covered - bare))
    )
    assert (coverings.face(2, dark, where) == covered).all()


def test_the_edge_is_whole_inside_and_nothing_at_the_border() -> None:
    for size in (112, 224, 512):
        square = soft_square(size)
        assert (
            square[size // 2, size // 2] == pytest.approx(1) and square[0].max() == square[:, -1].max() == 0
        )
        assert square.mean() == pytest.approx(0.67, abs=0.02)  # as the published way does at 224 pixels


class TestTemplates:
    poses = templates(224, ffhq=False)

    def between(self, share: float) -> Matrix:
        return np.asarray(self.poses[2] * (1 - share) + self.poses[3] * share)

    def test_a_face_between_two_poses_does_not_jump(self) -> None:
        wavering = [self.between(0.5 + 0.03 * (-1) ** index) for index in range(20)]
        best = [int(np.argmin([error(face, one) for one in self.poses])) for face in wavering]
        assert len(set(best)) == 2
        chosen, first = Templates(self.poses), self.poses[best[0]]
        for face in wavering:
            assert np.allclose(chosen.matrix(1, face), similarity(face, first))

    def test_a_face_that_turned_moves_to_its_pose_over_some_frames(self) -> None:
        faces = [self.between(0.0)] * 3 + [self.between(1.0)] * 12
        chosen = Templates(self.poses)
        reached = [transform(chosen.matrix(1, face), face) for face in faces]
        steps = [float(np.abs(a - b).max()) for a, b in pairwise(reached[3:])]
        assert np.allclose(reached[-1], self.poses[3], atol=1e-6) and np.allclose(
            reached[0], self.poses[2], atol=1e-6
        )
        assert max(steps) < 0.4 * float(np.abs(self.poses[3] - self.poses[2]).max())

    def test_tracks_do_not_know_of_each_other(self) -> None:
        chosen = Templates(self.poses)
        chosen.matrix(1, self.between(0.0))
        assert np.allclose(transform(chosen.matrix(2, self.between(1.0)), self.between(1.0)), self.poses[3])


def test_reduced_squares_show_the_same() -> None:
    small = reduced(astronaut())
    back = inverse(np.array([[SIDE / 512, 0, 0], [0, SIDE / 512, 0]]))
    assert small.shape == (SIDE, SIDE, 3) and scale_of(back) == pytest.approx(8)
