"""Random weights with which a network is alive: signals neither vanish nor explode, and pictures have contrast."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu_agent.networks.families import GENERATORS, IDENTITY
from gpu_agent.weights.kept import write
from gpu_agent.weights.layouts import layout_of

Array = npt.NDArray[Any]
State = dict[str, Array]

LAST = "last_layer.1.weight"

# Narrow and short versions of the published networks, as metadata of their files.
SMALL: Mapping[str, Mapping[str, str]] = {
    name: {"family": name, "shape": json.dumps({"size": size, "widths": widths, "blocks": 2, "latent": 32})}
    for name, size, widths in (
        ("simswap-224", 64, [6, 8, 12, 16]),
        ("simswap-512", 64, [4, 6, 8, 12, 16]),
        ("trained-224", 64, [6, 8, 12, 16]),
        ("trained-512", 64, [4, 6, 8, 12, 16]),
    )
}
SMALL_IDENTITY: Mapping[str, str] = {
    "family": IDENTITY,
    "shape": json.dumps({"depths": [1, 2, 3, 1], "widths": [16, 16, 16, 32], "latent": 32}),
}
assert set(SMALL) == set(GENERATORS)


def state(metadata: Mapping[str, str], seed: int = 0) -> State:
    """Random weights of the network that a file with this metadata holds."""
    random = np.random.default_rng(seed)
    made = {name: _tensor(name, shape, random) for name, shape in layout_of(metadata).items()}
    if LAST in made:  # pictures have less contrast than features, which grow with every block
        made[LAST] *= np.float32(0.3 if "shape" in metadata else 0.1)
    return made


def write_file(path: Path, metadata: Mapping[str, str], seed: int = 0) -> Path:
    """A file with them, as an import leaves it."""
    made = state(metadata, seed)
    write(path, layout_of(metadata), made.__getitem__, metadata)
    return path


def _tensor(name: str, shape: tuple[int, ...], random: np.random.Generator) -> Array:
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    if name.endswith("running_var") or (name.endswith("weight") and len(shape) == 1 and shape != (1,)):
        return random.uniform(0.6, 1.6, shape).astype(np.float32)
    if len(shape) == 1:
        return random.normal(0.1, 0.1, shape).astype(np.float32)
    scale = 0.7 if ".linear." in name else (2 / np.prod(shape[1:])) ** 0.5
    return random.standard_normal(shape, np.float32) * np.float32(scale)
