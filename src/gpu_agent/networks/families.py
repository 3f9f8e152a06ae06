"""The families of published checkpoints: what their networks look like, and which one a state dict belongs to.

Needs no torch.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# Of ImageNet, in RGB; the family trained later sees and makes pictures normalized by them.
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)

IDENTITY = "arcface"

_MOST = 8192  # of anything in a shape: a file may say what it likes


@dataclass(frozen=True, slots=True)
class Shape:
    """What a generator looks like.

    Attributes:
        size: Side of its squares in pixels; any multiple of the total reduction works.
        widths: Channels after the first layer and after each halving.
        first: The number in the name of the first halving, such as 1 for `down1`.
        bounded: Whether the last layer ends in tanh, brought to 0 to 1; else it makes normalized pictures.
        normalized: Whether its input is normalized by ImageNet's mean and deviation.
        ffhq: Whether faces are aligned as in FFHQ, else to the nearest of five poses.
        blocks: Residual blocks in the middle.
        latent: Numbers that tell an identity.
    """

    size: int
    widths: tuple[int, ...]
    first: int
    bounded: bool
    normalized: bool
    ffhq: bool = False
    blocks: int = 9
    latent: int = 512

    @property
    def levels(self) -> range:
        """The numbers in the names of the halvings."""
        return range(self.first, self.first + len(self.widths) - 1)


@dataclass(frozen=True, slots=True)
class IdentityShape:
    """What an identity network looks like: blocks and channels of its four levels, and numbers it gives."""

    depths: tuple[int, ...] = (3, 4, 23, 3)
    widths: tuple[int, ...] = (64, 128, 256, 512)
    latent: int = 512


# simswap-224: 2021, "people". simswap-512: the beta of 2021. The others: made by the training script of 2022 and
# after; the names and shapes of trained-224 are those of simswap-224.
GENERATORS: Mapping[str, Shape] = MappingProxyType(
    {
        "simswap-224": Shape(224, (64, 128, 256, 512), first=1, bounded=True, normalized=False),
        "simswap-512": Shape(
            512, (32, 64, 128, 256, 512), first=0, bounded=True, normalized=False, ffhq=True
        ),
        "trained-224": Shape(224, (64, 128, 256, 512), first=1, bounded=False, normalized=True),
        "trained-512": Shape(
            512, (64, 128, 256, 512, 512), first=1, bounded=False, normalized=True, ffhq=True
        ),
    }
)


def candidates(keys: Iterable[str]) -> list[str]:
    """The families that a state dict with these names may belong to; several where names cannot tell."""
    names = set(keys)
    if any(name.startswith("layer3.") for name in names):
        return [IDENTITY]
    if not any(name.startswith("BottleNeck.") for name in names):
        return []
    if any(name.startswith("down0.") for name in names):
        return ["simswap-512"]
    if any(name.startswith("down4.") for name in names):
        return ["trained-512"]
    return ["simswap-224", "trained-224"]


def generator_shape(metadata: Mapping[str, str]) -> Shape:
    """The generator that a file of weights says it is for.

    Args:
        metadata: Of the safetensors file: `family`; and, for a network of another size than the published one of
            its family, `shape`: JSON of what differs, such as {"size": 64, "widths": [8, 16, 32, 32]}.

    Raises:
        ValueError: It names no generator's family, or its shape makes no sense.
    """
    family = metadata.get("family", "")
    if family not in GENERATORS:
        raise ValueError(f'"{family}" is no family of generators; there are {", ".join(GENERATORS)}')
    return dataclasses.replace(GENERATORS[family], **_changes(metadata))


def identity_shape(metadata: Mapping[str, str]) -> IdentityShape:
    """The identity network that a file of weights says it is for; its metadata as in `generator_shape`."""
    family = metadata.get("family", "")
    if family != IDENTITY:
        raise ValueError(f'"{family}" is no family of identity networks; there is {IDENTITY}')
    return dataclasses.replace(IdentityShape(), **_changes(metadata))


def _changes(metadata: Mapping[str, str]) -> dict[str, Any]:
    changes = json.loads(metadata.get("shape", "{}"))
    names = {"size": False, "widths": True, "depths": True, "blocks": False, "latent": False}
    sound = isinstance(changes, dict) and all(
        name in names and isinstance(value, list) is names[name] and _are_counts(value)
        for name, value in changes.items()
    )
    if not sound:
        raise ValueError(f"its shape makes no sense: {metadata['shape'][:80]}")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()}


def _are_counts(value: Any) -> bool:
    """Whether it is a number, or a list of numbers, as networks have them."""
    numbers = value if isinstance(value, list) else [value]
    return bool(numbers) and all(type(number) is int and 0 < number <= _MOST for number in numbers)
