"""The stand-in engine and the paste-back, on portraits."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Reason, WorkError
from faces.align import ARCFACE_112, similarity
from faces.detect import Detector, Picture
from gpu_agent import engines
from gpu_agent.batches import aligned, swap
from gpu_agent.engines.base import Crops, Engine, Identity, Photo, Swapped
from gpu_agent.engines.paste import PasteEngine
from gpu_agent.paste_back import patch
from gpu_agent.turning import stored_points, upright
from tests.portraits import astronaut, hopper


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engines.create("paste")


@pytest.fixture(scope="module")
def identity(engine: Engine) -> Identity:
    return engine.prepare([Photo(hopper(), Detector().detect(hopper())[0].points)])


def swapped_astronaut(engine: Engine, identity: Identity) -> Picture:
    square = aligned(astronaut(), Detector().detect(astronaut())[0].points, engine)
    result = engine.swap(square.crop[None], [identity])
    done = patch(astronaut(), result.crops[0], result.masks[0], square.matrix)
    assert done is not None
    out = astronaut().copy()
    out[done.y : done.y + done.pixels.shape[0], done.x : done.x + done.pixels.shape[1]] = done.pixels
    return out


def test_the_registry_knows_its_engines() -> None:
    assert "paste" in engines.available()
    with pytest.raises(WorkError) as caught:
        engines.create("no-such-engine")
    assert caught.value.reason is Reason.ENGINE_MISSING


def test_masks_are_a_face_and_leave_the_border_alone(engine: Engine, identity: Identity) -> None:
    square = aligned(astronaut(), Detector().detect(astronaut())[0].points, engine)
    result = engine.swap(np.stack([square.crop] * 3), [identity] * 3)
    assert result.crops.shape == (3, engine.size, engine.size, 3)
    assert result.crops.dtype == np.uint8
    mask = result.masks[0]
    assert mask.shape == (engine.size, engine.size)
    assert mask.min() >= 0 and mask.max() <= 1
    assert mask[:4].max() == mask[:, :4].max() == mask[:, -4:].max() == 0
    assert 0.2 < mask.mean() < 0.5
    for x, y in engine.templates[0]:
        assert mask[round(y), round(x)] > 0.9


def test_the_face_changes_and_nothing_else(engine: Engine, identity: Identity) -> None:
    out = swapped_astronaut(engine, identity)
    x, y, width, height = (round(value) for value in Detector().detect(astronaut())[0].box)
    box = np.zeros((512, 512), bool)
    box[y - 12 : y + height + 12, x - 12 : x + width + 12] = True
    assert (out[~box] == astronaut()[~box]).all()
    inside = np.abs(out[box].astype(int) - astronaut()[box]).mean()
    assert inside > 4


def test_the_result_is_likelier_the_photos_person(engine: Engine, identity: Identity) -> None:
    """By gray detail of the aligned face: nearer to the photo's than to the target's."""
    detector = Detector()

    def detail(picture: Picture) -> np.ndarray:
        square = aligned(picture, detector.detect(picture)[0].points, engine).crop
        gray = cv2.cvtColor(square, cv2.COLOR_BGR2GRAY).astype(np.float32)[110:330, 100:284]
        band = cv2.GaussianBlur(gray, (0, 0), 4) - cv2.GaussianBlur(gray, (0, 0), 24)
        return band / band.std()

    result = detail(swapped_astronaut(engine, identity))
    assert (result * detail(hopper())).mean() > (result * detail(astronaut())).mean() + 0.1


def test_the_skins_color_is_the_targets(engine: Engine, identity: Identity) -> None:
    out = swapped_astronaut(engine, identity)
    cheeks = np.s_[125:145, 195:250]
    before, after = (
        cv2.cvtColor(p, cv2.COLOR_BGR2Lab)[cheeks].reshape(-1, 3).mean(0) for p in (astronaut(), out)
    )
    assert np.abs(before - after).max() < 14


def test_a_batch_that_is_too_large_is_halved(identity: Identity) -> None:
    class Small(PasteEngine):
        """Has memory for two faces."""

        sizes: list[int] = []

        def swap(self, crops: Crops, identities: object) -> Swapped:
            self.sizes.append(len(crops))
            if len(crops) > 2:
                raise MemoryError
            return Swapped(crops, crops[..., 0].astype(np.float32) / 255)

    crops = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((5, 4, 4, 3), np.uint8)
    result = swap(Small(), crops, [identity] * 5)
    assert (result.crops == crops).all()
    assert max(Small.sizes[1:]) < 5


class TestPatch:
    mask = np.zeros((64, 64), np.float32)
    mask[16:48, 16:48] = 1
    crop = np.full((64, 64, 3), 200, np.uint8)

    @given(st.floats(-80, 200), st.floats(-80, 200), st.floats(0.3, 3), st.floats(-3, 3))
    def test_only_the_mask_changes_and_never_beyond_the_frame(
        self, x: float, y: float, size: float, turn: float
    ) -> None:
        frame = np.full((120, 160, 3), 50, np.uint8)
        cos, sin = size * np.cos(turn), size * np.sin(turn)
        matrix = np.array([[cos, -sin, x], [sin, cos, y]])
        done = patch(frame, self.crop, self.mask, matrix)
        if done is None:
            return
        height, width = done.pixels.shape[:2]
        assert done.x >= 0 and done.y >= 0 and done.x + width <= 160 and done.y + height <= 120
        rows, columns = np.mgrid[done.y : done.y + height, done.x : done.x + width]
        u = matrix[0, 0] * columns + matrix[0, 1] * rows + matrix[0, 2]
        v = matrix[1, 0] * columns + matrix[1, 1] * rows + matrix[1, 2]
        outside = (u < 14) | (u > 49) | (v < 14) | (v > 49)
        inside = (u > 17) & (u < 46) & (v > 17) & (v < 46)
        assert (done.pixels[outside] == 50).all()
        assert (done.pixels[inside] == 200).all()

    def test_a_square_beyond_the_frame_is_none(self) -> None:
        matrix = similarity(ARCFACE_112 + 500, ARCFACE_112)
        assert patch(np.zeros((50, 50, 3), np.uint8), self.crop, self.mask, matrix) is None

    def test_an_empty_mask_is_none(self) -> None:
        frame = np.zeros((64, 64, 3), np.uint8)
        assert patch(frame, self.crop, self.mask * 0, np.eye(2, 3)) is None


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_points_found_upright_lie_on_the_same_pixels_as_stored(rotation: int) -> None:
    generator = np.random.default_rng(3)
    stored = generator.integers(0, 255, (30, 50, 3), np.uint8)
    seen = upright(stored, rotation)
    height, width = seen.shape[:2]
    points = np.stack([generator.integers(0, width, 5), generator.integers(0, height, 5)], 1).astype(
        np.float32
    )
    back = stored_points(points, rotation, 50, 30).astype(int)
    for (x, y), (u, v) in zip(points.astype(int), back, strict=True):
        assert (seen[y, x] == stored[v, u]).all()


def test_a_clockwise_turn_brings_the_left_edge_to_the_top() -> None:
    stored = np.zeros((4, 6, 3), np.uint8)
    stored[:, 0] = 255
    assert (upright(stored, 90)[0] == 255).all()
