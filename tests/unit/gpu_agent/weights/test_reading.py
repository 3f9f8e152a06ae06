"""Files of every layout give the numbers that were saved."""

from pathlib import Path

import pytest
import torch

from gpu_agent.weights.fitting import check_fit, numbers_of
from gpu_agent.weights.sources import open_weights
from tests.unit.gpu_agent.weights.made import LAYOUT, WRITERS, small_generator


@pytest.mark.parametrize("writer", WRITERS)
def test_every_layout_gives_the_numbers_that_were_saved(writer: str, tmp_path: Path) -> None:
    network, path = small_generator(), tmp_path / "weights.pth"
    expected = {name: value.clone() for name, value in network.state_dict().items()}
    WRITERS[writer](network, path)
    tensors = open_weights(path).tensors
    check_fit(tensors, LAYOUT, "simswap-224")
    assert set(tensors) == set(expected)
    for name, tensor in tensors.items():
        assert torch.equal(torch.from_numpy(numbers_of(name, tensor)), expected[name]), name


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("zipped", [True, False])
def test_other_kinds_of_floats_become_32_bits(kind: torch.dtype, zipped: bool, tmp_path: Path) -> None:
    network, path = small_generator().to(kind), tmp_path / "weights.pth"
    torch.save(network.state_dict(), path, _use_new_zipfile_serialization=zipped)
    tensors = open_weights(path).tensors
    for name, value in network.state_dict().items():
        wanted = value.float() if value.is_floating_point() else value
        assert torch.equal(torch.from_numpy(numbers_of(name, tensors[name])), wanted), name


def test_files_from_before_counters_fit_too(tmp_path: Path) -> None:
    state = small_generator().state_dict()
    old = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    torch.save(old, tmp_path / "weights.pth", _use_new_zipfile_serialization=False)
    check_fit(open_weights(tmp_path / "weights.pth").tensors, LAYOUT, "simswap-224")


def test_of_several_networks_the_known_one_is_taken(tmp_path: Path) -> None:
    known = small_generator().state_dict()
    unknown = {f"layer.{index}": torch.ones(1) for index in range(3 * len(known))}
    torch.save({"D": unknown, "G": known}, tmp_path / "weights.pth")
    assert set(open_weights(tmp_path / "weights.pth").tensors) == set(known)
