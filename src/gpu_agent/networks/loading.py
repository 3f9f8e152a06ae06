"""Networks with the weights of a safetensors file, strictly: every tensor has its place, and every place its tensor."""

from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from gpu_agent.networks.families import generator_shape, identity_shape
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.networks.layout import layout, misfit

N = TypeVar("N", bound=nn.Module)
_NONE_COUNTED = torch.tensor(0)  # what a batch norm has seen, where a file does not say


def load_generator(path: Path) -> Generator:
    """The generator in a file, in 32 bits, for evaluation. Raises `ValueError` that names what does not fit."""
    metadata, state = _read(path)
    with torch.device("meta"):
        generator = Generator(generator_shape(metadata))
    return _filled(generator, state)


def load_identity(path: Path) -> IdentityNetwork:
    """The identity network in a file, likewise."""
    metadata, state = _read(path)
    with torch.device("meta"):
        network = IdentityNetwork(identity_shape(metadata))
    return _filled(network, state)


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path.name} cannot be read as safetensors: {error}") from error
    expected = layout(metadata)
    wrong = misfit(expected, {name: tuple(tensor.shape) for name, tensor in state.items()})
    if wrong is not None:
        raise ValueError(f"{path.name} does not fit {metadata['family']}: {wrong}")
    return metadata, {name: state.get(name, _NONE_COUNTED) for name in expected}


def _filled(network: N, state: dict[str, Tensor]) -> N:
    wide = {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    network.load_state_dict(wide, assign=True)
    return network.eval().requires_grad_(False)
