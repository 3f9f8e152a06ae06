"""A picture through the worker's own code: the face is swapped, and nothing else is touched."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_agent.identities import Identities
from gpu_agent.pipeline import Workshop
from media.pictures.opening import shown
from media.sources.source import open_source
from tests.heic import heic
from tests.integration.gpu_agent.swapping import swapped
from tests.portraits import astronaut
from tests.stills import png, saved

# Where the astronaut's head is, in rows and columns of the picture.
_HEAD = (slice(20, 230), slice(130, 330))


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop(Identities("cpu"), threads=1)


def _made(name: str, path: Path) -> Path:
    picture = np.ascontiguousarray(astronaut()[:, :, ::-1])
    if name == "turned":
        exif = Image.Exif()
        exif[0x0112] = 6
        return saved(path / "a.jpg", Image.fromarray(np.rot90(picture).copy()), quality=92, exif=exif)
    if name == "inks":
        return saved(path / "a.jpg", Image.fromarray(picture).convert("CMYK"), quality=95)
    if name == "16 bits":
        (path / "a.png").write_bytes(png(picture.astype(np.uint16) * 257, 16, 2))
        return path / "a.png"
    return heic(path / "a.heic", picture, tiled=True)


@pytest.mark.parametrize("name", ["turned", "inks", "16 bits", "tiles"])
def test_the_face_is_swapped_and_nothing_else(name: str, workshop: Workshop, tmp_path: Path) -> None:
    path = _made(name, tmp_path)
    result = swapped(workshop, path, tmp_path)
    (outcome,) = result.outcomes
    assert (outcome.frames, outcome.faces) == (1, 1)
    with open_source(path) as before, open_source(result.out) as after:
        apart = np.abs(shown(before).astype(int) - shown(after))
    assert apart.shape == astronaut().shape
    assert (apart[_HEAD].max(axis=2) > 12).mean() > 0.1
    apart[_HEAD] = 0
    assert apart.max() <= (12 if name == "tiles" else 0)
