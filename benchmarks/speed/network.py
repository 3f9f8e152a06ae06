"""The engine with random weights of a published shape: how long it takes does not depend on their values."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from benchmarks.speed import machine
from benchmarks.speed.layers import Layer, layers
from contracts.engines import COMPACT
from faces.detect import Detector
from gpu_agent import engines
from gpu_agent.engines.base import Engine, Identity, Photo
from gpu_agent.networks.card import halved
from gpu_agent.networks.families import IDENTITY, generator_shape, identity_shape
from gpu_agent.networks.folded import folded
from gpu_agent.networks.generator import Generator
from gpu_agent.networks.identity import IdentityNetwork
from gpu_agent.networks.loading import load_generator
from visage import demo

Metadata = Mapping[str, str]

PUBLISHED: Metadata = {"family": "simswap-224"}


def weights(folder: Path, metadata: Metadata = PUBLISHED) -> dict[str, Path]:
    """Files of random weights by role, as an import leaves them."""
    torch.manual_seed(0)
    parts: dict[str, tuple[Metadata, nn.Module]] = {
        "generator": (metadata, Generator(generator_shape(metadata))),
        "identity": ({"family": IDENTITY, **_small(metadata)}, _identity_network(metadata)),
    }
    files = {role: folder / f"{role}.safetensors" for role in parts}
    for role, (said, network) in parts.items():
        save_file(network.state_dict(), files[role], dict(said))
    return files


def _identity_network(metadata: Metadata) -> IdentityNetwork:
    return IdentityNetwork(identity_shape({"family": IDENTITY, **_small(metadata)}))


def _small(metadata: Metadata) -> Metadata:
    """A generator that is not the published one gets an identity network that is not either."""
    if "shape" not in metadata:
        return {}
    latent = generator_shape(metadata).latent
    return {"shape": json.dumps({"depths": [1, 1, 1, 1], "widths": [16, 16, 16, 16], "latent": latent})}


def engine(files: Mapping[str, Path], device: str) -> Engine:
    """The engine of agents on a device."""
    return engines.create("simswap", device, files)


def identity(of: Engine) -> Identity:
    """A face as that engine wants it."""
    portrait = demo.portrait()
    return of.prepare([Photo(portrait, Detector().detect(portrait)[0].points)])


def batches(of: Engine, who: Identity, sizes: Sequence[int], device: str) -> dict[int, float]:
    """Seconds a batch of each size, squares handed over and fetched back."""
    crops = np.random.default_rng(0).integers(0, 256, (max(sizes), of.size, of.size, 3), dtype=np.uint8)
    rounds = 1 if device == "cpu" else 10

    def seconds(count: int) -> float:
        # On a processor nothing is to be warmed up but the first time.
        warm = device != "cpu" or count == min(sizes)
        return machine.least_seconds(lambda: of.swap(crops[:count], [who] * count), device, rounds, warm)

    return {count: seconds(count) for count in sizes}


def compact(sizes: Sequence[int], device: str) -> dict[int, float]:
    """Seconds a batch of each size by the network that comes with Visage."""
    ours = engines.create(COMPACT, device)
    return batches(ours, identity(ours), sizes, device)


def numbers_of(device: str) -> torch.dtype:
    """The type of number that agents compute in on a device."""
    return torch.float32 if device == "cpu" else torch.float16


def watched(files: Mapping[str, Path], count: int, device: str) -> list[Layer]:
    """The generator's layers on a batch of `count` faces, each by torch's own routine, one after another."""
    network = folded(load_generator(files["generator"]))
    network = (network if device == "cpu" else halved(network)).to(device, memory_format=torch.channels_last)
    size, latent = network.shape.size, network.shape.latent
    faces = torch.rand(count, 3, size, size, device=device).to(numbers_of(device))
    styles = network.styles(torch.randn(count, latent, device=device))
    rounds = 1 if device == "cpu" else 5
    return layers(network, (faces.contiguous(memory_format=torch.channels_last), styles), device, rounds)
