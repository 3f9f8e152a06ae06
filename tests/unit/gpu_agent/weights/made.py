"""Files of weights as people have them, made here: every layout, small networks."""

import dataclasses
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gpu_agent.networks.families import GENERATORS, Shape, identity_shape
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.weights.layouts import Layout, generator_layout

SMALL = dataclasses.replace(GENERATORS["simswap-224"], widths=(2, 3, 4, 5), blocks=1, latent=6, size=32)
SMALL_METADATA = {
    "family": "simswap-224",
    "shape": '{"size": 32, "widths": [2, 3, 4, 5], "blocks": 1, "latent": 6}',
}
SMALL_IDENTITY_METADATA = {
    "family": "arcface",
    "shape": '{"depths": [1, 1, 1, 1], "widths": [16, 16, 16, 16], "latent": 6}',
}
LAYOUT: Layout = generator_layout(SMALL)

Writer = Callable[[Generator, Path], None]


def small_generator(shape: Shape = SMALL, seed: int = 1) -> Generator:
    """A generator with numbers in every tensor, counters too."""
    torch.manual_seed(seed)
    made = Generator(shape)
    for name, buffer in made.named_buffers():
        if name.endswith("num_batches_tracked"):
            buffer.fill_(7)
        elif name.endswith("running_mean"):
            buffer.normal_()
        else:
            buffer.uniform_(0.5, 2.0)
    return made


def generator_file(path: Path, seed: int = 1) -> Path:
    """A small generator as another installation would have kept it."""
    save_file(dict(small_generator(seed=seed).state_dict()), path, metadata=SMALL_METADATA)
    return path


def identity_file(path: Path, seed: int = 1) -> Path:
    """A small identity network, likewise."""
    torch.manual_seed(seed)
    network = IdentityNetwork(identity_shape(SMALL_IDENTITY_METADATA))
    save_file(dict(network.state_dict()), path, metadata=SMALL_IDENTITY_METADATA)
    return path


def of_stranger(network: nn.Module) -> nn.Module:
    """The network as an object of classes of a package that whoever reads it does not have."""
    kinds = {type(part) for part in network.modules() if not type(part).__module__.startswith("torch.")}
    for kind in kinds:
        stranger = type(
            kind.__name__, (kind,), {"__module__": "models.fs_networks", "__qualname__": kind.__name__}
        )
        setattr(sys.modules["models.fs_networks"], kind.__name__, stranger)
        for part in network.modules():
            if type(part) is kind:
                part.__class__ = stranger
    return network


@contextmanager
def package_of_strangers() -> Iterator[None]:
    """While this lasts, pickle finds the package `models`."""
    names = ("models", "models.fs_networks")
    sys.modules.update({name: ModuleType(name) for name in names})
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]


def _saved(content: Callable[[Generator], Any], *, warns: bool = False, **options: Any) -> Writer:
    def write(network: Generator, path: Path) -> None:
        warned = pytest.warns(UserWarning, match="retrieve source code") if warns else nullcontext()
        with package_of_strangers(), warned:
            torch.save(content(network), path, **options)

    return write


def _state(network: Generator) -> Mapping[str, Tensor]:
    return network.state_dict()


def _module(network: Generator) -> nn.Module:
    return of_stranger(network)


def _parallel(network: Generator) -> nn.Module:
    return nn.DataParallel(of_stranger(network))


def _training(network: Generator) -> dict[str, Any]:
    """As the old edition of the identity network: a module among others, and what an optimizer keeps."""
    other, momentum = nn.Linear(3, 2), defaultdict(dict, {0: {"momentum_buffer": torch.ones(2, 3)}})
    return {
        "epoch": 12,
        "model": nn.DataParallel(of_stranger(network)),
        "metric_fc": other,
        "optimizer": SimpleNamespace(state=momentum, param_groups=[{"lr": 0.1, "betas": {0.9, 0.99}}]),
        "times": deque([1.5, 2.5]),
    }


def _parameters(network: Generator) -> dict[str, Any]:
    return dict(network.named_parameters()) | dict(network.named_buffers())


def _in_one_row(network: Generator) -> dict[str, Tensor]:
    """Every tensor a window on one storage a kind, some of them turned."""
    state = network.state_dict()
    floats = {name: value for name, value in state.items() if value.is_floating_point()}
    row = torch.cat(
        [value.T.reshape(-1) if value.ndim == 2 else value.reshape(-1) for value in floats.values()]
    )
    views, start = dict(state), 0
    for name, value in floats.items():
        part = row[start : start + value.numel()]
        views[name] = part.view(value.shape[::-1]).T if value.ndim == 2 else part.view(value.shape)
        start += value.numel()
    return views


def _safetensors(network: Generator, path: Path) -> None:
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)


OLD = {"_use_new_zipfile_serialization": False}
WRITERS: Mapping[str, Writer] = {
    "state dict": _saved(_state),
    "state dict before zip": _saved(_state, **OLD),
    "module": _saved(_module),
    "module before zip": _saved(_module, warns=True, **OLD),
    "parallel": _saved(_parallel),
    "parallel before zip": _saved(_parallel, warns=True, **OLD),
    "parallel state dict": _saved(lambda network: nn.DataParallel(network).state_dict()),
    "under state_dict": _saved(lambda network: {"epoch": 3, "state_dict": network.state_dict()}),
    "deep inside": _saved(lambda network: {"nets": {"D": {"x": torch.ones(2)}, "G": network.state_dict()}}),
    "training": _saved(_training),
    "training before zip": _saved(_training, warns=True, **OLD),
    "parameters": _saved(_parameters),
    "in one row": _saved(_in_one_row),
    "in one row before zip": _saved(_in_one_row, **OLD),
    "protocol 4": _saved(_state, pickle_protocol=4),
    "module of protocol 5": _saved(_module, pickle_protocol=5),
    "safetensors": _safetensors,
}
