"""Loading is strict: the first tensor that does not fit is named."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from contracts.errors import Reason, WeightsError
from gpu_agent.networks.families import GENERATORS
from gpu_agent.networks.loading import load_generator, load_identity
from gpu_agent.weights.kept import write
from tests.unit.gpu_agent.networks import lively

FIRST = {"simswap-512": "down0.0.weight", "trained-512": "down1.0.weight"}


def write_changed(path: Path, family: str, changes: Mapping[str, lively.Array | None]) -> Path:
    """A file of the family whose tensors are others, or not there."""
    made: lively.State = {}
    for name, array in (lively.state(lively.SMALL[family]) | dict(changes)).items():
        if array is not None:
            made[name] = array
    shapes = {name: array.shape for name, array in made.items()}
    write(path, shapes, made.__getitem__, lively.SMALL[family])
    return path


@pytest.mark.parametrize("family", GENERATORS)
def test_every_tensor_of_every_family_is_where_it_belongs(family: str, tmp_path: Path) -> None:
    network = load_generator(lively.write_file(tmp_path / "g", lively.SMALL[family]))
    state = lively.state(lively.SMALL[family])
    assert not network.training
    for name, value in network.state_dict().items():
        assert (value.numpy() == state[name]).all()


@pytest.mark.parametrize(
    ("name", "array", "said"),
    [
        ("down2.0.bias", None, "missing"),
        ("down2.0.bias", np.zeros(5, np.float32), "5"),
        ("up7.1.weight", np.zeros(5, np.float32), "up7.1.weight"),
    ],
)
@pytest.mark.parametrize("family", GENERATORS)
def test_what_does_not_fit_is_named(
    family: str, name: str, array: lively.Array | None, said: str, tmp_path: Path
) -> None:
    path = write_changed(tmp_path / "g", family, {name: array})
    with pytest.raises(WeightsError, match=said) as caught:
        load_generator(path)
    assert caught.value.reason is Reason.BAD_WEIGHTS
    assert caught.value.detail["key"] == name


@pytest.mark.parametrize("family", FIRST)
def test_weights_of_another_family_are_no_half_fit(family: str, tmp_path: Path) -> None:
    """The trap of the published loader: it takes what fits and leaves the rest as it was drawn."""
    other = next(name for name in FIRST if name != family)
    made = lively.state(lively.SMALL[other])
    path = tmp_path / "g"
    shapes = {name: array.shape for name, array in made.items()}
    write(path, shapes, made.__getitem__, lively.SMALL[family])
    with pytest.raises(WeightsError) as caught:
        load_generator(path)
    assert caught.value.detail["key"] == FIRST[family]


def test_counters_may_be_missing(tmp_path: Path) -> None:
    counters = [name for name in lively.state(lively.SMALL["simswap-224"]) if name.endswith("tracked")]
    path = write_changed(tmp_path / "g", "simswap-224", dict.fromkeys(counters))
    network = load_generator(path)
    assert torch.equal(network.state_dict()[counters[0]], torch.tensor(0))


def test_each_role_takes_its_own(tmp_path: Path) -> None:
    generator = lively.write_file(tmp_path / "g", lively.SMALL["trained-512"])
    identity = lively.write_file(tmp_path / "i", lively.SMALL_IDENTITY)
    assert load_identity(identity).fc.out_features == 32
    with pytest.raises(WeightsError, match="arcface"):
        load_generator(identity)
    with pytest.raises(WeightsError, match="trained-512"):
        load_identity(generator)
