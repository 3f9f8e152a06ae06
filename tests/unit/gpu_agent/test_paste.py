"""The stand-in engine, on portraits."""

import cv2
import numpy as np
import pytest

from contracts.errors import Reason, WorkError
from faces.align import best_similarity, warp
from faces.detect import Detector, Picture
from gpu_agent import engines
from gpu_agent.batches import swap
from gpu_agent.engines.base import Crops, Engine, Identity, Photo, Swapped
from gpu_agent.engines.paste import PasteEngine
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.swapping import swapped
from gpu_agent.turning import stored_points, upright
from media.pictures.still import Still
from tests.portraits import astronaut, hopper


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engines.create("paste")


@pytest.fixture(scope="module")
def identity(engine: Engine) -> Identity:
    return engine.prepare([Photo(hopper(), Detector().detect(hopper())[0].points)])


def astronauts_crop(engine: Engine) -> Picture:
    return crop(astronaut(), engine)


def crop(picture: Picture, engine: Engine) -> Picture:
    points = Detector().detect(picture)[0].points
    return warp(picture, best_similarity(points, engine.templates), engine.size)


def swapped_astronaut(engine: Engine, identity: Identity) -> Picture:
    frame = Still(astronaut())
    face = SeenFace(Detector().detect(astronaut())[0].points)
    for seen in swapped([Seen(frame, [face])], engine, [identity]):
        assert seen.frame is frame
    return frame.to_bgr()


def test_the_registry_knows_its_engines() -> None:
    assert "paste" in engines.available()
    with pytest.raises(WorkError) as caught:
        engines.create("no-such-engine")
    assert caught.value.reason is Reason.ENGINE_MISSING


def test_masks_are_a_face_and_leave_the_border_alone(engine: Engine, identity: Identity) -> None:
    result = engine.swap(np.stack([astronauts_crop(engine)] * 3), [identity] * 3)
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

    def detail(picture: Picture) -> np.ndarray:
        gray = cv2.cvtColor(crop(picture, engine), cv2.COLOR_BGR2GRAY).astype(np.float32)[140:320, 130:254]
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
