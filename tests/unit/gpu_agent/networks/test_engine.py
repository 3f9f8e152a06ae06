"""The engine: what it makes of photos and squares is what its networks make of them."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from contracts.errors import Reason, WeightsError, WorkError
from faces.align import best_similarity, warp
from faces.detect import Detector, Picture
from gpu_agent import engines
from gpu_agent.engines.base import Engine, Photo
from gpu_agent.engines.templates import templates
from gpu_agent.networks.loading import load_generator, load_identity
from gpu_agent.networks.running import told_as_memory
from tests.portraits import astronaut, hopper

Files = Mapping[str, Mapping[str, Path]]
FAMILY = "simswap-224"


def photo(picture: Picture, weight: float = 1.0) -> Photo:
    return Photo(picture, Detector().detect(picture)[0].points, weight)


@pytest.fixture(scope="module")
def engine(small_weights: Files) -> Engine:
    return engines.create("simswap:ours", "cpu", small_weights[FAMILY])


def latent(engine: Engine, files: Mapping[str, Path], of: Photo) -> Tensor:
    """As the published scripts have it: of the aligned square every so manieth pixel."""
    crop = warp(of.picture, best_similarity(of.points, engine.templates), engine.size)
    places = (np.arange(112) * engine.size) // 112
    rgb = crop[places][:, places, ::-1].astype(np.float32) / 255
    return load_identity(files["identity"])(torch.from_numpy(rgb).permute(2, 0, 1)[None])[0]


@pytest.mark.parametrize(("family", "size", "count"), [(FAMILY, 64, 5), ("trained-512", 64, 1)])
def test_it_is_what_its_weights_are(family: str, size: int, count: int, small_weights: Files) -> None:
    made = engines.create("simswap:ours", "cpu", small_weights[family])
    assert (made.name, made.device, made.size) == ("simswap:ours", "cpu", size)
    assert made.templates.shape == (count, 5, 2)


def test_squares_become_what_the_generator_makes_of_them(engine: Engine, small_weights: Files) -> None:
    """Each with its own identity, blue first."""
    people = [photo(hopper()), photo(astronaut())]
    files = small_weights[FAMILY]
    crops = np.stack([warp(p.picture, best_similarity(p.points, engine.templates), 64) for p in people])
    done = engine.swap(crops, [engine.prepare([p]) for p in reversed(people)])
    generator = load_generator(files["generator"])
    with torch.inference_mode():
        styles = generator.styles(torch.stack([latent(engine, files, p) for p in reversed(people)]))
        rgb = torch.from_numpy(crops[..., ::-1].copy()).permute(0, 3, 1, 2) / 255
        expected = generator(rgb, styles).permute(0, 2, 3, 1).flip(3).numpy() * 255
    assert np.abs(done.crops - expected).max() < 0.51
    assert done.masks.shape == (2, 64, 64) and (done.masks == 1).all()


def test_the_identity_of_several_photos_is_their_weighted_mean(engine: Engine, small_weights: Files) -> None:
    files = small_weights[FAMILY]
    parts = [photo(hopper(), 3.0), photo(astronaut(), 1.0)]
    mean = sum(part.weight * latent(engine, files, part) for part in parts)
    assert isinstance(mean, Tensor)
    expected = load_generator(files["generator"]).styles(nn.functional.normalize(mean, dim=0)[None])[0]
    made = engine.prepare(parts)
    assert torch.allclose(made.data, expected, atol=1e-5)
    assert not torch.allclose(engine.prepare(parts[:1]).data, expected, atol=1e-3)


def test_no_square_is_no_work(engine: Engine) -> None:
    done = engine.swap(np.zeros((0, 64, 64, 3), np.uint8), [])
    assert len(done.crops) == len(done.masks) == 0


@pytest.mark.parametrize("role", ["generator", "identity"])
def test_weights_that_are_not_there_are_named(role: str, small_weights: Files) -> None:
    rest = {name: path for name, path in small_weights[FAMILY].items() if name != role}
    with pytest.raises(WorkError, match=role) as caught:
        engines.create("simswap", "cpu", rest)
    assert caught.value.reason is Reason.WEIGHTS_MISSING
    assert not caught.value.retryable


def test_weights_in_the_wrong_role_are_refused(small_weights: Files) -> None:
    files = small_weights[FAMILY]
    with pytest.raises(WeightsError) as caught:
        engines.create("simswap", "cpu", files | {"generator": files["identity"]})
    assert caught.value.reason is Reason.BAD_WEIGHTS


def test_templates_are_the_published_ones() -> None:
    poses = templates(224, ffhq=False)
    assert poses[2, 2] == pytest.approx((112, 68.493 * 2))
    assert poses[0, :, 0].mean() < poses[1, :, 0].mean() < poses[3, :, 0].mean() < poses[4, :, 0].mean()
    # Left and right poses are each other's mirror images.
    mirrored = poses[::-1, [1, 0, 2, 4, 3]] * (-1, 1) + (224, 0)
    assert np.abs(mirrored - poses).max() < 1.2
    assert templates(256, ffhq=True)[0, 2] == pytest.approx((256.63416 / 2, 314.01935 / 2))


def test_want_of_memory_is_known_in_all_words() -> None:
    with pytest.raises(MemoryError), told_as_memory():
        torch.empty(2**50)
    for said in ("could not create a primitive", "std::bad_alloc", "CUDNN_STATUS_ALLOC_FAILED"):
        with pytest.raises(MemoryError), told_as_memory():
            raise RuntimeError(said)
    with pytest.raises(RuntimeError, match="shape"), told_as_memory():
        raise RuntimeError("a shape does not fit")


def test_nothing_but_the_engine_imports_torch() -> None:
    """All else starts without it, and says what is missing."""
    code = """
import sys
sys.modules["torch"] = None
import importlib.util
find = importlib.util.find_spec
import gpu_agent.engines as engines
engines.find_spec = lambda name: None if name == "torch" else find(name)
import gpu_agent.actor, gpu_agent.worker, visage.cli, visage.doctor
assert engines.available() == ["paste", "compact"], engines.available()
assert engines.known() == ["paste", "compact", "simswap"]
from contracts.errors import WorkError
try:
    engines.create("simswap")
except WorkError as error:
    assert error.reason == "engine-missing", error.reason
    assert "make torch" in error.message, error.message
else:
    raise AssertionError("created")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
