"""The engine of the network that comes with Visage: whose face goes in, and what is shown of what comes out."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from contracts import packaged
from contracts.errors import Reason, WorkError
from faces.align import ARCFACE_112
from faces.detect import Detector, Picture
from faces.recognize import SFace, unit
from gpu_agent import engines
from gpu_agent.blend import COMPAT, SOFT, blending
from gpu_agent.engines.base import Crops, Engine, Identity, Photo, Swapped
from gpu_agent.networks.graph import OnProcessor
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.swapping import swapped
from media.pictures.still import Still
from tests.packages import put, small
from tests.portraits import astronaut, hopper


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def engine(weights: Path) -> Engine:
    return engines.create("compact", "cpu", {"generator": weights})


def photo(picture: Picture, weight: float = 1.0) -> Photo:
    return Photo(picture, Detector().detect(picture)[0].points, weight)


def test_its_square_is_arcfaces_at_128_pixels(engine: Engine) -> None:
    assert (engine.name, engine.device, engine.size) == ("compact", "cpu", 128)
    assert engine.templates == pytest.approx(ARCFACE_112[None] * 128 / 112)


def test_an_identity_is_the_weighted_mean_of_what_sface_sees(engine: Engine) -> None:
    parts = [photo(hopper(), 3.0), photo(astronaut(), 1.0)]
    first, second = (SFace().embed(part.picture, part.points) for part in parts)
    assert engine.prepare(parts[:1]).data == pytest.approx(first, abs=1e-6)
    made = engine.prepare(parts).data
    assert made == pytest.approx(unit(3 * first + second), abs=1e-6)
    assert made.dtype == np.float32


def test_each_square_gets_its_own_identity_and_the_networks_mask(engine: Engine, weights: Path) -> None:
    crops = np.random.default_rng(1).integers(0, 256, (2, 128, 128, 3), np.uint8)
    one, other = engine.prepare([photo(hopper())]), engine.prepare([photo(astronaut())])
    done = engine.swap(crops, [one, other])
    faces, masks = OnProcessor(weights.with_suffix(".onnx"), 1).run(crops, np.stack([one.data, other.data]))
    assert (done.crops == faces).all()
    assert done.masks == pytest.approx(masks, abs=1e-6)
    turned = engine.swap(crops, [other, one])
    assert (turned.crops != done.crops).any((1, 2, 3)).all()
    assert len(engine.swap(crops[:0], []).crops) == 0


class Half:
    """An engine that makes all of its square white, and shows the left half of it."""

    name, device, size, batch = "half", "cpu", 128, 4
    templates = ARCFACE_112[None] * 128 / 112

    def prepare(self, photos: list[Photo]) -> Identity:
        return Identity(self.name, None)

    def swap(self, crops: Crops, identities: list[Identity]) -> Swapped:
        masks = np.zeros(crops.shape[:3], np.float32)
        masks[:, :, :64] = 1
        return Swapped(np.full_like(crops, 255), masks)


@pytest.mark.parametrize("way", [SOFT, COMPAT])
def test_what_an_engine_does_not_show_stays_as_it_was(way: str) -> None:
    points = Detector().detect(astronaut())[0].points
    frame, half = Still(astronaut()), Half()
    list(swapped([Seen(frame, [SeenFace(points)])], half, [half.prepare([])], blending(way, half)))
    x, y = points.mean(0).astype(int)
    moved = np.abs(frame.to_bgr().astype(int) - astronaut())[y - 15 : y + 15]
    assert moved[:, x - 25 : x - 10].mean() > 20
    assert moved[:, x + 10 : x + 25].mean() < 4  # some detail goes, where squares are cut and put back


def test_it_is_at_hand_where_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "FOLDER", tmp_path)
    assert "compact" not in engines.available()
    assert engines.usual() == "paste"
    with pytest.raises(WorkError) as caught:
        engines.create("compact")
    assert caught.value.reason is Reason.WEIGHTS_MISSING
    put(tmp_path, "compact-clean", "clean")
    assert "compact" in engines.available()
    assert engines.usual() == "compact:clean"
    small(tmp_path)
    assert engines.usual() == "compact"
    assert engines.create("compact").size == 128


def test_it_needs_no_torch(weights: Path) -> None:
    code = """
import sys
sys.modules["torch"] = None
from pathlib import Path
import numpy as np
from gpu_agent import engines
from gpu_agent.engines.base import Identity
engine = engines.create("compact", "cpu", {"generator": Path(sys.argv[1])})
done = engine.swap(np.zeros((1, 128, 128, 3), np.uint8), [Identity("compact", np.ones(128, np.float32))])
assert done.masks.shape == (1, 128, 128)
import importlib.util
engines.find_spec = lambda name: None
try:
    engines.create("compact", "cuda:0", {"generator": Path(sys.argv[1])})
except engines.WorkError as error:
    assert "make setup" in error.message, error.message
engines.find_spec = importlib.util.find_spec
"""
    subprocess.run([sys.executable, "-c", code, weights], check=True)
