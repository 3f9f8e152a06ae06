"""Networks with the weights of a safetensors file, strictly: every tensor has its place, and every place its tensor."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import nn

from contracts.errors import Reason, WeightsError
from gpu_agent.networks.families import generator_shape, identity_shape
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.weights.fitting import check_fit, numbers_of
from gpu_agent.weights.layouts import layout_of
from gpu_agent.weights.sources import open_weights

N = TypeVar("N", bound=nn.Module)


def load_generator(path: Path) -> Generator:
    """The generator in a file, in 32 bits, for evaluation.

    Raises:
        WeightsError: `BAD_WEIGHTS`, naming the first tensor that does not fit.
    """
    return _loaded(path, lambda metadata: Generator(generator_shape(metadata)))


def load_identity(path: Path) -> IdentityNetwork:
    """The identity network in a file, likewise."""
    return _loaded(path, lambda metadata: IdentityNetwork(identity_shape(metadata)))


def _loaded(path: Path, build: Callable[[Mapping[str, str]], N]) -> N:
    source = open_weights(path)
    try:
        with torch.device("meta"):  # nothing is drawn at random only to be replaced
            network = build(source.metadata)
        layout = layout_of(source.metadata)
    except ValueError as error:
        raise WeightsError(
            Reason.BAD_WEIGHTS, f"{path.name} does not hold what it should: {error}."
        ) from error
    check_fit(source.tensors, layout, source.metadata["family"])
    counter = np.zeros((), np.int64)  # of a batch norm, where a file has none; nothing reads it
    found = source.tensors
    numbers = {name: numbers_of(name, found[name]) if name in found else counter for name in layout}
    network.load_state_dict({name: torch.from_numpy(array) for name, array in numbers.items()}, assign=True)
    return network.eval().requires_grad_(False)
