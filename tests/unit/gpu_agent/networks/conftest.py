"""Files of small weights, made once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gpu_agent.networks.families import GENERATORS
from tests.unit.gpu_agent.networks import lively


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Path]]:
    """By family of the generator, files of small networks by role."""
    folder = tmp_path_factory.mktemp("small")
    identity = lively.write_file(folder / "arcface", lively.SMALL_IDENTITY)
    return {
        family: {"generator": lively.write_file(folder / family, lively.SMALL[family]), "identity": identity}
        for family in GENERATORS
    }
